"""The finished table, written shard by shard, so that memory does not grow with it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from affekt import durable
from affekt.cells import to_csv
from affekt.features import Feature
from affekt.parts import canonical
from affekt.tabulate.found import Refusal

FACTS = ("path", "image_id", "width_px", "height_px")
NO_PICTURE = "not-a-picture"  # is nothing to be told of a file that only lies in a folder
MADE_BY = b"affekt.feature"  # in the file's metadata: kind, version and settings, as JSON


class Written(NamedTuple):
    """Rows of the table, and what is not in it; see `affekt.tabulate.run.Tabulated`."""

    n_pictures: int
    refused: tuple[Refusal, ...]
    n_others: int


def write(output: Path, feature: Feature, shards: Sequence[Path]) -> Written:
    """Write the pictures of all shards that have values."""
    n_pictures = n_others = 0
    refused: list[Refusal] = []

    def pieces() -> Iterator[pl.DataFrame]:
        nonlocal n_pictures, n_others
        for shard in shards:
            rows = pl.read_parquet(shard)
            lost = rows.filter(pl.col("reason").is_not_null())
            is_other = (pl.col("reason") == NO_PICTURE) & ~pl.col("is_named")
            told = lost.filter(~is_other).select("path", "reason", "detail")
            refused.extend(Refusal(*row) for row in told.iter_rows())
            n_others += lost.height - told.height
            kept = rows.filter(pl.col("reason").is_null())
            n_pictures += kept.height
            yield _by_name(kept, feature.names)

    with durable.replaced(output) as beside:
        WRITERS[output.suffix](beside, feature, pieces())
    return Written(n_pictures, tuple(refused), n_others)


def _by_name(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Give a column a value."""
    vectors = np.array(rows["vector"].to_list(), np.float32).reshape(rows.height, len(names))
    return rows.select(FACTS).hstack(
        [pl.Series(*one) for one in zip(names, vectors.T, strict=True)]
    )


def _parquet(path: Path, feature: Feature, pieces: Iterator[pl.DataFrame]) -> None:
    facts = [pa.field(name, pa.string() if at < 2 else pa.int32()) for at, name in enumerate(FACTS)]
    values = [pa.field(name, pa.float32()) for name in feature.names]
    made_by = {MADE_BY: canonical(feature.identity())}
    schema = pa.schema([*facts, *values], metadata=made_by)
    with pq.ParquetWriter(path, schema) as file:
        for piece in pieces:
            file.write_table(piece.to_arrow().cast(schema))


def _csv(path: Path, feature: Feature, pieces: Iterator[pl.DataFrame]) -> None:
    columns = [*FACTS, *feature.names]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(to_csv(columns, []))
        for piece in pieces:
            file.write(to_csv(columns, map(_shortest, piece.iter_rows())).partition("\n")[2])


def _shortest(row: tuple[str | int | float, ...]) -> list[str | int | float]:
    """Give the numbers with as few digits as read back as the same 32-bit ones."""
    return [float(str(np.float32(one))) if isinstance(one, float) else one for one in row]


WRITERS: Mapping[str, Callable[[Path, Feature, Iterator[pl.DataFrame]], None]] = {
    ".parquet": _parquet,
    ".csv": _csv,
}
