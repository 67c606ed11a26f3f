"""Writes Caffe's files by hand, in the layout of today and in that before 2014."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
SIDES = 4  # of an old blob
# name, type of today, its old number
ROW = (
    ("data", "Data", 5),
    ("conv1", "Convolution", 4),
    ("relu1", "ReLU", 18),
    ("pool1", "Pooling", 17),
    ("norm1", "LRN", 15),
    ("conv2", "Convolution", 4),
    ("relu2", "ReLU", 18),
    ("pool2", "Pooling", 17),
    ("norm2", "LRN", 15),
    ("conv3", "Convolution", 4),
    ("relu3", "ReLU", 18),
    ("conv4", "Convolution", 4),
    ("relu4", "ReLU", 18),
    ("conv5", "Convolution", 4),
    ("relu5", "ReLU", 18),
    ("pool5", "Pooling", 17),
    ("fc6", "InnerProduct", 14),
    ("relu6", "ReLU", 18),
    ("drop6", "Dropout", 6),
    ("fc7", "InnerProduct", 14),
    ("relu7", "ReLU", 18),
    ("drop7", "Dropout", 6),
    ("fc8", "InnerProduct", 14),
)


def thin_weights(seed: int = 1, classes: int = 10) -> dict[str, tuple[Array, Array]]:
    """Weights of a CaffeNet of few channels, scaled so that values neither die nor explode."""
    chance = np.random.default_rng(seed)
    kernels = {
        "conv1": (8, 3, 11, 11), "conv2": (12, 4, 5, 5), "conv3": (12, 12, 3, 3),
        "conv4": (12, 6, 3, 3), "conv5": (8, 6, 3, 3), "fc6": (32, 288), "fc7": (24, 32),
        "fc8": (classes, 24),
    }  # fmt: skip
    made = {}
    for name, shape in kernels.items():
        spread = (2 / np.prod(shape[1:])) ** 0.5
        kernel = chance.normal(0, spread, shape).astype(np.float32)
        made[name] = kernel, chance.normal(0.1, 0.1, shape[0]).astype(np.float32)
    return made


def varint(number: int) -> bytes:
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + varint(rest) if rest else bytes([low])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def data(field: int, value: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(value)) + value


def blob(values: Array) -> bytes:
    """A blob of today: its shape, then its values, of either precision."""
    shape = data(1, b"".join(varint(side) for side in values.shape))
    field = 8 if values.dtype == np.float64 else 5
    return data(7, shape) + data(field, values.tobytes())


def old_blob(values: Array) -> bytes:
    """A blob of then: four sides, the first ones 1, and what was learned last."""
    sides = (1,) * (SIDES - values.ndim) + values.shape
    head = b"".join(number(field, side) for field, side in enumerate(sides, 1))
    return head + data(5, values.tobytes()) + data(6, np.zeros(3, np.float32).tobytes())


def layer(name: str, kind: str, blobs: Sequence[Array]) -> bytes:
    inner = data(1, name.encode()) + data(2, kind.encode()) + data(3, b"below") + data(4, b"above")
    inner += b"".join(data(7, blob(one)) for one in blobs)
    return data(100, inner + number(10, 1))


def old_layer(name: str, kind: int, blobs: Sequence[Array]) -> bytes:
    inner = data(2, b"below") + data(3, b"above") + data(4, name.encode()) + number(5, kind)
    inner += b"".join(data(6, old_blob(one)) for one in blobs)
    # Two numbers of four bytes, as the rates of learning were.
    return data(2, inner + varint(7 << 3 | 5) + np.float32(1).tobytes())


def net(
    weights: Mapping[str, tuple[Array, Array]],
    *,
    is_old: bool = False,
    row: Sequence[tuple[str, str, int]] = ROW,
) -> bytes:
    """A whole file; ``row`` names the layers in order."""
    written = [data(1, b"CaffeNet"), data(3, b"data")]
    for name, kind, was in row:
        blobs = weights.get(name, ())
        written.append(old_layer(name, was, blobs) if is_old else layer(name, kind, blobs))
    return b"".join(written)
