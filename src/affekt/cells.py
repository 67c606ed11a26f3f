"""CSV that a spreadsheet shows as text and that reads back as it was: RFC 4180, UTF-8.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, and so does one that
begins with an apostrophe; reading takes one leading apostrophe away. Missing is an empty cell.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

Cell = str | int | float | bool | None
# First characters that need the apostrophe; the wide forms are formulas in East Asian editions.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")
NEEDS_QUOTES = re.compile(r'[",\r\n]')


def shown(text: str) -> str:
    """Give a text as it stands in a cell.

    >>> shown("=1+1"), shown("plain"), shown("'quoted'")
    ("'=1+1", 'plain', "''quoted'")
    """
    return "'" + text if text.startswith(RISKY) else text


def read_back(cell: str) -> str | None:
    """Give the text of a cell, None for an empty one; the inverse of `shown`.

    >>> read_back(shown("-"))
    '-'
    """
    return cell.removeprefix("'") or None


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Give the rows as CSV under a header."""
    lines = [columns, *([_cell(value) for value in row] for row in rows)]
    return "".join(",".join(_quoted(cell) for cell in line) + "\n" for line in lines)


def from_csv(text: str) -> tuple[list[str], list[Mapping[str, str | None]]]:
    """Give header and rows of a CSV text; every value is a text or None.

    Raises:
        ValueError: It is no CSV, or a row has another number of cells than the header.
    """
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as trouble:
        raise ValueError(str(trouble)) from trouble
    if not lines:
        raise ValueError("it has no header")
    header, *rows = lines
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            raise ValueError(f"row {number} has {len(row)} cells, the header {len(header)}")
    return header, [
        dict(zip(header, (read_back(cell) for cell in row), strict=True)) for row in rows
    ]


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return shown(value) if isinstance(value, str) else repr(value)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if NEEDS_QUOTES.search(cell) else cell
