"""Rows in order, more of them than fit in memory: sorted runs on the disk, merged range by range.

What comes out depends on the rows alone: not on the order in which they came, on the pieces they
came in, or on how much memory was allowed.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa

Key = tuple[tuple[bool, Any], ...]


class Memory(NamedTuple):
    """How much is held at once; a range is sorted in one go and needs several times as much.

    Attributes:
        rows: Most rows of a run.
        n_bytes: Most bytes of it.
        step: Rows of a run that are read at a time, fewer where rows are long; ranges begin at one
            of them.
        steps: So many make a range, beside those of each run that only reach into it.
        runs: So many become one, so that few steps are read beside those that are wanted.
    """

    rows: int = 1_000_000
    n_bytes: int = 32_000_000
    step: int = 256
    steps: int = 64
    runs: int = 64

    def step_of(self, rows: pl.DataFrame) -> int:
        """Give the rows that are read at a time: a range shall not hold more bytes than a run."""
        n_bytes = int(rows.estimated_size()) // max(rows.height, 1)
        return max(min(self.step, self.n_bytes // (self.steps * max(n_bytes, 1))), 1)


class Order(NamedTuple):
    """How rows are ordered: by these columns, null before or behind all values."""

    by: tuple[str, ...]
    nulls_last: bool = False

    def sorted(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Give the rows in this order."""
        return rows.sort(self.by, nulls_last=self.nulls_last)

    def rises(self, rows: pl.DataFrame) -> bool:
        """Tell whether every row is behind the one before; a null in `by` is never."""
        later = pl.lit(False)
        for name in reversed(self.by):
            here, before = pl.col(name), pl.col(name).shift()
            later = (here > before) | ((here == before) & later)
        has_null = pl.any_horizontal(pl.col(name).has_nulls() for name in self.by)
        facts = rows.select(later.slice(1).all(ignore_nulls=False), nulls=has_null)
        return facts.row(0) == (True, False)

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

    def steps(self, start: Key | None, end: Key | None) -> list[pa.RecordBatch]:
        """Give the steps that may hold rows from `start` on and before `end`."""
        low = 0 if start is None else max(bisect_left(self.firsts, start) - 1, 0)
        high = len(self.firsts) if end is None else bisect_left(self.firsts, end)
        with pa.OSFile(str(self.path)) as file:
            reader = pa.ipc.open_file(file)
            return [reader.get_batch(at) for at in range(low, high)]


AMPLE = Memory()


class Unsorted(Exception):
    """Rows were taken to come in order, and do not."""


def risen(pieces: Iterable[pl.DataFrame], order: Order) -> Iterator[pl.DataFrame]:
    """Pass on pieces whose rows come in order, each behind the one before.

    Raises:
        Unsorted: They do not.
    """
    last: pl.DataFrame | None = None
    for piece in pieces:
        keys = piece.select(order.by)
        if not order.rises(keys if last is None else pl.concat([last, keys])):
            raise Unsorted
        last = keys.tail(1) if keys.height else last
        yield piece


def in_order(
    pieces: Iterable[pl.DataFrame], order: Order, scratch: Path, memory: Memory = AMPLE
) -> Iterator[pl.DataFrame]:
    """Give the rows in order, in pieces; rows that the order does not tell apart share a piece.

    ``scratch`` is a folder for what does not fit in memory; its files can go when all is given.
    """
    waiting: list[pl.DataFrame] = []
    spill = _Spill(order, scratch, memory)
    for piece in pieces:
        if waiting and _is_too_much([*waiting, piece], memory):
            spill.add(order.sorted(pl.concat(waiting)))
            waiting = []
        waiting.append(piece)
    if not waiting:
        return
    last = order.sorted(pl.concat(waiting))
    del waiting
    if spill.is_empty():
        yield last
    else:
        spill.add(last)
        del last
        yield from spill.merged()


def _is_too_much(waiting: list[pl.DataFrame], memory: Memory) -> bool:
    rows = sum(piece.height for piece in waiting)
    return rows > memory.rows or sum(int(piece.estimated_size()) for piece in waiting) > (
        memory.n_bytes
    )


class _Spill:
    """Sorted runs on the disk; where they become many, one long run is made of all short ones."""

    def __init__(self, order: Order, scratch: Path, memory: Memory) -> None:
        self._order, self._scratch, self._memory = order, scratch, memory
        self._numbers = count()
        self._short: list[_Run] = []
        self._long: list[_Run] = []

    def is_empty(self) -> bool:
        return not (self._short or self._long)

    def add(self, rows: pl.DataFrame) -> None:
        """Add sorted rows as a run."""
        if len(self._short) == self._memory.runs:
            self._long.append(self._written(self._merged(self._short)))
            for run in self._short:
                run.path.unlink()
            self._short = []
        self._short.append(self._written([rows]))

    def merged(self) -> Iterator[pl.DataFrame]:
        """Give the rows of all runs, range by range."""
        return self._merged([*self._long, *self._short])

    def _written(self, pieces: Iterable[pl.DataFrame]) -> _Run:
        path = self._scratch / f"run-{next(self._numbers):06d}.arrow"
        path.parent.mkdir(parents=True, exist_ok=True)
        firsts: list[Key] = []
        with ExitStack() as stack:
            writer: Any = None
            for rows in pieces:
                step = self._memory.step_of(rows)
                table = rows.to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks()
                if writer is None:
                    file = stack.enter_context(pa.OSFile(str(path), "wb"))
                    writer = stack.enter_context(pa.ipc.new_file(file, table.schema))
                writer.write_table(table, max_chunksize=step)
                every = rows.select(self._order.by).gather_every(step)
                firsts += [self._order.key(row) for row in every.iter_rows()]
        return _Run(path, firsts)

    def _merged(self, runs: list[_Run]) -> Iterator[pl.DataFrame]:
        cuts = self._cuts(runs)
        for start, end in zip([None, *cuts], [*cuts, None], strict=True):
            steps = [step for run in runs for step in run.steps(start, end)]
            if not steps:  # nothing lies before the first cut
                continue
            rows = _in_polars(pa.Table.from_batches(steps).combine_chunks()).lazy()
            if start is not None:
                rows = rows.filter(self._order.is_from(start))
            if end is not None:
                rows = rows.filter(~self._order.is_from(end))
            yield self._order.sorted(rows.collect())

    def _cuts(self, runs: list[_Run]) -> list[Key]:
        """Give where ranges begin."""
        firsts = sorted(first for run in runs for first in run.firsts)
        return sorted(set(firsts[self._memory.steps :: self._memory.steps]))


def _in_polars(rows: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(rows)
    assert isinstance(frame, pl.DataFrame)
    return frame
