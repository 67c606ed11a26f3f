"""Thumbnails of a figure as one sprite; those with a content warning covered until opened."""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import UInt8

from affekt import licences
from affekt.report.samples import EACH, SIDE, Sample
from affekt.report.scene import Cover, Tile

PITCH = 112  # px from one thumbnail to the next where they are drawn below each other


def sprite(samples: Sequence[Sample], pitch_px: int = SIDE) -> UInt8[np.ndarray, "row column 4"]:
    """Put all thumbnails into one picture, `EACH` a row; behind them the covered ones uncovered.

    Args:
        samples: Whose thumbnails, in drawing order.
        pitch_px: From one to the next. A row that is drawn with the same pitch is drawn at once.
    """
    cells = [one.pixels for one in samples] + [
        one.clear for one in samples if one.clear is not None
    ]
    whole = np.zeros((-(-len(cells) // EACH) * pitch_px, EACH * pitch_px, 4), dtype=np.uint8)
    for at, pixels in enumerate(cells):
        top, left = at // EACH * pitch_px, at % EACH * pitch_px
        whole[top : top + SIDE, left : left + SIDE] = pixels
    return whole


def tile(samples: Sequence[Sample], at: int, x: float, y: float, says: str) -> Tile:
    """Give the thumbnail of one sample; what it says starts with its content warning."""
    one, cover = samples[at], None
    if one.clear is not None:
        cell = len(samples) + sum(before.clear is not None for before in samples[:at])
        cover = Cover(warning(one), cell % EACH, cell // EACH)
        says = f"content warning: {cover.warning}; {says}"
    return Tile(x, y, SIDE, at % EACH, at // EACH, says, cover)


def warning(sample: Sample) -> str:
    """Give the content warnings of a sample, ``""`` without any."""
    return ", ".join(sample.warnings or ())


def notes(samples: Sequence[Sample]) -> Iterator[str]:
    """Say how many are covered and how to open them, and of how many nothing is known."""
    n_covered = sum(one.clear is not None for one in samples)
    if n_covered:
        yield (
            f"{n_covered:,} shown with a content warning, from tags: covered until a click, or "
            "Enter or Space, opens it; covered again by the next. In print, without scripts and in "
            "the files for papers it stays covered."
        )
    known = {one.licence: licence for one in samples if (licence := licences.of(one.licence))}
    if known:
        told = ", ".join(f"{word} is {known[word].title}" for word in sorted(known))
        yield f"Licences: {told}."
    n_unknown = sum(one.warnings is None for one in samples)
    if n_unknown:
        yield f"{n_unknown:,} shown have no tags, so that no content warning can be told of them."
