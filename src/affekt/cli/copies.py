"""`copies`: files of equal bytes in a folder; imports nothing heavy, so that it answers at once."""

import json
from pathlib import Path
from typing import Any

import click

from affekt.cli.log import LOG
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
    """Give a name with everything that a terminal would obey shown as an escape."""
    return name if name.isprintable() else ascii(name)[1:-1]
