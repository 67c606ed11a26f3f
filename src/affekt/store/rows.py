"""Writes and reads the Parquet of a product: the same bytes for the same rows."""

import hashlib
from pathlib import Path

import daft
import polars as pl

from affekt.errors import TableError
from affekt.stage import Engine, Stage
from affekt.store.product import Product, file_sha256
from affekt.tables import Table

ROW_GROUP = 65_536  # rows; also the step in which rows are hashed, so that memory stays flat


def open_table(made: Product, engine: Engine) -> Table:
    """Give the table of a product, as the engine that a stage works with opens it.

    Raises:
        Damaged: The file is missing or not what was written.
    """
    return daft.read_parquet(str(made.whole("table"))) if engine == "daft" else made.table()


def in_polars(table: Table) -> pl.DataFrame:
    """Give a frame of either engine in memory."""
    if isinstance(table, pl.DataFrame):
        return table
    frame = pl.from_arrow(table.to_arrow())
    assert isinstance(frame, pl.DataFrame)
    return frame


def write(frame: pl.DataFrame, path: Path) -> str:
    """Write the rows as Parquet and give the SHA-256 of the file."""
    frame.write_parquet(path, compression="zstd", row_group_size=ROW_GROUP, statistics=True)
    return file_sha256(path)


def rows_sha256(frame: pl.DataFrame) -> str:
    """SHA-256 of the rows as JSON lines: the same on any version of the table library."""
    digest = hashlib.sha256("\t".join(frame.columns).encode())
    for piece in frame.iter_slices(ROW_GROUP):
        digest.update(piece.write_ndjson().encode())
    return digest.hexdigest()


def dropped_rows(stage: Stage, table: Table | None) -> pl.DataFrame:
    """Give the dropped rows as they rest: key of the first table, ``reason``, ``detail``.

    Raises:
        TableError: A row has no reason, or one that the stage does not explain.
    """
    schema = stage.takes or stage.gives
    keys = {name: schema.columns[name].dtype for name in schema.key}
    empty = pl.DataFrame(schema={**keys, "reason": pl.String, "detail": pl.String})
    if table is None:
        return empty
    frame = in_polars(table)
    if "detail" not in frame.columns:
        frame = frame.with_columns(detail=pl.lit(None, pl.String))
    missing = [name for name in empty.columns if name not in frame.columns]
    if missing:
        raise TableError(f"{stage.kind()}: the dropped rows lack the columns {missing}")
    frame = frame.select(pl.col(name).cast(kind) for name, kind in empty.schema.items())
    unknown = sorted(set(frame["reason"].fill_null("").unique()) - set(stage.reasons))
    if unknown:
        raise TableError(
            f"{stage.kind()}: rows were dropped for {unknown}, which the stage does not explain"
        )
    return frame.sort([*keys, "reason"], nulls_last=True)


def reasons(dropped: pl.DataFrame) -> dict[str, int]:
    """Count the dropped rows a reason, most frequent first."""
    counts = dropped.group_by("reason").len().sort(["len", "reason"], descending=[True, False])
    return dict(counts.iter_rows())


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
