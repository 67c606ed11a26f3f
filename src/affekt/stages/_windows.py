"""A big table in windows: ranges of source and source_id, each with all rows of its pictures.

What concerns single pictures is done window by window, so that nothing is shuffled and memory does
not grow with the table. A window costs little where the table rests sorted by its key, as it does
in a product, and holds the right rows in any order.
"""

from functools import reduce
from itertools import pairwise
from operator import and_
from typing import NamedTuple

import daft
import polars as pl

ROWS = 65_000  # of a window, about
EVERY = 64  # rows; one of so many is looked at to find the borders
PICTURE = ["source", "source_id"]
Name = tuple[str, str]


class Window(NamedTuple):
    """The pictures from one on and before another; None is no bound."""

    low: Name | None = None
    high: Name | None = None

    def of(self, frame: daft.DataFrame) -> pl.DataFrame:
        """Give the rows of this window, in memory."""
        rows = pl.from_arrow(frame.where(self._condition()).to_arrow())
        assert isinstance(rows, pl.DataFrame)
        return rows

    def meets(self, first: Name, last: Name) -> bool:
        """Tell whether a range of pictures, both ends included, reaches into this window."""
        return (self.low is None or last >= self.low) and (self.high is None or first < self.high)

    def _condition(self) -> daft.Expression:
        source, source_id = daft.col("source"), daft.col("source_id")
        # The bounds on the source alone say nothing new, and let whole row groups be left out.
        parts = [daft.lit(True)]
        if self.low is not None:
            first, name = daft.lit(self.low[0]), daft.lit(self.low[1])
            parts += [source >= first, (source > first) | (source_id >= name)]
        if self.high is not None:
            last, name = daft.lit(self.high[0]), daft.lit(self.high[1])
            parts += [source <= last, (source < last) | (source_id < name)]
        return reduce(and_, parts)


def windows_of(frame: daft.DataFrame) -> list[Window]:
    """Give windows that hold every row once, one even of an empty table."""
    marks, n_rows = [pl.DataFrame(schema=dict.fromkeys(PICTURE, pl.String))], 0
    for batch in frame.select(*PICTURE).to_arrow_iter():
        names = pl.from_arrow(batch)
        assert isinstance(names, pl.DataFrame)
        marks.append(names.gather_every(EVERY))
        n_rows += names.height
    every = pl.concat(marks).unique().sort(PICTURE)
    n_windows = n_rows // ROWS + 1
    borders = every.gather_every(max(1, -(-every.height // n_windows)))[1:].rows()
    names_at = [None, *((str(source), str(name)) for source, name in borders), None]
    return [Window(low, high) for low, high in pairwise(names_at)]
