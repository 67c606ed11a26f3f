"""A user's table of how probable each colour name is for each colour, read once."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from affekt.blocks.colour_names import CELLS, NAMES, Table
from affekt.errors import UsageError

FORM = (
    f"a table of colour names has {CELLS:,} rows (cell R // 8 + 32 (G // 8) + 1024 (B // 8)) of "
    f"{len(NAMES)} probabilities ({', '.join(NAMES)}), as .npy or as text"
)


class ColourTable(NamedTuple):
    """The numbers, and the SHA-256 of the file that held them."""

    table: Table
    sha256: str


def colour_table(path: Path) -> ColourTable:
    """Give the table of a file, ``.npy`` or text with commas or blanks between the numbers.

    Raises:
        UsageError: The file cannot be read, or holds something else.
    """
    try:
        status = path.stat()
    except OSError as trouble:
        raise UsageError(f"{path}: {trouble.strerror}; {FORM}") from trouble
    return _read(path, (status.st_mtime_ns, status.st_size))


@lru_cache(maxsize=4)
def _read(path: Path, as_of: tuple[int, int]) -> ColourTable:
    """Give the table as the file was at that time and size."""
    try:
        content = path.read_bytes()
        table = _numbers(path)
    except (OSError, ValueError) as trouble:
        raise UsageError(f"{path}: cannot be read as numbers ({trouble}); {FORM}") from trouble
    if table.shape != (CELLS, len(NAMES)):
        shape = " × ".join(str(side) for side in table.shape)
        raise UsageError(f"{path}: holds {shape} numbers; {FORM}")
    if not np.isfinite(table).all() or table.min() < 0:
        raise UsageError(f"{path}: holds numbers below 0 or none at all; {FORM}")
    return ColourTable(table, hashlib.sha256(content).hexdigest())


def _numbers(path: Path) -> np.ndarray:
    if path.suffix == ".npy":
        return np.asarray(np.load(path, allow_pickle=False), np.float64)
    with path.open(encoding="utf-8") as lines:
        return np.loadtxt((line.replace(",", " ") for line in lines), np.float64, ndmin=2)
