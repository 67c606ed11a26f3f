"""Reads the weights in a Caffe file without Caffe: ``.caffemodel`` and ``.binaryproto``.

Both are protocol buffers, and five messages of Caffe's ``caffe.proto`` are all that is needed. A
net holds layers, as field 100 or, before 2014, as field 2; a layer has a name and blobs; a blob has
a shape, as field 7 or as four old fields, and packed values. All else is stepped over, so that a
file of 244 MB is mapped and hardly touched until its values are asked for.

References:
    Jia et al. (2014), Caffe: Convolutional Architecture for Fast Feature Embedding, ACM Multimedia.
"""

import mmap
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from affekt.errors import Damaged, UsageError

OLD_LAYERS, LAYERS = 2, 100  # fields of a net
OLD_NAME, OLD_BLOBS, NAME, BLOBS = 4, 6, 1, 7  # of a layer
OLD_SHAPE = (1, 2, 3, 4)  # of a blob: number, channels, height, width
FLOATS, SHAPE, DOUBLES = 5, 7, 8
DIMENSIONS = 1  # of a shape
NUMBER, EIGHT_BYTES, BYTES, FOUR_BYTES = 0, 1, 2, 5  # how a field is stored
LONGEST_VARINT = 10  # bytes
MOST_FIELDS = 100_000  # of one message; nets have hundreds
MOST_DIMENSIONS = 32  # as in Caffe
LONGEST_SIDE = 2**31 - 1
WHAT = "a Caffe net as the snapshot of a training, `.caffemodel`"

Array = NDArray[Any]


class Layer(NamedTuple):
    """One layer with its blobs: weights, then bias; none where nothing is learned."""

    name: str
    blobs: tuple[Array, ...]


def read_caffe_net(path: Path) -> tuple[Layer, ...]:
    """Give the layers in order; the values lie in the mapped file, so copy what must outlast it.

    Raises:
        UsageError: The file cannot be opened.
        Damaged: It is cut, altered, or another kind of file.
    """
    data = _mapped(path)
    try:
        layers = tuple(_layer(field) for field in _fields(data) if field.is_layer)
        if not any(layer.blobs for layer in layers):
            _wrong("it has no layer with weights")
    except ValueError as trouble:
        raise _damaged(path, WHAT, trouble) from trouble
    return layers


def read_caffe_blob(path: Path) -> Array:
    """Give the one blob of a ``.binaryproto``, such as a mean image.

    Raises:
        UsageError: The file cannot be opened.
        Damaged: It is cut, altered, or another kind of file.
    """
    data = _mapped(path)
    try:
        return _blob(data)
    except ValueError as trouble:
        raise _damaged(path, "a mean image as Caffe writes it", trouble) from trouble


class _Field(NamedTuple):
    number: int
    kind: int
    value: int  # of a number
    data: memoryview  # of bytes, else empty

    @property
    def is_layer(self) -> bool:
        return self.number in (OLD_LAYERS, LAYERS) and self.kind == BYTES


def _mapped(path: Path) -> memoryview:
    try:
        with path.open("rb") as file:
            if not file.seek(0, 2):
                return memoryview(b"")
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as trouble:
        raise UsageError(f"{path}: cannot be read ({trouble.strerror})") from trouble


def _damaged(path: Path, what: str, trouble: ValueError) -> Damaged:
    return Damaged(
        f"{path}: is not {what} ({trouble}); it is cut, altered or another kind of file, get it "
        "again"
    )


def _fields(data: memoryview) -> Iterator[_Field]:
    """Give the fields of a message, one after the other."""
    at = 0
    for _ in range(MOST_FIELDS):
        if at == len(data):
            return
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        value, end = _varint(data, at) if kind in (NUMBER, BYTES) else (0, at)
        if kind == BYTES:
            at, end = end, end + value
        elif kind in (EIGHT_BYTES, FOUR_BYTES):
            end = at + (8 if kind == EIGHT_BYTES else 4)
        elif kind != NUMBER:
            _wrong(f"a field is stored as {kind}, which it never is")
        if end > len(data):
            _wrong("it ends inside a field")
        yield _Field(number, kind, value, data[at:end] if kind == BYTES else data[:0])
        at = end
    _wrong(f"a message has more than {MOST_FIELDS:,} fields")


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """Give a number of seven bits a byte, lowest first, and where it ends."""
    value = 0
    for shift, byte in enumerate(data[at : at + LONGEST_VARINT]):
        value |= (byte & 127) << (7 * shift)
        if byte < 128:
            return value, at + shift + 1
    return _wrong("a number does not end")


def _layer(field: _Field) -> Layer:
    of_name, of_blobs = (NAME, BLOBS) if field.number == LAYERS else (OLD_NAME, OLD_BLOBS)
    name, blobs = "", []
    for part in _fields(field.data):
        if (part.number, part.kind) == (of_name, BYTES):
            name = bytes(part.data).decode(errors="replace")
        elif (part.number, part.kind) == (of_blobs, BYTES):
            blobs.append(_blob(part.data))
    return Layer(name, tuple(blobs))


def _blob(data: memoryview) -> Array:
    """Give the values of a blob in its shape: float32, or float64 where it was trained in that."""
    old, shape, values = dict.fromkeys(OLD_SHAPE, 1), None, []
    for field in _fields(data):
        if field.number in OLD_SHAPE and field.kind == NUMBER:
            old[field.number] = field.value
        elif (field.number, field.kind) == (SHAPE, BYTES):
            shape = _dimensions(field.data)
        elif field.number in (FLOATS, DOUBLES):
            values.append(_values(field))
    shape = tuple(old.values()) if shape is None else shape
    if not all(0 < length <= LONGEST_SIDE for length in shape):
        _wrong(f"a blob has the shape {shape}")
    if len(values) != 1 or values[0].size != prod(shape):
        n = sum(one.size for one in values)
        _wrong(f"a blob of shape {shape} has {n:,} values in {len(values)} pieces")
    return values[0].reshape(shape)


def _values(field: _Field) -> Array:
    dtype = np.dtype("<f4" if field.number == FLOATS else "<f8")
    if field.kind != BYTES:
        _wrong("values of a blob stand one by one, not packed")
    if len(field.data) % dtype.itemsize:
        _wrong(f"values of a blob take {len(field.data):,} bytes, no multiple of {dtype.itemsize}")
    return np.frombuffer(field.data, dtype)


def _dimensions(data: memoryview) -> tuple[int, ...]:
    """Give a shape, packed or number by number."""
    if len(data) > MOST_DIMENSIONS * (LONGEST_VARINT + 2):
        _wrong(f"a blob has more than {MOST_DIMENSIONS} dimensions")
    found: list[int] = []
    for field in _fields(data):
        if (field.number, field.kind) == (DIMENSIONS, NUMBER):
            found.append(field.value)
        elif (field.number, field.kind) == (DIMENSIONS, BYTES):
            at = 0
            while at < len(field.data):
                value, at = _varint(field.data, at)
                found.append(value)
    return tuple(found)


def _wrong(what: str) -> NoReturn:
    raise ValueError(what)
