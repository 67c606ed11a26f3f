"""Rows written aside as they come, and read again lazily: more of them than fit in memory."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import daft
import polars as pl

from affekt import durable, engine
from affekt.files import Files

PER_SHARD = 100_000  # rows of a file
PLACE = "place"  # column: number of the row, in the order in which rows were added


class Shards:
    """A table that is written in files of many rows, numbered as they come.

    Args:
        folder: Where the files go; what another run left there under this name is removed.
        name: Beginning of their names.
        types: Columns of the rows; `PLACE` is added to them.
        where: The files of the project.
    """

    def __init__(self, folder: Path, name: str, types: Mapping[str, Any], where: Files) -> None:
        self.rows = 0
        self._folder = folder
        self._name = name
        self._where = where
        self._empty = pl.DataFrame(schema={**types, PLACE: pl.Int64})
        self._waiting: list[pl.DataFrame] = []
        self._files: list[Path] = []
        for old in folder.glob(f"{name}-*.parquet"):
            old.unlink()

    def add(self, rows: pl.DataFrame) -> None:
        """Add rows; they are on the disk when enough have come together."""
        places = pl.int_range(self.rows, self.rows + rows.height, dtype=pl.Int64, eager=True)
        self._waiting.append(rows.with_columns(places.alias(PLACE)))
        self.rows += rows.height
        if sum(part.height for part in self._waiting) >= PER_SHARD:
            self._write()

    def in_memory(self) -> pl.DataFrame | None:
        """Give all rows where they are so few that none had to be written."""
        return None if self._files else pl.concat([self._empty, *self._waiting])

    def frame(self) -> daft.DataFrame:
        """Give all rows, lazily and in no order."""
        if self._waiting or not self._files:
            self._write()
        return engine.read(self._where, self._files)

    def pieces(self, without: pl.Series) -> Iterator[pl.DataFrame]:
        """Give all rows, but for those at some places, in the order in which they were added."""
        if self._waiting or not self._files:
            self._write()
        for path in self._files:
            rows = pl.read_parquet(self._where.ensure(path))
            yield rows.filter(~pl.col(PLACE).is_in(without.implode())).drop(PLACE)

    def _write(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{self._name}-{len(self._files):06d}.parquet"
        with durable.replaced(path) as beside:
            pl.concat([self._empty, *self._waiting]).write_parquet(beside, compression="lz4")
        self._files.append(path)
        self._waiting = []


def repeats(rows: daft.DataFrame, key: tuple[str, ...]) -> pl.Series:
    """Give the places of rows that share their key with one that was added before.

    Only a number a row is compared at first, and the keys themselves where numbers are equal.
    """
    digest = daft.functions.hash(*(daft.col(name) for name in key))
    digests = rows.select(PLACE, digest.alias("digest"))
    counted = digests.groupby("digest").agg(daft.col(PLACE).count().alias("n"))
    again = counted.where(daft.col("n") > daft.lit(1)).select("digest").collect()
    keyed = rows.select(*key, PLACE, digest.alias("digest"))
    alike = pl.from_arrow(keyed.join(again, on="digest", how="semi").to_arrow())
    assert isinstance(alike, pl.DataFrame)
    alike = alike.with_columns(pl.col(PLACE).cast(pl.Int64)).sort(PLACE)
    return alike.filter(~pl.struct(key).is_first_distinct())[PLACE]
