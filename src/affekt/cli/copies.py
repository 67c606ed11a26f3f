"""`copies`: files of equal bytes in a folder; imports nothing heavy, so that it answers at once."""

import json
from pathlib import Path
from typing import Any

import click

from affekt.cli.log import LOG
from affekt.foreign import clean
from affekt.pictures.equal import equal_files


def copies(*, folder: str, as_json: bool, **_: Any) -> None:
    """List files of equal bytes."""
    found = equal_files(Path(folder))
    LOG.printed = True
    if as_json:
        click.echo(json.dumps(found._asdict(), indent=1))
        return
    for group in found.groups:
        click.echo("\n".join(map(_shown, group)) + "\n")
    for name in found.unreadable:
        click.echo(f"{_shown(name)}: cannot be read", err=True)


def _shown(name: str) -> str:
    """Give a name as it is, or spelled in escapes where it would not be shown so."""
    return name if clean(name, None, keep=" ") == name else ascii(name)[1:-1]
