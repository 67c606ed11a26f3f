"""The table that is left when copies are gone, window by window: it never lies in memory whole.

A window is a range of image_id. The table rests sorted by it, so that a window costs little, and
holds the right rows in any order.
"""

from collections.abc import Iterator
from functools import reduce
from itertools import pairwise
from operator import and_
from typing import NamedTuple

import daft
import polars as pl

from affekt.tables import CLEAN, IMAGES

ROWS = 65_536  # of a window, about


class Changes(NamedTuple):
    """What differs from the table that came in.

    Attributes:
        gone: Key of the rows that go.
        groups: image_id and group_id of pictures that are in no group of their own name.
        emotions: image_id and emotion of pictures that take another one.
    """

    gone: pl.DataFrame
    groups: pl.DataFrame
    emotions: pl.DataFrame

    def of(self, low: str | None, high: str | None) -> "Changes":
        """Give those of a window."""
        window = pl.lit(True)
        if low is not None:
            window &= pl.col("image_id") >= low
        if high is not None:
            window &= pl.col("image_id") < high
        return Changes(*(one.filter(window) for one in self))

    def made_in(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Give the rows of `IMAGES` that rows of `CLEAN` become."""
        rows = rows.join(self.gone, on=CLEAN.key, how="anti", maintain_order="left")
        emotions = self.emotions.rename({"emotion": "new_emotion"})
        for changes in (self.groups, emotions):
            rows = rows.join(changes, on="image_id", how="left", maintain_order="left")
        rows = rows.with_columns(
            emotion=pl.coalesce("new_emotion", "emotion"),
            group_id=pl.coalesce("group_id", "image_id"),
        )
        return pl.concat([IMAGES.empty(), rows.select(_known(rows))], how="diagonal")


def _known(rows: pl.DataFrame) -> list[str]:
    """Give the columns of `IMAGES` that there are; a product of an older affekt may lack some."""
    return [name for name in IMAGES.columns if name in rows.columns]


def cuts_of(names: pl.Series) -> list[str]:
    """Give where windows begin, beside the first; ``names`` are the bytes of image_id, sorted."""
    return names.gather_every(ROWS)[1:].bin.encode("hex").unique().sort().to_list()


def changed(clean: daft.DataFrame, cuts: list[str], changes: Changes) -> Iterator[pl.DataFrame]:
    """Give the rows that stay, in pieces."""
    yield IMAGES.empty()
    for low, high in pairwise([None, *cuts, None]):
        column, parts = daft.col("image_id"), [daft.lit(True)]
        if low is not None:
            parts.append(column >= daft.lit(low))
        if high is not None:
            parts.append(column < daft.lit(high))
        rows = pl.from_arrow(clean.where(reduce(and_, parts)).to_arrow())
        assert isinstance(rows, pl.DataFrame)
        yield changes.of(low, high).made_in(rows.sort(CLEAN.key))
