"""Example pictures drawn by rank, confirmed and rejected, only where the licence allows it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import polars as pl
from jaxtyping import UInt8
from PIL import Image

from affekt import licences
from affekt.errors import AffektError, PictureError
from affekt.foreign import clean
from affekt.pictures.decode import Decoders
from affekt.pictures.shelf import Shelf
from affekt.rank import ranked
from affekt.report.inputs import ReportInput
from affekt.stages import _warnings

SIDE = 96  # px of a thumbnail
EACH = 8  # pictures a row; 16 an emotion, 128 for Mikels' eight
MOST_EMOTIONS = 31  # with examples; more would put over 500 thumbnails on a page
PATCH_PX = 19  # of a covered thumbnail one colour is left every so many; 5 × 5 at the most of 96

Thumbnail = UInt8[np.ndarray, "row column 4"]


class Sample(NamedTuple):
    """One example picture with all that its licence wants to be said.

    Attributes:
        felt: Whether the crowd confirmed the emotion.
        pixels: Square with transparent margins; blurred where there is a content warning.
        warnings: Content warnings; None where no tags tell.
        clear: The same without the blur, where there is a content warning.
    """

    emotion: str
    felt: bool
    image_id: str
    credit: str
    licence: str
    owner: str
    page: str
    pixels: Thumbnail
    warnings: tuple[str, ...] | None = None
    clear: Thumbnail | None = None


class Drawn(NamedTuple):
    """The examples, and what was left out."""

    samples: tuple[Sample, ...]
    unlicensed: int
    broken: int


def draw(given: ReportInput, shelf: Shelf) -> Drawn:
    """Draw confirmed and rejected pictures of each emotion; missing stages give none."""
    asked = _asked(given)
    free = asked.filter(
        pl.col("licence").is_in([word for word in asked["licence"].unique() if is_free(word)])
    )
    samples, broken = [], 0
    with Decoders(workers=1) as decoders:
        for emotion in given.taxonomy.names[:MOST_EMOTIONS]:
            for felt in (True, False):
                rows = free.filter((pl.col("emotion") == emotion) & (pl.col("felt") == felt))
                for row in _first(rows, given.seed):
                    pixels = _thumbnail(row, shelf, decoders, SIDE)
                    broken += pixels is None
                    if pixels is not None:
                        samples.append(_sample(row, pixels, SIDE))
    return Drawn(tuple(samples), asked.height - free.height, broken)


def pictured(
    rows: Iterable[dict[str, object]], shelf: Shelf, side_px: int = SIDE
) -> tuple[Sample, ...]:
    """Give those of some rows whose licence lets them be shown and whose bytes can be read.

    A row tells where its bytes lie, as the table ``pictures`` does, and what its licence wants to
    be said, as the table ``images`` does; and ``warnings``, ``emotion`` and ``felt``.
    """
    found = []
    with Decoders(workers=1) as decoders:
        for row in rows:
            word = row["licence"]
            if is_free(word if isinstance(word, str) else None):
                pixels = _thumbnail(row, shelf, decoders, side_px)
                found += [_sample(row, pixels, side_px)] if pixels is not None else []
    return tuple(found)


def with_warnings(given: ReportInput, rows: pl.DataFrame) -> pl.DataFrame:
    """Give rows with their content warnings, of which the column ``tags`` tells."""
    return rows.with_columns(warnings=_warnings.of_tags(rows["tags"], given.warning_words))


def _asked(given: ReportInput) -> pl.DataFrame:
    """One row a task: the picture, where it lies, and whether its label was kept."""
    images, sample, decide = given.made("dedupe"), given.made("sample"), given.made("decide")
    if images is None or sample is None or decide is None:
        return pl.DataFrame(schema={"licence": pl.String, "emotion": pl.String, "felt": pl.Boolean})
    tasks = (
        sample.table().filter(pl.col("role") == "task").select("question_id", "image_id", "emotion")
    )
    kept = decide.table()["question_id"]
    rows = tasks.with_columns(felt=pl.col("question_id").is_in(kept.implode())).join(
        images.table().drop("emotion"), on="image_id", how="inner"
    )
    return with_warnings(given, rows)


def is_free(word: str | None) -> bool:
    """Whether a licence lets a picture be shown."""
    licence = licences.of(word)
    return licence is not None and licence.may_rebuild


def _first(rows: pl.DataFrame, seed: int) -> Iterator[dict[str, object]]:
    by_id = {row["image_id"]: row for row in rows.iter_rows(named=True)}
    for name in ranked(by_id, seed, "report")[:EACH]:
        yield by_id[name]


def _thumbnail(
    row: dict[str, object], shelf: Shelf, decoders: Decoders, side_px: int
) -> UInt8[np.ndarray, "row column 3"] | None:
    """Give the picture made small, or None when its bytes are gone or damaged."""
    try:
        data = shelf.read(row["shard"], row["row_group"], row["row"], row["image_id"])  # type: ignore[arg-type]
        return decoders.thumbnail(data, side_px)
    except (PictureError, AffektError, OSError):
        return None


def squared(pixels: UInt8[np.ndarray, "row column 3"], side_px: int) -> Thumbnail:
    """Centre a thumbnail on a transparent square, so that all take the same room."""
    square = np.zeros((side_px, side_px, 4), dtype=np.uint8)
    pixels = pixels[:side_px, :side_px]
    height, width = pixels.shape[:2]
    top, left = (side_px - height) // 2, (side_px - width) // 2
    square[top : top + height, left : left + width, :3] = pixels
    square[top : top + height, left : left + width, 3] = 255
    return square


def covered(pixels: UInt8[np.ndarray, "row column 3"]) -> UInt8[np.ndarray, "row column 3"]:
    """Give a thumbnail of which only a few soft spots of colour are left.

    The mean of every `PATCH_PX` × `PATCH_PX` px, with straight passages between them: what was in
    the picture cannot be won back from it.
    """
    whole = Image.fromarray(pixels)
    few = (max(1, whole.width // PATCH_PX), max(1, whole.height // PATCH_PX))
    spots = whole.resize(few, Image.Resampling.BOX)
    return np.asarray(spots.resize(whole.size, Image.Resampling.BILINEAR))


def _sample(
    row: dict[str, object], pixels: UInt8[np.ndarray, "row column 3"], side_px: int
) -> Sample:
    told = row["warnings"]
    warnings = tuple(map(str, told)) if isinstance(told, list) else None
    licence = licences.of(str(row["licence"]))
    title, owner = (
        clean(row["title"] or "untitled", 80),
        clean(row["owner"] or "author unknown", 80),
    )
    word = licence.word if licence else clean(row["licence"])
    return Sample(
        emotion=str(row["emotion"]),
        felt=bool(row["felt"]),
        image_id=str(row["image_id"]),
        credit=f"{title}, {owner}, {word}, {clean(row['source'])}",
        licence=licence.word if licence else "",
        owner=owner,
        page=clean(row["page_url"] or row["url"] or "", 300),
        pixels=squared(covered(pixels) if warnings else pixels, side_px),
        warnings=warnings,
        clear=squared(pixels, side_px) if warnings else None,
    )
