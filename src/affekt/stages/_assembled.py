"""What cleaning leaves of a table, put together from the files of its chunks, window by window."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self

import daft
import numpy as np
import polars as pl

from affekt.fetch.placeholders import MANY
from affekt.forgotten import Forgotten
from affekt.stages._look import LOOKED
from affekt.stages._windows import Name, Window
from affekt.tables import CLEAN, FOUND, Pieces

KEY = list(FOUND.key)
PICTURE = [name for name in CLEAN.columns if name not in FOUND.columns]  # what decoding tells
DROPPED = dict.fromkeys([*KEY, "reason", "detail"], pl.String)


class Finished(NamedTuple):
    """The file of a chunk, and its first and last picture."""

    path: str
    first: Name
    last: Name

    @classmethod
    def of(cls, path: str, rows: pl.DataFrame) -> Self:
        """Give a file that holds these rows, in order of their key."""
        first, last = rows.select("source", "source_id")[[0, -1]].rows()
        return cls(path, first, last)


class Assembly(NamedTuple):
    """All that is known at the end.

    Attributes:
        found: The table that was cleaned, and its windows.
        windows: See `affekt.stages._windows`.
        refused: Files of rows dropped before fetching.
        finished: Files of rows that were looked at.
        forgotten: What was removed on request, maybe after it was looked at.
        placeholders: Contents that stand for missing pictures.
    """

    found: daft.DataFrame
    windows: Sequence[Window]
    refused: Sequence[str]
    finished: Sequence[Finished]
    forgotten: Forgotten
    placeholders: frozenset[str]

    def table(self) -> Pieces:
        """Give the rows that stay."""
        return Pieces(self._kept)

    def dropped(self) -> Pieces:
        """Give the rows that do not: the key, ``reason``, ``detail``."""
        return Pieces(self._dropped)

    def _kept(self) -> Iterator[pl.DataFrame]:
        yield CLEAN.empty()
        needed = dict.fromkeys([*KEY, *(name for name in FOUND.columns if name in CLEAN.columns)])
        found = self.found.select(*needed)
        for window in self.windows:
            files = [one for one in self.finished if window.meets(one.first, one.last)]
            looked = pl.concat([pl.DataFrame(schema=LOOKED), *map(self._looked, files)])
            pictures = looked.filter(pl.col("reason").is_null()).select(*KEY, *PICTURE)
            if pictures.height:
                rows = window.of(found).join(pictures, on=KEY, maintain_order="left")
                yield rows.select(list(CLEAN.columns))

    def _dropped(self) -> Iterator[pl.DataFrame]:
        yield pl.DataFrame(schema=DROPPED)
        for path in self.refused:
            yield pl.read_parquet(path).select(list(DROPPED))
        for one in self.finished:
            yield self._looked(one).filter(pl.col("reason").is_not_null()).select(list(DROPPED))

    def _looked(self, one: Finished) -> pl.DataFrame:
        """Give the rows of a file, after the rules that need to know all pictures."""
        rows = pl.read_parquet(one.path)
        is_here = pl.col("reason").is_null()
        shown = pl.col("content").is_in(sorted(self.placeholders)) & pl.col("host").is_not_null()
        told = pl.when(is_here & shown).then(pl.format("SHA-256 {}", "content"))
        rows = rows.with_columns(
            reason=pl.when(is_here & shown).then(pl.lit("placeholder")).otherwise("reason"),
            detail=told.otherwise("detail"),
        )
        if not self.forgotten:
            return rows
        is_meant = self.forgotten.among(rows) | self.forgotten.near(rows["phash"])
        is_gone = is_here & pl.lit(is_meant)
        return rows.with_columns(
            reason=pl.when(is_gone).then(pl.lit("forgotten")).otherwise("reason")
        )


def placeholders_in(finished: Sequence[Finished]) -> frozenset[str]:
    """Give the contents that show up under too many links of one server.

    The way out notices such contents, too, but lets the first of them pass.
    """
    hashes, known = [np.zeros(0, np.uint64)], set[str]()
    for rows in _contents(finished):
        hashes.append(rows["hash"].to_numpy())
        known |= set(rows.filter(reason="placeholder")["content"])
    values, counts = np.unique(np.concatenate(hashes), return_counts=True)
    many = pl.Series(values[counts > MANY])
    if many.len():
        named = pl.concat([rows.filter(pl.col("hash").is_in(many)) for rows in _contents(finished)])
        links = named.group_by("host", "content").len()
        known |= set(links.filter(pl.col("len") > MANY)["content"])
    return frozenset(known)


def _contents(finished: Sequence[Finished]) -> Iterator[pl.DataFrame]:
    columns = ["host", "content", "reason"]
    for one in finished:
        rows = pl.read_parquet(one.path, columns=columns).drop_nulls(["host", "content"])
        yield rows.with_columns(hash=pl.struct("host", "content").hash())
