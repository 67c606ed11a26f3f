"""The SHA-256 of rows: of what they hold, not of how a library keeps or prints it.

A column is written down in parts. The first tells what stands in each row: for texts and lists
their length (-1 for none), for all else whether there is a value. Then come the values behind one
another: texts as UTF-8, numbers with the lowest byte first, the items of lists and the fields of
records each as a column of their own. The digest is that of the names of the columns and of the
digests of all parts.
"""

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class RowsDigest:
    """The digest of a table whose rows come piece by piece, in whatever pieces.

    Args:
        columns: Names of the columns, in order.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._names = "\t".join(columns).encode()
        self._parts: list[hashlib._Hash] = []

    def add(self, rows: pa.Table) -> None:
        """Add rows that follow those before, of the same columns and types."""
        blocks = (column.combine_chunks() for column in rows.itercolumns())
        for number, part in enumerate(part for block in blocks for part in _parts(block)):
            if number == len(self._parts):
                self._parts.append(hashlib.sha256())
            self._parts[number].update(part)

    def hexdigest(self) -> str:
        """Give the digest of all rows so far as 64 hexadecimal digits."""
        parts = b"".join(part.digest() for part in self._parts)
        return hashlib.sha256(self._names + parts).hexdigest()


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
