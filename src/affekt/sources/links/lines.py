"""Tables in text, a line at a time: CSV, TSV, JSON lines, or one link a line.

A row that cannot be read costs that row and no other: where a stray quote would swallow the rows
behind it, reading goes on in the line below the one where it stands.
"""

import csv
import json
from collections.abc import Iterator
from typing import BinaryIO

from affekt.errors import AffektError
from affekt.sources.links.columns import FIELDS, Cells, Columns

MAX_LINE = 1 << 20  # bytes of a line, and of a cell: room for many thousand tags
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16 and UTF-32
Record = tuple[int, Cells | str]


class Lines:
    """The lines of a file as text; those of the row being read can be put back.

    Attributes:
        number: Of the line given last, from 1.
        trouble: What is wrong with a line since `begin`; ``""`` when nothing is.
    """

    def __init__(self, file: BinaryIO, where: str) -> None:
        self._file, self._where = file, where
        self.number = 0
        self.trouble = ""
        self._taken: list[tuple[str, str]] = []  # text, and what is wrong with it
        self._waiting: list[tuple[str, str]] = []  # the next one last

    def begin(self) -> int:
        """Start a new row; give the number of its first line."""
        self._taken.clear()
        self.trouble = ""
        return self.number + 1

    def put_back(self) -> None:
        """Give all lines of the row again except its first."""
        self._waiting += reversed(self._taken[1:])
        self.number -= max(0, len(self._taken) - 1)
        del self._taken[1:]

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        text, trouble = taken = self._waiting.pop() if self._waiting else self._read()
        self.number += 1
        self.trouble = self.trouble or trouble
        self._taken.append(taken)
        return text

    def _read(self) -> tuple[str, str]:
        line = self._file.readline(MAX_LINE)
        if not line:
            raise StopIteration
        if self.number == 0:
            line = self._unmarked(line)
        if len(line) == MAX_LINE and not line.endswith(b"\n"):
            while (more := self._file.readline(MAX_LINE)) and not more.endswith(b"\n"):
                pass
            return "\n", f"is longer than {MAX_LINE:,} bytes"
        try:
            return line.decode(), ""
        except UnicodeDecodeError:
            return "\n", "is no UTF-8"

    def _unmarked(self, line: bytes) -> bytes:
        if line.startswith(OTHER_MARKS):
            raise AffektError(f"{self._where}: is UTF-16; save it as UTF-8")
        return line.removeprefix(BYTE_ORDER_MARK)


def csv_records(file: BinaryIO, columns: Columns, where: str) -> Iterator[Record]:
    """Give the rows of a table with a header, commas, semicolons or tabs between its cells.

    Raises:
        AffektError: The header cannot be used.
    """
    # The limit is the process's; it is only ever raised.
    csv.field_size_limit(max(MAX_LINE, csv.field_size_limit()))
    lines = Lines(file, where)
    text = next(lines, "")
    if lines.trouble:
        raise AffektError(f"{where}:1: its header {lines.trouble}; correct it")
    header, delimiter = _header(text, columns, where)
    places = columns.places(header, where)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = lines.begin()
        try:
            values = next(rows)
        except StopIteration:
            return
        except csv.Error as trouble:
            lines.trouble = lines.trouble or f"is no CSV: {trouble}"
            values = []
        if values and len(values) != len(header):
            lines.trouble = lines.trouble or f"has {len(values)} cells, the header {len(header)}"
        if lines.trouble:
            yield line, lines.trouble
            lines.put_back()
        elif values:
            yield line, tuple(None if at is None else values[at] for at in places)


def json_records(file: BinaryIO, columns: Columns, where: str) -> Iterator[Record]:
    """Give the rows of a file with one JSON object a line."""
    lines = Lines(file, where)
    for text in lines:
        if lines.trouble:
            yield lines.number, lines.trouble
        elif text.strip():
            yield lines.number, _object(text, columns)
        lines.begin()


def plain_records(file: BinaryIO, columns: Columns, where: str) -> Iterator[Record]:
    """Give the rows of a file with one link a line."""
    lines = Lines(file, where)
    nothing = (None,) * (len(FIELDS) - 1)
    for text in lines:
        if lines.trouble:
            yield lines.number, lines.trouble
        elif text.strip():
            yield lines.number, (text, *nothing)
        lines.begin()


def _header(text: str, columns: Columns, where: str) -> tuple[list[str], str]:
    """Give the names in a header and what stands between them: what shows a column of links."""
    found: dict[str, list[str]] = {}
    try:
        for delimiter in (",", ";", "\t"):
            found[delimiter] = next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error as trouble:
        raise AffektError(f"{where}:1: is no CSV: {trouble}; correct its header") from trouble
    for delimiter, header in found.items():
        if {name.strip().casefold() for name in header} & set(columns.names("url")):
            return header, delimiter
    return max(found.values(), key=len), ","


def _object(text: str, columns: Columns) -> Cells | str:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as trouble:
        return f"is no JSON: {trouble}"
    return columns.picked(record) if isinstance(record, dict) else "is no JSON object"
