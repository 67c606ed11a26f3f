"""Which files are meant: those that were named, and those in the folders that were named."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from affekt.errors import UsageError
from affekt.sources.folder.walk import walk

ROWS: dict[str, Any] = {
    "path": pl.String,  # as it was named, and as it is told
    "root": pl.String,  # the folder below which it is read
    "name": pl.String,  # its path there
    "is_named": pl.Boolean,  # by itself, not only a folder above it
    "n_bytes": pl.Int64,
    "changed_ns": pl.Int64,
}


class Refusal(NamedTuple):
    """A picture without values, and why; see ``docs/reasons.md``."""

    path: str
    reason: str
    detail: str


class Found(NamedTuple):
    """Files to be read, one row each under `ROWS`, and names that are none."""

    rows: pl.DataFrame
    refused: tuple[Refusal, ...]


def files_of(named: Iterable[str | Path]) -> Found:
    """Give the files, those of a folder sorted by name; a path that comes twice is read once.

    Below a folder hidden names are left out and links are not followed, as by the source `folder`.

    Raises:
        UsageError: A path does not exist, or there is no file at all.
    """
    refused: list[Refusal] = []
    rows = pl.DataFrame(_rows(map(Path, named), refused), schema=ROWS, orient="row")
    if rows.is_empty() and not refused:
        raise UsageError("there is no file in what was named; name pictures, or folders of them")
    return Found(rows.unique("path", keep="first", maintain_order=True), tuple(refused))


def _rows(named: Iterable[Path], refused: list[Refusal]) -> Iterator[tuple[Any, ...]]:
    for path in named:
        if path.is_dir():
            yield from _below(path, refused)
        elif path.exists():
            there = path.resolve()
            yield _row(path, there.parent, there.name, is_named=True)
        else:
            raise UsageError(f"{path}: does not exist; name pictures, or folders of them")


def _below(root: Path, refused: list[Refusal]) -> Iterator[tuple[Any, ...]]:
    for entry in walk(root):
        if entry.reason:
            refused.append(Refusal(str(root / entry.name), entry.reason, entry.detail))
        else:
            yield _row(root / entry.name, root.resolve(), entry.name, is_named=False)


def _row(path: Path, root: Path, name: str, *, is_named: bool) -> tuple[Any, ...]:
    facts = (root / name).stat()
    return str(path), str(root), name, is_named, facts.st_size, facts.st_mtime_ns
