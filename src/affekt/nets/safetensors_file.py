"""Reads the tensors of a safetensors file without the library of that name.

The file is the length of a header (8 bytes, little-endian), the header (JSON: name → type, shape,
place), and the raw values.
"""

import json
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from affekt.errors import Damaged

TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1",
    "U8": "u1", "BOOL": "?",
}  # fmt: skip


def read_safetensors(path: Path) -> dict[str, NDArray[Any]]:
    """Give the tensors by name.

    Raises:
        Damaged: The file is cut, altered, another kind of file, or holds a type that is not read.
    """
    data = path.read_bytes()
    try:
        length = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + length])
        return {
            name: _tensor(memoryview(data)[8 + length :], one)
            for name, one in header.items()
            if name != "__metadata__"
        }
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as trouble:
        raise Damaged(
            f"{path}: is not a whole safetensors file of numbers ({trouble}); make it anew"
        ) from trouble


def _tensor(values: memoryview, about: dict[str, Any]) -> NDArray[Any]:
    begin, end = about["data_offsets"]
    shape = tuple(about["shape"])
    array = np.frombuffer(values[begin:end], TYPES[about["dtype"]])
    if array.size != prod(shape):
        raise ValueError(f"{array.size} values for the shape {shape}")
    return array.reshape(shape)
