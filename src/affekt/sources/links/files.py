"""Which files are tables of links, how each kind is read, and how to tell that one has changed."""

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from affekt.errors import AffektError
from affekt.parts import Place
from affekt.sources.links import lines
from affekt.sources.links.columns import Cells, Columns
from affekt.sources.links.parquet import parquet_records

Record = tuple[int, Cells | str]  # line or row number; the cells, or what is wrong with them
Reader = Callable[[BinaryIO, Columns, str], Iterator[Record]]

TEXTS: dict[str, Reader] = {
    ".csv": lines.csv_records,
    ".tsv": lines.csv_records,
    ".jsonl": lines.json_records,
    ".ndjson": lines.json_records,
    ".txt": lines.plain_records,
}
ENDINGS = (*TEXTS, *(f"{ending}.gz" for ending in TEXTS), ".parquet")
WHOLE_BYTES = 64 << 20  # a file up to this size is looked at whole to tell whether it has changed
PIECE_BYTES = 1 << 20  # of a larger one: this much at each of 64 places


def tables_at(place: Place) -> tuple[list[str], list[tuple[str, str, str]]]:
    """Give the names of the tables below a folder, ``[""]`` for a single file, and what is none.

    Raises:
        AffektError: There is no table.
    """
    path = place.path
    if path.is_file() and _ending(path.name):
        return [""], []
    if not path.is_dir():
        state = "is no table" if path.exists() else "does not exist"
        raise AffektError(
            f"the links source: {place.written!r} {state}; a file that ends in "
            f"{', '.join(ENDINGS)} or a folder of such files is expected, looked up from the "
            "folder of the plan"
        )
    found = sorted(child.name for child in path.iterdir() if not child.name.startswith("."))
    names = [name for name in found if _ending(name) and (path / name).is_file()]
    if not names:
        raise AffektError(
            f"the links source: the folder {place.written!r} holds no file that ends in "
            f"{', '.join(ENDINGS)}"
        )
    others = [(name, "not-a-table", "") for name in found if name not in names]
    return names, others


def read_file(path: Path, columns: Columns) -> Iterator[Record]:
    """Give the rows of one table, one piece of it in memory at a time.

    Raises:
        AffektError: It cannot be read to its end, or its columns are not as they must be.
    """
    try:
        if path.name.casefold().endswith(".parquet"):
            yield from parquet_records(path, columns)
            return
        opened = gzip.open if path.name.casefold().endswith(".gz") else open
        with opened(path, "rb") as file:
            reader = TEXTS[_ending(path.name).removesuffix(".gz")]
            yield from reader(cast(BinaryIO, file), columns, path.name)
    except (OSError, EOFError, zlib.error, pa.ArrowException) as trouble:
        raise AffektError(
            f"{path}: cannot be read to its end ({str(trouble).strip()!r:.200}); put a whole file "
            "in its place and run again"
        ) from trouble


def digest_of(path: Path) -> str:
    """Give what changes when a table, or one of a folder of tables, changes; never its time.

    Of a file over 64 MB, 64 pieces of 1 MB are looked at; `edition` tells of a change between them.
    """
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        if not (_ending(file.name) and file.is_file()):
            continue
        with suppress(OSError):
            digest.update(f"{file.name}\0{file.stat().st_size}\n".encode(errors="replace"))
            for piece in _pieces(file):
                digest.update(piece)
    return digest.hexdigest() if path.exists() else "missing"


def _pieces(path: Path) -> Iterator[bytes]:
    size = path.stat().st_size
    n_pieces = -(-size // PIECE_BYTES) if size <= WHOLE_BYTES else WHOLE_BYTES // PIECE_BYTES
    with path.open("rb") as file:
        for number in range(n_pieces):
            file.seek(
                number * PIECE_BYTES
                if size <= WHOLE_BYTES
                else number * (size - PIECE_BYTES) // (n_pieces - 1)
            )
            yield file.read(PIECE_BYTES)


def _ending(name: str) -> str:
    """Give the ending that says how a file is read; ``""`` when it is none of them."""
    return next((ending for ending in ENDINGS if name.casefold().endswith(ending)), "")
