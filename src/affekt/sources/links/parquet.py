"""Tables in Parquet, the columns that are needed, some thousand rows at a time."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from affekt.sources.links.columns import Cells, Columns

ROWS = 4_096  # held in memory at a time
BLOCK = 1 << 20  # bytes read from the file at a time, a column
Record = tuple[int, Cells | str]


def parquet_records(path: Path, columns: Columns) -> Iterator[Record]:
    """Give the rows of a Parquet file, numbered from 1.

    Raises:
        AffektError: It has no column of links.
    """
    with pq.ParquetFile(path, buffer_size=BLOCK) as file:
        header = file.schema_arrow.names
        places = columns.places(header, path.name)
        needed = sorted({header[at] for at in places if at is not None})
        row = 0
        for batch in file.iter_batches(batch_size=ROWS, columns=needed, use_threads=False):
            values = {name: _values(batch.column(name)) for name in needed}
            nothing = [None] * batch.num_rows
            told = [nothing if at is None else values[header[at]] for at in places]
            for cells in zip(*told, strict=True):
                row += 1
                yield row, ("is no UTF-8" if _Torn in map(type, cells) else cells)


class _Torn:
    """Stands for a text that is no UTF-8."""


def _values(column: pa.Array) -> list[object]:
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        return [_value(one) for one in column]


def _value(cell: pa.Scalar) -> object:
    try:
        value: object = cell.as_py()
    except UnicodeDecodeError:
        return _Torn()
    return value
