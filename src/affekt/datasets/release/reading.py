"""Reads the files of a foreign release with a limit on everything: size, rows, depth, names."""

import json
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from affekt import cells
from affekt.datasets.release import shape
from affekt.datasets.release.shape import Manifest
from affekt.errors import NewerFormat
from affekt.parts import explain

MAX_TEXT = 500_000_000  # bytes of a CSV or JSON file; a million rows stay far below
MAX_GROUP = 1_000_000_000  # bytes of a row group in memory, as it announces itself
MAX_ROWS = 100_000_000  # rows of a vote table
LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


class Unreadable(Exception):
    """A file is not what it should be; the sentence says how."""


def text_of(path: Path) -> str:
    """Give the text of a file.

    Raises:
        Unreadable: It is absent, no file, too big or not UTF-8.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):  # reading a pipe would wait for ever
            raise Unreadable("is no file")
        if about.st_size > MAX_TEXT:
            raise Unreadable(f"is over {MAX_TEXT:,} bytes")
        return path.read_bytes().decode()
    except UnicodeDecodeError as trouble:
        raise Unreadable(f"is not UTF-8 at byte {trouble.start:,}") from trouble
    except OSError as trouble:
        raise Unreadable(f"cannot be read ({trouble.strerror})") from trouble


def checksums_in(path: Path) -> dict[str, str]:
    """Give file name → SHA-256 as a checksum file states it.

    Raises:
        Unreadable: A line is malformed, or a name leads out of the folder or stands twice.
    """
    digests: dict[str, str] = {}
    for number, line in enumerate(text_of(path).removesuffix("\n").split("\n"), 1):
        found = LINE.fullmatch(line)
        if not found:
            raise Unreadable(f"line {number} is not a SHA-256, two spaces and a name")
        name = found[2]
        if not is_inside(name) or name in digests:
            raise Unreadable(f"line {number} names {name[:200]!r}, which leads out or stands twice")
        digests[name] = found[1]
    return digests


def is_inside(name: str) -> bool:
    """Tell whether a name is relative, plain and stays in its folder.

    >>> is_inside("data/a.parquet"), is_inside("../a"), is_inside("/a"), is_inside("a//b")
    (True, False, False, False)
    """
    path = PurePosixPath(name)
    is_plain = "\\" not in name and name.isprintable() and str(path) == name
    return is_plain and not path.is_absolute() and ".." not in path.parts and name != "."


def manifest_in(path: Path) -> Manifest:
    """Give a release's manifest.

    Raises:
        Unreadable: It is no manifest; the sentence says where it goes wrong.
        NewerFormat: A newer affekt wrote it.
    """
    try:
        given = json.loads(text_of(path))
    except (ValueError, RecursionError) as trouble:
        raise Unreadable(f"is no JSON ({trouble})") from trouble
    made_with = given.get("format") if isinstance(given, dict) else None
    if not isinstance(made_with, int) or isinstance(made_with, bool):
        raise Unreadable("has no number under `format`")
    if made_with > shape.FORMAT:
        raise NewerFormat(
            f"{path}: this release is in format {made_with}, this affekt reads up to "
            f"{shape.FORMAT}; "
            "update affekt"
        )
    try:
        return Manifest.model_validate(given)
    except ValidationError as trouble:
        error = trouble.errors(include_url=False)[0]
        place = ".".join(str(step) for step in error["loc"])
        raise Unreadable(f"`{place}` {explain(error)[:300]}") from trouble


def csv_in(path: Path, columns: Sequence[str]) -> list[Mapping[str, str | None]]:
    """Give the rows of a CSV file with exactly these columns.

    Raises:
        Unreadable: It is not that.
    """
    try:
        header, rows = cells.from_csv(text_of(path))
    except ValueError as trouble:
        raise Unreadable(f"is no such table ({trouble})") from trouble
    if header != list(columns):
        raise Unreadable(f"has the columns {header[:50]}, not {list(columns)}")
    return rows


def groups_in(
    path: Path, schema: Any, most_rows: int = MAX_ROWS, columns: Sequence[str] | None = None
) -> Iterator[Any]:
    """Give the row groups of a Parquet file of that schema, one Arrow table after the other.

    Read are some of its columns, or all.

    Raises:
        Unreadable: It is no whole Parquet file, has another schema, or announces too much.
    """
    try:
        with pq.ParquetFile(path) as file:
            _check_schema(file.schema_arrow, schema)
            for number in range(file.num_row_groups):
                facts = file.metadata.row_group(number)
                if facts.num_rows > most_rows or facts.total_byte_size > MAX_GROUP:
                    raise Unreadable(
                        f"row group {number} announces {facts.num_rows:,} rows and "
                        f"{facts.total_byte_size:,} bytes; {most_rows:,} and {MAX_GROUP:,} are "
                        "allowed"
                    )
                table = file.read_row_group(number, columns and list(columns))
                table.validate(full=True)  # foreign text may not be UTF-8
                yield table
    except (pa.ArrowException, OSError, MemoryError, ValueError) as trouble:
        raise Unreadable(f"is no whole Parquet file ({str(trouble)[:300]})") from trouble


def frame_of(table: Any) -> pl.DataFrame:
    """Give an Arrow table in polars, value by value: foreign buffers and metadata stay behind."""
    empty = pl.from_arrow(
        pa.schema([(field.name, field.type) for field in table.schema]).empty_table()
    )
    assert isinstance(empty, pl.DataFrame)
    values = {name: table[name].to_pylist() for name in table.column_names}
    return pl.DataFrame(values, schema=empty.schema)


def _check_schema(found: Any, wanted: Any) -> None:
    if found.names != wanted.names:
        raise Unreadable(f"has the columns {found.names[:50]}, not {wanted.names}")
    for field in wanted:
        if found.field(field.name).type != field.type:
            raise Unreadable(
                f"column {field.name!r} has the type {found.field(field.name).type}, not "
                f"{field.type}"
            )
    if (wanted.metadata or {}).items() - (found.metadata or {}).items():
        raise Unreadable("lacks the description of its columns that other readers need")
