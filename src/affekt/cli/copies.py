"""`copies`: files of equal bytes in a folder; imports nothing heavy, so that it answers at once."""

import json
from pathlib import Path
from typing import Any

import click

from affekt.cli.log import LOG
from affekt.foreign import spelled
from affekt.pictures.equal import equal_files


def copies(*, folder: str, as_json: bool, **_: Any) -> None:
    """List files of equal bytes."""
    found = equal_files(Path(folder))
    LOG.printed = True
    if as_json:
        click.echo(json.dumps(found._asdict(), indent=1))
        return
    for group in found.groups:
        click.echo("\n".join(map(spelled, group)) + "\n")
    for name in found.unreadable:
        click.echo(f"{spelled(name)}: cannot be read", err=True)
