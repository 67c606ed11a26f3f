"""Thumbnails of a map's page, in sheets, as many as there is room for."""

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Int
from jinja2.utils import htmlsafe_json_dumps
from PIL import Image

from affekt.pictures.shelf import Shelf
from affekt.rank import ranked
from affekt.report import samples, thumbnails
from affekt.report.map_columns import NOTHING
from affekt.report.samples import Sample

SIDES = ((5_000, 48), (25_000, 32))  # pictures on the map, and px of a thumbnail up to so many
ACROSS, DOWN = 40, 25  # thumbnails of a sheet
PER = ACROSS * DOWN
QUALITY = 65  # a third of a kilobyte a photograph of 32 px, two thirds of one of 48


class Sheets(NamedTuple):
    """Pictures of a map.

    Attributes:
        addresses: A data address a sheet.
        cells: Of each picture, counted through all sheets; `NOTHING`: none.
        clears: Cell of each picture without its cover; `NOTHING`: it has none.
        credits: By a picture's number, what its licence wants to be said.
        warnings: By its number, content warnings.
        is_whole: Whether there was room for all.
    """

    side_px: int
    addresses: tuple[str, ...]
    cells: Int[np.ndarray, " picture"]
    clears: Int[np.ndarray, " picture"]
    credits: dict[int, str]
    warnings: dict[int, str]
    is_whole: bool = True


class Free(NamedTuple):
    """Pictures that may be shown.

    Attributes:
        rows: Where each lies and what its licence wants to be said.
        decoded: Those whose thumbnail is known, by id, and its side.
    """

    rows: pl.DataFrame
    decoded: Mapping[str, Sample]
    side_px: int


def side_px(n: int) -> int:
    """Give the side of the thumbnails of a map of ``n`` pictures; 0: it shows none."""
    return next((side for most, side in SIDES if n <= most), 0)


def sheets(
    free: Free, image_ids: Sequence[str], shelf: Shelf | None, seed: int, room: int
) -> Sheets:
    """Put thumbnails into sheets, in the order of their rank, while ``room`` bytes hold them.

    One with a content warning has two cells, the blurred one and the clear one.
    """
    n, side = len(image_ids), side_px(len(image_ids))
    nowhere = np.full((2, n), NOTHING, dtype=np.int64)
    found = Sheets(side, (), nowhere[0], nowhere[1], {}, {})
    if not side or shelf is None:
        return found
    number = {image_id: at for at, image_id in enumerate(image_ids)}
    waiting = ranked(free.rows["image_id"].to_list(), seed, "report")
    addresses: list[str] = []
    while waiting:
        # Half a sheet of pictures fills at most one, should all be covered.
        some, waiting = waiting[: PER // 2], waiting[PER // 2 :]
        drawn = _drawn(free, some, shelf, side)
        address = _sheet(drawn, side) if drawn else ""
        told = {number[one.image_id]: one.credit for one in drawn}
        warned = {
            number[one.image_id]: thumbnails.warning(one) for one in drawn if one.clear is not None
        }
        room -= len(address) + sum(len(htmlsafe_json_dumps(one)) for one in (told, warned))
        if room < 0:
            return found._replace(addresses=tuple(addresses), is_whole=False)
        found.credits.update(told)
        found.warnings.update(warned)
        _note(found, drawn, number, len(addresses) * PER)
        addresses += [address] if drawn else []
    return found._replace(addresses=tuple(addresses))


def _drawn(free: Free, image_ids: Sequence[str], shelf: Shelf, side: int) -> tuple[Sample, ...]:
    known = free.decoded if side == free.side_px else {}
    missing = free.rows.filter(
        pl.col("image_id").is_in([one for one in image_ids if one not in known])
    )
    read = samples.pictured(missing.iter_rows(named=True), shelf, side) if missing.height else ()
    by_id = {**known, **{one.image_id: one for one in read}}
    return tuple(by_id[one] for one in image_ids if one in by_id)


def _note(found: Sheets, drawn: Sequence[Sample], number: Mapping[str, int], cell: int) -> None:
    for one in drawn:
        row = number[one.image_id]
        found.cells[row], cell = cell, cell + 1
        if one.clear is not None:
            found.clears[row], cell = cell, cell + 1


def _cells(drawn: Sequence[Sample]) -> Iterator[samples.Thumbnail]:
    for one in drawn:
        yield one.pixels
        if one.clear is not None:
            yield one.clear


def _sheet(drawn: Sequence[Sample], side: int) -> str:
    cells = list(_cells(drawn))
    whole = np.zeros((-(-len(cells) // ACROSS) * side, ACROSS * side, 4), dtype=np.uint8)
    for at, pixels in enumerate(cells):
        top, left = at // ACROSS * side, at % ACROSS * side
        whole[top : top + side, left : left + side] = pixels
    out = io.BytesIO()
    Image.fromarray(whole).save(out, "WEBP", quality=QUALITY, method=4)
    return f"data:image/webp;base64,{base64.b64encode(out.getvalue()).decode()}"
