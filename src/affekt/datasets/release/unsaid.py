"""What a sound release leaves open: no finding, and still what a reader has to know."""

from pathlib import Path
from typing import NamedTuple

from affekt import licences
from affekt.datasets.release import shape
from affekt.datasets.release.agreement import MOST_BITS, UNSAID_BITS, is_distance
from affekt.datasets.release.papers import datasheet
from affekt.datasets.release.reading import Unreadable, manifest_in, text_of
from affekt.datasets.release.shape import Manifest


class Unsaid(NamedTuple):
    """What a release leaves open.

    Attributes:
        open_questions: Questions of the datasheet without an answer; None where it has none that
            can be read.
        hints: Sentences on what nobody looked for or stated.
    """

    open_questions: int | None
    hints: tuple[str, ...]


def unsaid(folder: Path) -> Unsaid:
    """Give what a release leaves open; nothing of what cannot be read, which `check` tells.

    Raises:
        NewerFormat: A newer affekt wrote it.
    """
    try:
        left = datasheet.open_questions(text_of(folder / shape.DATASHEET))
    except Unreadable:
        left = None
    try:
        manifest = manifest_in(folder / shape.MANIFEST)
    except Unreadable:
        return Unsaid(left, ())
    return Unsaid(left, tuple(_hints(left, manifest)))


def _hints(left: int | None, manifest: Manifest) -> list[str]:
    hints = []
    if left:
        hints.append(f"DATASHEET.md leaves {left} questions open; version 1.0.0 needs all answers")
    if not is_distance(manifest.near_bits):
        hints.append(
            "near copies across splits were not kept apart: manifest.json says near_bits = "
            f"{str(manifest.near_bits)[:20]}, and 1 to {MOST_BITS} are possible; this check looked "
            f"for them at {UNSAID_BITS} bits of the perceptual hashes"
        )
    own = licences.of(manifest.release.licence)
    if own is None or not own.url:
        hints.append(
            f"the licence of the annotations is {manifest.release.licence[:40]!r}, which permits "
            "nothing: ask the makers, who name it under `release.licence` of their plan"
        )
    return hints
