"""The files of an export, made when they are asked for; pseudonyms only, and no gold (I8, I13)."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from affekt.errors import NotTaken
from affekt.exports import FILES
from affekt.exports.shape import MANIFEST
from affekt.site.scene import Scene

NAMES = (*FILES, MANIFEST)
PIECE = 1 << 16  # bytes sent at a time


def file(scene: Scene, name: str) -> Iterator[bytes]:
    """Give one file of an export of this moment, piece by piece.

    Raises:
        NotTaken: There is no file of that name.
    """
    if name not in NAMES:
        raise NotTaken("unknown", f"there is no {name!r}; known: {', '.join(NAMES)}")
    beside = tempfile.TemporaryDirectory()
    try:
        scene.publish(Path(beside.name) / "export")
    except BaseException:
        beside.cleanup()
        raise
    return _pieces(beside, name)


def _pieces(beside: tempfile.TemporaryDirectory[str], name: str) -> Iterator[bytes]:
    with beside, (Path(beside.name) / "export" / name).open("rb") as opened:
        while piece := opened.read(PIECE):
            yield piece
