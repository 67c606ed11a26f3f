"""What is told of each picture of a map, and its thumbnail where its licence lets it be shown."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl
from jaxtyping import UInt8

from affekt.foreign import clean
from affekt.rank import ranked
from affekt.report import samples, thumbnails
from affekt.report.doubts import originals
from affekt.report.exhibits import Pin
from affekt.report.inputs import ReportInput
from affekt.report.map_sheets import Free
from affekt.report.samples import Sample

SIDE_PX = 48  # of a thumbnail
ACROSS = 50  # thumbnails a row of the sprite
MOST = 2_000  # thumbnails a figure
NAME = 48  # letters of a picture's name that are told
LARGER = "The keys + and − draw a map larger and smaller, 0 as before."
GREY = (154, 160, 166, 255)
CREDIT = ("licence", "title", "owner", "source", "page_url", "url", "tags")


class Pinned(NamedTuple):
    """Pins of a map's pictures and the sprite they point into.

    Attributes:
        sprite: None where no picture may be shown.
        shown: Pictures that are.
        free: Pictures whose licence would let them be shown.
        covered: Those shown with a content warning, so blurred; a map opens none.
        known: The same thumbnails, for the map's page.
    """

    pins: tuple[Pin, ...]
    sprite: UInt8[np.ndarray, "row column 4"] | None
    shown: int
    free: int
    covered: int
    known: Free


def pinned(given: ReportInput, pictures: pl.DataFrame) -> Pinned:
    """Give a pin a picture, in the order of the rows; cell 0 is a grey tile.

    Licences are those that this plan's own build found: of other data sets none is known.
    """
    free = free_of(given, pictures)
    chosen = ranked(free["image_id"].to_list(), given.seed, "report")[:MOST]
    rows = free.filter(pl.col("image_id").is_in(chosen))
    drawn = _drawn(given, rows)
    cell_of = {one.image_id: cell for cell, one in enumerate(drawn, 1)}
    credit_of = {one.image_id: one.credit for one in drawn}
    warning_of = {
        one.image_id: f"content warning: {thumbnails.warning(one)}; "
        for one in drawn
        if one.clear is not None
    }
    pins = tuple(
        Pin(
            f"{warning_of.get(one, '')}{clean(label)}: {credit_of.get(one, called(name, one))}",
            cell_of.get(one, 0 if drawn else -1),
        )
        for one, name, label in pictures.select("image_id", "name", "emotion").iter_rows()
    )
    sprite = _sprite(drawn) if drawn else None
    known = Free(free, {one.image_id: one for one in drawn}, SIDE_PX)
    return Pinned(pins, sprite, len(drawn), free.height, len(warning_of), known)


def notes(found: Pinned, n: int) -> Iterator[str]:
    """Say which pictures are shown, and why not all."""
    if found.shown:
        sampled = f", {MOST:,} of them drawn by rank" if found.free > MOST else ""
        others = (
            "; the others have no licence that lets them be shown"
            f"{', were not drawn' if sampled else ''} or cannot be read, and are a grey tile"
        )
        yield (
            f"Point at a picture, or go through them by arrow keys, to see it: {found.shown:,} of "
            f"{n:,} are shown{sampled}{others if found.shown < n else ''}. {LARGER}"
        )
        if found.covered:
            yield (
                f"{found.covered:,} shown with a content warning, from tags, are blurred here for "
                "good; the examples and the likely wrong labels can be opened."
            )
    else:
        yield (
            "Point at a picture, or go through them by arrow keys, to be told which it is; none is "
            f"shown, as no licence is known that lets it be. {LARGER}"
        )


def called(name: str, image_id: str, longest: int = NAME) -> str:
    """Give a name that a reader can look for; one that is a hash is told by its first digits."""
    return clean(image_id[:12] if name.startswith(image_id[:12]) else name, longest)


def free_of(given: ReportInput, pictures: pl.DataFrame) -> pl.DataFrame:
    """Give those of some pictures whose licence lets them be shown, with what it wants said."""
    images = given.made("dedupe")
    if images is None or given.shelf is None:
        return pictures.clear()
    credits = images.table().select(pl.col("image_id").alias("original"), *CREDIT)
    known = pictures.join(originals(given), on="image_id", how="left", maintain_order="left")
    rows = known.with_columns(
        original=pl.coalesce("original_id", "image_id"), felt=pl.lit(True)
    ).join(credits, on="original", maintain_order="left")
    free = rows.filter([samples.is_free(word) for word in rows["licence"]])
    return samples.with_warnings(given, free)


def _drawn(given: ReportInput, rows: pl.DataFrame) -> tuple[Sample, ...]:
    if given.shelf is None or rows.is_empty():
        return ()
    return samples.pictured(rows.iter_rows(named=True), given.shelf, SIDE_PX)


def _sprite(drawn: tuple[Sample, ...]) -> UInt8[np.ndarray, "row column 4"]:
    cells = len(drawn) + 1
    whole = np.zeros((-(-cells // ACROSS) * SIDE_PX, ACROSS * SIDE_PX, 4), dtype=np.uint8)
    whole[:SIDE_PX, :SIDE_PX] = GREY
    for cell, one in enumerate(drawn, 1):
        top, left = cell // ACROSS * SIDE_PX, cell % ACROSS * SIDE_PX
        whole[top : top + SIDE_PX, left : left + SIDE_PX] = one.pixels
    return whole
