"""Tables of text as data sets are published with, row by row, and the pictures they name."""

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from affekt.errors import AffektError


class Row(NamedTuple):
    """One line of a table: its number from 1, and its cells without spaces around them."""

    line: int
    cells: tuple[str, ...]


def rows(table: Path, separator: str | None, quote: str = '"') -> list[Row]:
    """Give the lines that hold something; None separates by any run of spaces or tabs.

    ``quote`` may stand around cells that commas separate.

    Raises:
        AffektError: It cannot be read, or is no text.
    """
    try:
        text = table.read_text(encoding="utf-8-sig")
    except OSError as trouble:
        raise AffektError(f"{table}: cannot be read ({trouble.strerror}); get it anew") from trouble
    except UnicodeDecodeError as trouble:
        raise AffektError(f"{table}: is no text in UTF-8; save it as such") from trouble
    try:
        split = list(_split(text.splitlines(), separator, quote))
    except csv.Error as trouble:
        raise AffektError(f"{table}: is no CSV ({trouble}); get it anew") from trouble
    trimmed = [tuple(cell.strip() for cell in cells) for cells in split]
    return [Row(line, cells) for line, cells in enumerate(trimmed, 1) if any(cells)]


def _split(lines: list[str], separator: str | None, quote: str) -> Iterable[list[str]]:
    if separator == ",":
        return csv.reader(lines, quotechar=quote, skipinitialspace=True)
    return (line.split(separator) for line in lines)


def numbers(table: Path, row: Row, cells: Sequence[str], low: float, high: float) -> list[float]:
    """Give some cells as numbers from ``low`` to ``high``.

    Raises:
        AffektError: One is no such number.
    """
    try:
        found = [float(cell) for cell in cells]
    except ValueError:
        found = [math.nan]
    if not all(low <= one <= high for one in found):
        end = "" if math.isinf(high) else f" to {high:g}"
        raise AffektError(
            f"{table}:{row.line}: {' '.join(cells)!r} stands where numbers from {low:g}{end} are "
            "needed; correct the line or get the file anew"
        )
    return found


def votes(table: Path, row: Row, cells: Sequence[str]) -> list[float]:
    """Give some cells as votes or shares of them.

    Raises:
        AffektError: One is below 0 or no number, or all are 0.
    """
    found = numbers(table, row, cells, 0, math.inf)
    if not 0 < sum(found) < math.inf:
        raise AffektError(
            f"{table}:{row.line}: the votes {' '.join(cells)!r} name nothing; not all may be 0"
        )
    return found


def picture(table: Path, row: Row, folder: Path, name: str) -> Path:
    """Give where a named picture lies, whether it is there or not.

    Raises:
        AffektError: The name leads out of the folder of pictures.
    """
    path = folder / name
    if "\0" in name or path == folder or not path.resolve().is_relative_to(folder.resolve()):
        raise AffektError(
            f"{table}:{row.line}: {name!r} names no file in {str(folder)!r}; correct the line"
        )
    return path


def once(table: Path, row: Row, name: str, seen: set[str]) -> None:
    """Keep a name in mind.

    Raises:
        AffektError: It stood in an earlier line.
    """
    if name in seen:
        raise AffektError(
            f"{table}:{row.line}: {name!r} stands twice; one line a picture is needed"
        )
    seen.add(name)
