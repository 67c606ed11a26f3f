"""`release diff`: two releases, no plan at hand."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from affekt.cli import voice
from affekt.datasets.release.difference import Changed, Difference, Turned, difference

SHOWN = 20  # pictures of one kind that are listed; all stand in the JSON document
DIGITS = 12


def diff(*, old: str, new: str, as_json: bool, **_: Any) -> None:
    """Tell what differs between two releases."""
    found = difference(Path(old), Path(new))
    if as_json:
        voice.document(_as_document(found))
        return
    kinds = ("added", "removed", "relabelled", "moved", "changed")
    for kind in kinds:
        pictures = getattr(found, kind)
        for one in pictures[:SHOWN]:
            voice.line(f"{kind:10}  {_line(one)}")
        if len(pictures) > SHOWN:
            voice.line(f"{kind:10}  and {len(pictures) - SHOWN:,} more")
    voice.line(f"{found.old} → {found.new}: {found.counted()}")
    if found.step == "none":
        voice.line("no new version is needed")
    else:
        voice.line(f"least step: {found.step}, to {found.least}")


def _as_document(found: Difference) -> dict[str, Any]:
    """Give it with every picture as an object."""
    plain = asdict(found)
    for kind in ("relabelled", "moved", "changed"):
        plain[kind] = [one._asdict() for one in getattr(found, kind)]
    return plain


def _line(one: str | Turned | Changed) -> str:
    if isinstance(one, Turned):
        return f"{one.original_sha256[:DIGITS]}  {one.old} → {one.new}"
    if isinstance(one, Changed):
        return f"{one.original_sha256[:DIGITS]}  {', '.join(one.columns)}"
    return one[:DIGITS]
