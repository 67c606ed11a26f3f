"""`export`: a release in the form of another library."""

from pathlib import Path
from typing import Any

from affekt.cli import voice
from affekt.exports.formats import export as exports


def export(*, release: str, to: str, out: str, as_json: bool, **_: Any) -> None:
    """Write an export."""
    made = exports.export(Path(release), to, Path(out))
    if as_json:
        voice.document({**made._asdict(), "folder": str(made.folder)})
        return
    counted = ", ".join(f"{split} {n:,}" for split, n in made.pictures.items())
    voice.line(f"{made.folder}: {made.release} as {made.form}, {counted or 'no picture inside'}")
    if made.left_out:
        voice.line(f"{made.left_out:,} pictures are only linked in the release and left out")
