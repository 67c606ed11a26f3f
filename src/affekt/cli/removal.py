"""`forget` and `withdraw`: removing what somebody asked to be removed."""

from dataclasses import asdict
from typing import Any

import click

from affekt.cli import asking, voice
from affekt.cli.exits import Findings
from affekt.cli.lines import looked_at
from affekt.forgotten import Entry

COUNTED = {
    "added": "new lines on the list",
    "pictures": "pictures at their sources",
    "images": "different images of theirs",
    "hits": "entries in the answers of sources",
    "attempts": "attempts at fetching",
    "places": "places on the shelf",
    "questions": "questions of the crowd",
}


def forget(  # noqa: PLR0913  (the options of the command)
    *, plan: str, picture: tuple[str, ...], owner: tuple[str, ...], image: tuple[str, ...],
    why: str, dry_run: bool, as_json: bool, trust: bool,
    **_: Any,
) -> None:  # fmt: skip
    """Remove, or show what would be; a release that contains it is a finding.

    Nothing of it goes into the log, which is one of the places that are cleaned.
    """
    named = {"picture": picture, "owner": owner, "image": image}
    wanted = [Entry(kind, value) for kind, values in named.items() for value in values]
    with looked_at(plan, trust=trust) as project:
        gone = project.forget(wanted, why=why, dry_run=dry_run)
    if as_json:
        voice.document({**asdict(gone), "list": str(gone.list)})
    else:
        click.echo(f"{'would remove' if dry_run else 'removed'}; the list: {gone.list}")
        rows = [(getattr(gone, name), meaning) for name, meaning in COUNTED.items()]
        rows = [row for row in rows if row[0]]
        voice.table(rows or [(0, "nothing of it is here")], ("number", "of"))
        for name in gone.products:
            voice.line(f"product  {name}")
        for text in gone.advice:
            voice.line(text)
    if gone.releases:
        raise Findings


def withdraw(  # noqa: PLR0913  (the options of the command)
    *, plan: str, pictures: tuple[str, ...], reason: str, dry_run: bool, yes: bool, as_json: bool,
    trust: bool,
    **_: Any,
) -> None:  # fmt: skip
    """Withdraw pictures from later releases, or show what would be; it cannot be taken back."""
    with looked_at(plan, trust=trust) as project:
        if not dry_run:
            would = project.withdraw(pictures, reason=reason, dry_run=True)
            what = f"withdraw {len(would.pictures) + len(would.unknown):,} pictures for good"
            if would.copies:
                what += f", and with them {len(would.copies):,} near copies"
            asking.confirm(what, yes=yes)
        gone = project.withdraw(pictures, reason=reason, dry_run=dry_run)
    if as_json:
        voice.document({**asdict(gone), "list": str(gone.list)})
        return
    click.echo(f"{'would withdraw' if dry_run else 'withdrawn'}; the list: {gone.list}")
    for kind in ("pictures", "copies", "unknown"):
        for one in getattr(gone, kind):
            voice.line(f"{kind:8}  {one}")
    for text in gone.advice:
        voice.line(text)
