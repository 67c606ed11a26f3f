"""Sums over tables of any length, in bounded memory also where what is counted has no end.

Emotions are few, but tags, owners and servers grow with the crawl. Sums that become many are put
aside on the disk in parts, each with all sums of its groups.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

MOST = 1_000_000  # sums in memory
PARTS = 32


def _as_it_is(part: pl.DataFrame) -> pl.DataFrame:
    return part


def tallied(
    pieces: Iterable[pl.DataFrame],
    by: Sequence[str],
    finish: Callable[[pl.DataFrame], pl.DataFrame] = _as_it_is,
) -> pl.DataFrame:
    """Give the sums of all other columns, by some.

    Args:
        pieces: At least one, all of the same columns.
        by: What makes a group; null is a group too.
        finish: Makes of a part of the sums, which has each of its groups whole, what is kept of
            it.

    Returns:
        What `finish` gave for all parts, in no order.
    """
    with TemporaryDirectory(prefix="affekt-") as folder:
        aside = _Aside(Path(folder), by)
        last = _held(pieces, by, aside)
        if not aside.n_times:
            return finish(last)
        aside.put(last)
        return pl.concat([finish(_summed(part, by)) for part in aside.parts()])


def _held(pieces: Iterable[pl.DataFrame], by: Sequence[str], aside: "_Aside") -> pl.DataFrame:
    """Sum up, put aside what is too much, and give the sums that are left."""
    held: list[pl.DataFrame] = []
    for piece in pieces:
        held.append(piece)
        if sum(one.height for one in held) > MOST:
            held = [_summed(held, by)]
            if held[0].height > MOST // 2:
                aside.put(held[0])
                held = [held[0].clear()]
    return _summed(held, by)


def _summed(pieces: Sequence[pl.DataFrame], by: Sequence[str]) -> pl.DataFrame:
    sums = pl.concat(pieces).group_by(by).agg(pl.all().sum())
    return sums.select(pieces[0].columns)


class _Aside:
    """Sums on the disk, in parts by the hash of their group."""

    def __init__(self, folder: Path, by: Sequence[str]) -> None:
        self._folder, self._by = folder, list(by)
        self.n_times = 0

    def put(self, sums: pl.DataFrame) -> None:
        """Take sums out of memory."""
        part = sums.select(self._by).hash_rows(seed=1) % PARTS
        for (number,), rows in sums.group_by(part.alias("part")):
            rows.write_parquet(self._folder / f"{number}-{self.n_times}.parquet", compression="lz4")
        self.n_times += 1

    def parts(self) -> Iterator[list[pl.DataFrame]]:
        """Give the pieces of every part that has any."""
        for number in range(PARTS):
            paths = sorted(self._folder.glob(f"{number}-*.parquet"))
            if paths:
                yield [pl.read_parquet(path) for path in paths]
