"""`serve`: the site where people answer."""

from importlib import import_module
from types import ModuleType

import click

from affekt.cli import voice
from affekt.cli.lines import opened
from affekt.errors import MissingExtra

NEEDED = ("argon2", "cryptography", "fastapi", "itsdangerous", "multipart", "uvicorn")


def serve(  # noqa: PLR0913  (the options of the command)
    *, plan: str, host: str, port: int, public_url: str | None, trust: bool, quiet: bool,
    as_json: bool, **_: object,
) -> None:  # fmt: skip
    """Open the site of a plan, say where it is, and answer until the process is told to end."""
    start = _start()
    at = start.door(host, port, public_url)
    with opened(plan, trust=trust, quiet=quiet) as project, start.opened(project, at) as scene:
        link = start.first_link(scene)
        if as_json:
            voice.document({"address": at.address, "first_link": link})
        else:
            _tell(at.address, link, scene.unreviewed)
        start.serve(scene, at)


def _tell(address: str, link: str | None, unasked: list[str]) -> None:
    voice.line(f"{address}: open; researchers sign in at {address}/desk")
    if link:
        voice.line(f"set the first owner's password, once and within a day: {link}")
    if unasked:
        voice.line(
            f"nobody is asked in {', '.join(unasked)}: the words for the emotions have no source; "
            "write reviewed words and their source into the plan, asking.words"
        )
    click.echo("Control-C ends it; every answer that was acknowledged is kept")


def _start() -> ModuleType:
    try:
        return import_module("affekt.site.start")
    except ModuleNotFoundError as trouble:
        if trouble.name and trouble.name.partition(".")[0] not in NEEDED:
            raise
        raise MissingExtra(
            f"the site needs {trouble.name}: pip install 'affekt[serve]'"
        ) from trouble
