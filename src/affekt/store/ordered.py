"""Rows in order, more of them than fit in memory: sorted runs on the disk, merged range by range.

What comes out depends on the rows alone: not on the order in which they came, on the pieces they
came in, or on how much memory was allowed.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa

Key = tuple[tuple[bool, Any], ...]


class Memory(NamedTuple):
    """How much is held at once; a range is sorted in one go and needs about three times as much.

    Attributes:
        rows: Most rows of a run and of a range.
        n_bytes: Most bytes of them.
        step: Rows of a run that are read at a time; ranges begin at one of them.
    """

    rows: int = 1_000_000
    n_bytes: int = 96_000_000
    step: int = 1_024


class Order(NamedTuple):
    """How rows are ordered: by these columns, null before or behind all values."""

    by: tuple[str, ...]
    nulls_last: bool = False

    def sorted(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Give the rows in this order."""
        return rows.sort(self.by, nulls_last=self.nulls_last)

    def key(self, row: tuple[Any, ...]) -> Key:
        """Give what orders one row; ``row`` holds the columns of `by`."""
        return tuple(
            ((value is None) == self.nulls_last, "" if value is None else value) for value in row
        )

    def is_from(self, cut: Key) -> pl.Expr:
        """Give the rows that do not lie before one that is ordered by this."""
        lies: pl.Expr = pl.lit(True)
        for name, (is_high, text) in zip(reversed(self.by), reversed(cut), strict=True):
            value = None if is_high == self.nulls_last else text
            column = pl.col(name)
            lies = self._is_behind(column, value) | (column.eq_missing(value) & lies)
        return lies

    def _is_behind(self, column: pl.Expr, value: Any) -> pl.Expr:
        if value is None:
            return pl.lit(False) if self.nulls_last else column.is_not_null()
        return (column > pl.lit(value)).fill_null(self.nulls_last)


class _Run(NamedTuple):
    """Sorted rows on the disk, and what orders the first row of each step."""

    path: Path
    firsts: list[Key]

    def steps(self, start: Key | None, end: Key | None) -> list[pl.DataFrame]:
        """Give the steps that may hold rows from `start` on and before `end`."""
        low = 0 if start is None else max(bisect_left(self.firsts, start) - 1, 0)
        high = len(self.firsts) if end is None else bisect_left(self.firsts, end)
        with pa.OSFile(str(self.path)) as file:
            reader = pa.ipc.open_file(file)
            return [_in_polars(reader.get_batch(at)) for at in range(low, high)]


AMPLE = Memory()


def in_order(
    pieces: Iterable[pl.DataFrame], order: Order, scratch: Path, memory: Memory = AMPLE
) -> Iterator[pl.DataFrame]:
    """Give the rows in order, in pieces; rows that the order does not tell apart share a piece.

    ``scratch`` is a folder for what does not fit in memory; its files can go when all is given.
    """
    waiting: list[pl.DataFrame] = []
    runs: list[_Run] = []
    for piece in pieces:
        if waiting and _is_too_much([*waiting, piece], memory):
            runs.append(_spilled(waiting, order, scratch / f"run-{len(runs):06d}.arrow", memory))
            waiting = []
        waiting.append(piece)
    if not runs:
        if waiting:
            yield order.sorted(pl.concat(waiting))
        return
    runs.append(_spilled(waiting, order, scratch / f"run-{len(runs):06d}.arrow", memory))
    del waiting
    yield from _merged(runs, order)


def _is_too_much(waiting: list[pl.DataFrame], memory: Memory) -> bool:
    rows = sum(piece.height for piece in waiting)
    return rows > memory.rows or sum(map(_n_bytes, waiting)) > memory.n_bytes


def _n_bytes(rows: pl.DataFrame) -> int:
    return int(rows.estimated_size())


def _spilled(pieces: list[pl.DataFrame], order: Order, path: Path, memory: Memory) -> _Run:
    rows = order.sorted(pl.concat(pieces))
    table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
    path.parent.mkdir(parents=True, exist_ok=True)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=memory.step)
    firsts = rows.select(order.by).gather_every(memory.step)
    return _Run(path, [order.key(row) for row in firsts.iter_rows()])


def _merged(runs: list[_Run], order: Order) -> Iterator[pl.DataFrame]:
    cuts = _cuts(runs)
    for start, end in zip([None, *cuts], [*cuts, None], strict=True):
        steps = [step for run in runs for step in run.steps(start, end)]
        if not steps:  # nothing lies before the first cut
            continue
        rows = pl.concat(steps).lazy()
        if start is not None:
            rows = rows.filter(order.is_from(start))
        if end is not None:
            rows = rows.filter(~order.is_from(end))
        yield order.sorted(rows.collect())


def _cuts(runs: list[_Run]) -> list[Key]:
    """Give where ranges begin, so that none is much larger than a run."""
    firsts = sorted(first for run in runs for first in run.firsts)
    n_steps = max(len(run.firsts) for run in runs)
    return sorted(set(firsts[n_steps::n_steps]))


def _in_polars(rows: pa.Table | pa.RecordBatch) -> pl.DataFrame:
    frame = pl.from_arrow(rows)
    assert isinstance(frame, pl.DataFrame)
    return frame
