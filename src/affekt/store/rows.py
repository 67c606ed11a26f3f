"""Writes and reads the Parquet of a product: the same bytes for the same rows.

Rows of either engine go through one writer, in order of their key and in row groups of one size, so
that the bytes do not depend on the engine, on how it cut the table into pieces, or on whether all
rows fitted in memory.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import daft
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from affekt import engine as engines
from affekt.durable import file_sha256
from affekt.errors import TableError
from affekt.files import Files
from affekt.stage import Stage
from affekt.store.digest import RowsDigest
from affekt.store.ordered import AMPLE, Memory, Order, Unsorted, in_order, risen
from affekt.store.product import Product
from affekt.tables import Pieces, Table

ROW_GROUP = 65_536  # rows
GROUP_NUMBERS = 8_000_000  # in the lists of a row group, but for a row that has more by itself


class Kept(NamedTuple):
    """What was written as the rows that go on.

    Attributes:
        rows: How many.
        sha256: Of the file.
        rows_sha256: Of the rows, see `rows_sha256`; None where it was not asked for.
    """

    rows: int
    sha256: str
    rows_sha256: str | None


class Dropped(NamedTuple):
    """What was written as the rows that do not go on; ``reasons`` counts them, most frequent first.

    Attributes:
        rows: How many.
        sha256: Of the file.
    """

    rows: int
    sha256: str
    reasons: Mapping[str, int]


def open_table(made: Product, stage: Stage) -> Table:
    """Give the table of a product as a stage reads it: by its engine, whole or in pieces.

    Raises:
        Damaged: The file is missing or not what was written.
    """
    if made.manifest["stage"] in stage.in_pieces:
        path = made.whole("table")
        return Pieces(lambda: _groups(path))
    if stage.engine == "polars":
        return made.table()
    path = made.whole("table")
    return engines.read(made.files or Files(path.parent), [path])


def _groups(path: Path) -> Iterator[pl.DataFrame]:
    """Give the row groups of a file; a table without rows is one piece."""
    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            yield pl.DataFrame(file.read_row_group(number))
        if not file.num_row_groups:
            yield pl.DataFrame(file.schema_arrow.empty_table())


def in_polars(table: Table) -> pl.DataFrame:
    """Give a frame of either engine in memory."""
    if isinstance(table, pl.DataFrame):
        return table
    if isinstance(table, Pieces):
        return pl.concat(list(table))
    frame = pl.from_arrow(table.to_arrow())
    assert isinstance(frame, pl.DataFrame)
    return frame


def keep_table(
    stage: Stage, table: Table, path: Path, scratch: Path, memory: Memory = AMPLE
) -> Kept:
    """Write the rows that go on, by key and with exactly the columns of the stage's schema.

    ``scratch`` is a folder for what does not fit in memory.

    Raises:
        TableError: A column is missing, cannot take its type, or two rows share one key.
    """
    schema, name = stage.makes(), stage.kind()
    file = _File(path, schema.empty(), key=schema.key)
    digest = RowsDigest(list(schema.columns)) if stage.asks_the_world else None
    if isinstance(table, pl.DataFrame):
        n_rows = file.write([schema.conform(table, name)], digest)
    else:
        order = Order(schema.key)
        try:  # a stage that only leaves rows out keeps the order in which its table rests
            n_rows = file.write(risen(_shaped(table, stage), order), digest)
        except Unsorted:
            digest = RowsDigest(list(schema.columns)) if digest else None
            pieces = in_order(_shaped(table, stage), order, scratch / "kept", memory)
            n_rows = file.write(schema.distinct(pieces, name), digest)
    return Kept(n_rows, file_sha256(path), digest.hexdigest() if digest else None)


def _shaped(table: daft.DataFrame | Pieces, stage: Stage) -> Iterator[pl.DataFrame]:
    return (stage.makes().shaped(piece, stage.kind()) for piece in _pieces(table))


def keep_dropped(
    stage: Stage, table: Table | None, path: Path, scratch: Path, memory: Memory = AMPLE
) -> Dropped:
    """Write the rows that do not go on: key of the first table, ``reason``, ``detail``.

    Raises:
        TableError: A row has no reason, or one that the stage does not explain.
    """
    empty = _no_dropped(stage)
    file = _File(path, empty, key=empty.columns[:1])
    counts = Counter[str]()
    if isinstance(table, pl.DataFrame | None):
        n_rows = file.write(_counted([dropped_rows(stage, table)], counts))
    else:
        by_key = Order(tuple(empty.columns[:-2]))
        try:
            n_rows = file.write(_counted(risen(_shaped_drops(table, stage), by_key), counts))
        except Unsorted:
            counts.clear()
            order = _order_of_dropped(stage)
            pieces = in_order(_shaped_drops(table, stage), order, scratch / "dropped", memory)
            n_rows = file.write(_counted(pieces, counts))
    _check_explained(stage, counts)
    most_first = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Dropped(n_rows, file_sha256(path), dict(most_first))


def _shaped_drops(table: daft.DataFrame | Pieces, stage: Stage) -> Iterator[pl.DataFrame]:
    return (_shaped_dropped(stage, piece) for piece in _pieces(table))


def dropped_rows(stage: Stage, table: Table | None) -> pl.DataFrame:
    """Give the dropped rows in memory as they rest: key of the first table, ``reason``, ``detail``.

    Raises:
        TableError: A row has no reason, or one that the stage does not explain.
    """
    if table is None:
        return _no_dropped(stage)
    frame = _order_of_dropped(stage).sorted(_shaped_dropped(stage, in_polars(table)))
    _check_explained(stage, reasons(frame))
    return frame


def reasons(dropped: pl.DataFrame) -> dict[str, int]:
    """Count the dropped rows a reason, most frequent first."""
    counted = dropped.group_by(pl.col("reason").fill_null("")).len()
    return dict(counted.sort(["len", "reason"], descending=[True, False]).iter_rows())


def write(frame: pl.DataFrame, path: Path) -> str:
    """Write the rows as Parquet and give the SHA-256 of the file."""
    _File(path, frame.clear(), key=frame.columns[:1]).write([frame])
    return file_sha256(path)


def rows_sha256(frame: pl.DataFrame) -> str:
    """SHA-256 of what rows hold: the same on any version of the table library."""
    digest = RowsDigest(frame.columns)
    digest.add(_in_arrow(frame.clear()))
    for piece in frame.iter_slices(ROW_GROUP):
        digest.add(_in_arrow(piece))
    return digest.hexdigest()


def check_conserved(stage: Stage, came_in: int, kept: int, dropped: int) -> None:
    """Check that every row that came in was kept or dropped for a reason.

    Raises:
        TableError: Rows vanished or appeared.
    """
    if stage.conserves and came_in != kept + dropped:
        raise TableError(
            f"{stage.kind()}: {came_in:,} rows came in, but {kept:,} kept + {dropped:,} dropped = "
            f"{kept + dropped:,}; this is a defect of the stage, nothing was stored"
        )


def _pieces(table: daft.DataFrame | Pieces) -> Iterator[pl.DataFrame]:
    """Give a table piece by piece, as it comes; one query of Daft makes all of them."""
    if isinstance(table, Pieces):
        yield from table
        return
    for batch in table.to_arrow_iter():
        piece = pl.from_arrow(batch)
        assert isinstance(piece, pl.DataFrame)
        yield piece


def _no_dropped(stage: Stage) -> pl.DataFrame:
    schema = stage.takes or stage.makes()
    keys = {name: schema.columns[name].dtype for name in schema.key}
    return pl.DataFrame(schema={**keys, "reason": pl.String, "detail": pl.String})


def _order_of_dropped(stage: Stage) -> Order:
    """Give the order by all columns, so that rows that it does not tell apart are equal."""
    return Order(tuple(_no_dropped(stage).columns), nulls_last=True)


def _shaped_dropped(stage: Stage, frame: pl.DataFrame) -> pl.DataFrame:
    empty = _no_dropped(stage)
    if "detail" not in frame.columns:
        frame = frame.with_columns(detail=pl.lit(None, pl.String))
    missing = [name for name in empty.columns if name not in frame.columns]
    if missing:
        raise TableError(f"{stage.kind()}: the dropped rows lack the columns {missing}")
    return frame.select(pl.col(name).cast(kind) for name, kind in empty.schema.items())


def _counted(pieces: Iterable[pl.DataFrame], counts: Counter[str]) -> Iterator[pl.DataFrame]:
    for piece in pieces:
        counts.update(reasons(piece))
        yield piece


def _check_explained(stage: Stage, counts: Mapping[str, int]) -> None:
    unknown = sorted(set(counts) - set(stage.explained()))
    if unknown:
        raise TableError(
            f"{stage.kind()}: rows were dropped for {unknown}, which the stage does not explain"
        )


class _File(NamedTuple):
    """A Parquet file; the least and greatest value of a row group is told of its key only."""

    path: Path
    empty: pl.DataFrame
    key: Sequence[str]

    def write(self, pieces: Iterable[pl.DataFrame], digest: RowsDigest | None = None) -> int:
        """Write the pieces and give the number of rows; they join the digest."""
        n_rows = 0
        nothing = _in_arrow(self.empty)
        if digest:
            digest.add(nothing)
        with pq.ParquetWriter(
            self.path, nothing.schema, compression="zstd", write_statistics=list(self.key)
        ) as file:
            for group in map(_in_arrow, _in_groups(pieces)):
                n_rows += group.num_rows
                file.write_table(group, row_group_size=ROW_GROUP)
                if digest:
                    digest.add(group)
        return n_rows


def _in_groups(pieces: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Give the same rows in groups of `ROW_GROUP`, the last one smaller.

    A group ends earlier before the row with which its lists would hold more than `GROUP_NUMBERS`.
    """
    left: list[pl.DataFrame] = []
    n_rows = n_numbers = 0
    for piece in pieces:
        left.append(piece)
        n_rows, n_numbers = n_rows + piece.height, n_numbers + int(_numbers(piece).sum())
        if n_rows < ROW_GROUP and n_numbers <= GROUP_NUMBERS:
            continue
        rows = pl.concat(left)
        *whole, begun = _cut(_numbers(rows))
        yield from (rows[group] for group in whole)
        left = [rows[begun]]
        n_rows, n_numbers = left[0].height, int(_numbers(left[0]).sum())
    rest = pl.concat(left) if left else pl.DataFrame()
    if rest.height:
        yield rest


def _numbers(rows: pl.DataFrame) -> pl.Series:
    """Give how many numbers the lists of each row hold."""
    lists = [
        pl.col(name).list.len().fill_null(0)
        for name, kind in rows.schema.items()
        if isinstance(kind, pl.List) and kind.inner.is_numeric()
    ]
    none = pl.repeat(0, pl.len(), dtype=pl.UInt64)
    return rows.select(pl.sum_horizontal(none, *lists).alias("n"))["n"]


def _cut(numbers: pl.Series) -> list[slice]:
    """Give the rows of each group; more may fit into the last one."""
    groups, begin = [], 0
    sums = numbers.cum_sum()
    while begin < len(numbers):
        most = (sums[begin - 1] if begin else 0) + GROUP_NUMBERS
        fitting = int(sums.search_sorted(most, side="right"))
        end = min(max(fitting, begin + 1), begin + ROW_GROUP, len(numbers))
        groups.append(slice(begin, end))
        begin = end
    return groups


def _in_arrow(rows: pl.DataFrame) -> pa.Table:
    """Give the rows as one block a column; how they lay before must not show in the file."""
    return rows.to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks()
