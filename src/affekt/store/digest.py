"""The SHA-256 of rows: of what they hold, not of how a library keeps or prints it.

Rows are taken in steps, a step column by column. A column gives first what stands in each row: for
texts and lists their length (-1 for none), for all else whether there is a value; then the values
behind one another: texts as UTF-8, numbers with the lowest byte first, the items of lists and the
fields of records each as a column of their own.
"""

import hashlib
from collections.abc import Iterator

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

STEP = 65_536  # rows


class RowsDigest:
    """The digest of a table whose rows come piece by piece, in whatever pieces.

    Args:
        columns: Names of the columns, in order.
    """

    def __init__(self, columns: list[str]) -> None:
        self._digest = hashlib.sha256("\t".join(columns).encode())
        self._waiting: list[pl.DataFrame] = []

    def add(self, rows: pl.DataFrame) -> None:
        """Add rows that follow those before."""
        self._waiting.append(rows)
        n_rows = sum(part.height for part in self._waiting)
        if n_rows >= STEP:
            together = pl.concat(self._waiting)
            whole = n_rows - n_rows % STEP
            for step in together[:whole].iter_slices(STEP):
                self._take(step)
            self._waiting = [together[whole:]]

    def hexdigest(self) -> str:
        """Give the digest of all rows so far as 64 hexadecimal digits."""
        rest = pl.concat(self._waiting) if self._waiting else pl.DataFrame()
        if rest.height:
            self._take(rest)
        self._waiting = []
        return self._digest.hexdigest()

    def _take(self, rows: pl.DataFrame) -> None:
        self._digest.update(rows.height.to_bytes(8, "little"))
        table = rows.to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks()
        for column in table.itercolumns():
            for part in _parts(column.combine_chunks()):
                self._digest.update(part)


def _parts(column: pa.Array) -> Iterator[memoryview | bytes]:
    """Give the bytes of a column, part by part."""
    kind = column.type
    if pa.types.is_null(kind):
        return
    if pa.types.is_large_string(kind) or pa.types.is_large_binary(kind):
        yield _lengths(pc.binary_length(column))
        yield _text(column)
    elif pa.types.is_large_list(kind):
        yield _lengths(pc.list_value_length(column))
        yield from _parts(column.flatten())
    elif pa.types.is_struct(kind):
        yield _bytes(column.is_valid())
        for field in column.flatten():
            yield from _parts(field)
    else:
        yield _bytes(column.is_valid())
        yield _bytes(column.fill_null(False if pa.types.is_boolean(kind) else 0))


def _lengths(lengths: pa.Array) -> bytes:
    return _bytes(lengths.cast(pa.int64()).fill_null(-1))


def _bytes(column: pa.Array) -> bytes:
    values = column.to_numpy(zero_copy_only=False)
    lowest_first: bytes = values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes()
    return lowest_first


def _text(column: pa.Array) -> memoryview | bytes:
    """Give all texts behind one another."""
    whole = column.fill_null("" if pa.types.is_large_string(column.type) else b"")
    _, offsets, data = whole.buffers()
    if data is None or not len(whole):
        return b""
    ends = np.frombuffer(offsets, np.int64)[whole.offset : whole.offset + len(whole) + 1]
    return memoryview(data)[ends[0] : ends[-1]]
