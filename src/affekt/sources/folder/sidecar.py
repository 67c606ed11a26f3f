"""The table beside a folder's pictures: what people know about each file, one line a file."""

import csv
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from affekt.errors import AffektError
from affekt.sources.folder.walk import is_text

NAMES = ("metadata.csv", "metadata.jsonl")
COLUMNS = ("file", "emotion", "tags", "title", "owner", "licence", "url", "page_url")
Cells = Mapping[str, object]


class Row(NamedTuple):
    """What the table says about one file; None where it says nothing."""

    line: int
    file: str
    emotion: str | None = None
    tags: tuple[str, ...] = ()
    title: str | None = None
    owner: str | None = None
    licence: str | None = None
    url: str | None = None
    page_url: str | None = None


class Finding(NamedTuple):
    """A line that cannot be used: ``metadata.csv:12``, the reason word, what is wrong."""

    place: str
    reason: str
    detail: str


@dataclass(frozen=True)
class Sidecar:
    """What a folder's table says.

    Attributes:
        name: Name of the file; ``""`` when there is none.
        rows: By name of the picture below the folder.
        bad: Lines that cannot be used, in order.
    """

    name: str
    rows: Mapping[str, Row]
    bad: tuple[Finding, ...]

    def findings(self, known: set[str] | None) -> tuple[Finding, ...]:
        """Give the lines that cannot be used, those with an emotion outside the known ones too."""
        strange = [
            Finding(
                f"{self.name}:{row.line}", "bad-row", f"{row.emotion!r} is no emotion asked for"
            )
            for row in self.rows.values()
            if known is not None and row.emotion and row.emotion.casefold() not in known
        ]
        return (*self.bad, *strange)


def read_sidecar(root: Path) -> Sidecar:
    """Give what the table in a folder says about its pictures.

    Raises:
        AffektError: There are two tables, the table cannot be read, or it has no column ``file``.
    """
    present = [name for name in NAMES if os.path.lexists(root / name)]
    if not present:
        return Sidecar("", {}, ())
    if len(present) > 1:
        raise AffektError(f"the folder {str(root)!r} has both {' and '.join(present)}; keep one")
    rows: dict[str, Row] = {}
    bad: list[Finding] = []
    for line, cells in _cells(root / present[0]):
        row = cells if isinstance(cells, str) else _row(line, cells)
        problem = row if isinstance(row, str) else _misplaced(root, row, rows)
        if isinstance(row, Row) and not problem:
            rows[row.file] = row
        else:
            bad.append(Finding(f"{present[0]}:{line}", "bad-row", problem))
    return Sidecar(present[0], rows, tuple(bad))


def _cells(path: Path) -> Iterator[tuple[int, Cells | str]]:
    """Give the cells of each line, or what is wrong with it."""
    if path.is_symlink() or not path.is_file():
        raise AffektError(f"{path.name} in the folder {str(path.parent)!r} is no plain file")
    try:
        yield from _csv_lines(path) if path.suffix == ".csv" else _json_lines(path)
    except OSError as trouble:
        raise AffektError(f"{path}: cannot be read ({trouble.strerror})") from trouble


def _csv_lines(path: Path) -> Iterator[tuple[int, Cells | str]]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, strict=True)
        header = _header(path, reader)
        while True:
            line = reader.line_num + 1
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as trouble:
                yield line, f"is no CSV: {trouble}"
                continue
            if values:
                is_whole = len(values) == len(header)
                amiss = f"has {len(values)} cells, the header {len(header)}"
                yield line, dict(zip(header, values, strict=True)) if is_whole else amiss


def _header(path: Path, reader: Iterator[list[str]]) -> list[str]:
    try:
        header = [cell.strip().casefold() for cell in next(reader, [])]
    except csv.Error as trouble:
        raise AffektError(f"{path}:1: is no CSV: {trouble}") from trouble
    if header.count("file") != 1:
        raise AffektError(
            f"{path}:1: the columns are {header!r}; one must be 'file', "
            f"and {', '.join(COLUMNS[1:])} are read too"
        )
    return header


def _json_lines(path: Path) -> Iterator[tuple[int, Cells | str]]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        for line, text in enumerate(file, start=1):
            if text.strip():
                yield line, _json_cells(text)


def _json_cells(text: str) -> Cells | str:
    try:
        cells = json.loads(text)
    except (ValueError, RecursionError) as trouble:
        return f"is no JSON: {trouble}"
    if not isinstance(cells, dict) or not cells.get("file"):
        return "is no object with a 'file'"
    return cells


def _row(line: int, cells: Cells) -> Row | str:
    """Give a line's row, or what is wrong with it; columns it does not know are left alone."""
    texts: dict[str, str | None] = {}
    for name in COLUMNS:
        value = cells.get(name)
        if (
            name == "tags"
            and isinstance(value, list)
            and all(isinstance(one, str) for one in value)
        ):
            value = ";".join(value)
        if not isinstance(value, str | None):
            return f"{name} is {value!r}; text is expected"
        if not is_text(value or ""):
            return f"{name} is no UTF-8"
        # A file name keeps its spaces: they may be part of it.
        texts[name] = (value if name == "file" else (value or "").strip()) or None
    file, tags, licence = (texts.pop(name) for name in ("file", "tags", "licence"))
    if file is None:
        return "names no file"
    words = tuple(tag.strip() for tag in (tags or "").split(";") if tag.strip())
    return Row(line, file, tags=words, licence=licence and licence.lower(), **texts)


def _misplaced(root: Path, row: Row, rows: Mapping[str, Row]) -> str:
    """Say what is wrong with a row's file, ``""`` when nothing is."""
    name = row.file
    if name in rows:
        return f"{name!r} stands in line {rows[name].line} already"
    if "\0" in name or name.startswith("/") or ".." in name.split("/"):
        return f"{name!r} leads out of the folder"
    return "" if os.path.lexists(root / name) else f"there is no file {name!r}"
