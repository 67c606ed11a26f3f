"""Reads votes that somebody recorded: one vote a line, or one picture a line with counts."""

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
from jaxtyping import Int

from affekt.errors import TableError, UsageError

Codes = Int[np.ndarray, " vote"]
TASK = ("task", "question_id", "image_id", "image_name", "file")
WORKER = ("worker", "rater")
LABEL = ("label", "rating", "answer", "felt")
Row = Mapping[str, str]


@dataclass(frozen=True)
class Columns:
    """Which column holds what; an empty name means the usual ones.

    Attributes:
        header: Names of the columns where the files have no header.
        time: Votes are replayed in its order; without it, in that of the file.
        kind: Tasks are told apart by it too, and reported by it.
        is_counts: A line is a picture; each column of whole numbers is a label and its votes.
    """

    task: str = ""
    worker: str = ""
    label: str = ""
    time: str = ""
    kind: str = ""
    header: tuple[str, ...] = ()
    is_counts: bool = False


@dataclass(frozen=True)
class Recorded:
    """Votes in the order in which they are replayed.

    Attributes:
        tasks: Name of each task; ``kinds`` says of which kind it is, empty where none is told.
        labels: Name of each label.
        task: Task of each vote, by its place in ``tasks``.
        label: Label of each vote, by its place in ``labels``.
        voters: Who voted; a number where nobody told.
        repeated: Further votes of a worker on one task, which are left out.
    """

    tasks: tuple[str, ...]
    kinds: tuple[str, ...]
    labels: tuple[str, ...]
    task: Codes
    label: Codes
    voters: tuple[str, ...]
    repeated: int


@dataclass
class _Gathered:
    """Votes as they are read."""

    tasks: dict[tuple[str, str], int] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    votes: list[tuple[int, int, str]] = field(default_factory=list)
    seen: set[tuple[int, str]] = field(default_factory=set)
    repeated: int = 0

    def add(self, task: tuple[str, str], label: str, voter: str) -> None:
        code = self.tasks.setdefault(task, len(self.tasks))
        if (code, voter) in self.seen:
            self.repeated += 1
            return
        self.seen.add((code, voter))
        self.votes.append((code, self.labels.setdefault(label, len(self.labels)), voter))

    def recorded(self) -> Recorded:
        codes = np.array([vote[:2] for vote in self.votes], np.int64).reshape(-1, 2)
        names = sorted(self.labels)
        place = np.array([names.index(name) for name in self.labels], np.int64)
        return Recorded(
            tasks=tuple(name for name, _ in self.tasks),
            kinds=tuple(kind for _, kind in self.tasks),
            labels=tuple(names),
            task=codes[:, 0],
            label=place[codes[:, 1]] if names else codes[:, 1],
            voters=tuple(voter for *_, voter in self.votes),
            repeated=self.repeated,
        )


def read_recorded(paths: Sequence[Path], columns: Columns) -> Recorded:
    """Give the votes in some files: CSV or columns with blanks between, plain or ``.gz``; Parquet.

    The first vote of a worker on a task counts; a vote without a label is none.

    Raises:
        UsageError: A file cannot be read, or has no column of that name.
        TableError: A line has another number of cells than the header.
    """
    gathered = _Gathered()
    for path in paths:
        rows = list(_rows(path, columns.header))
        if columns.is_counts:
            _count(gathered, path, rows, columns)
        else:
            _vote(gathered, path, rows, columns)
    return gathered.recorded()


def _vote(gathered: _Gathered, path: Path, rows: list[Row], columns: Columns) -> None:
    if not rows:
        return
    task = _named(path, rows[0], columns.task, TASK, "task")
    label = _named(path, rows[0], columns.label, LABEL, "label")
    worker = _named(path, rows[0], columns.worker, WORKER, "worker")
    if columns.time:
        time = _named(path, rows[0], columns.time, (), "time")
        rows = sorted(rows, key=lambda row: _moment(row[time]))
    kind = _named(path, rows[0], columns.kind, (), "class") if columns.kind else ""
    for row in rows:
        if row[label]:
            gathered.add((row[task], row[kind] if kind else ""), row[label], row[worker])


def _count(gathered: _Gathered, path: Path, rows: list[Row], columns: Columns) -> None:
    """Take each count apart into votes, of nobody in particular."""
    if not rows:
        return
    wanted = columns.task
    labels = [name for name in rows[0] if all(row[name].isdigit() for row in rows)]
    if wanted:
        labels = [name for name in labels if name != _named(path, rows[0], wanted, (), "task")]
    for number, row in enumerate(rows, 1):
        task = (f"{path.name}:{number}", row[columns.kind] if columns.kind else "")
        voter = 0
        for name in labels:
            for _ in range(int(row[name])):
                gathered.add(task, name, str(voter))
                voter += 1


def _named(path: Path, row: Row, wanted: str, usual: Sequence[str], what: str) -> str:
    """Give the column that was named, or the usual one that is there."""
    found = [name for name in ((wanted,) if wanted else usual) if name in row]
    if not found:
        raise UsageError(
            f"{path}: no column {wanted!r} for the {what}; its columns are {', '.join(row)}"
            if wanted
            else f"{path}: no column for the {what} among {', '.join(row)}; name it by --{what}"
        )
    return found[0]


def _rows(path: Path, header: tuple[str, ...]) -> Iterator[Row]:
    if path.suffix == ".parquet":
        yield from _parquet(path)
        return
    lines = _lines(path)
    first = next(iter(lines), "")
    cells = csv.reader(lines) if "," in first else (line.split() for line in lines)
    names = list(header)
    for number, row in enumerate(cells, 1):
        if not names:
            names = row
        elif len(row) != len(names):
            raise TableError(
                f"{path}, line {number}: {len(row)} cells, but {len(names)} columns; correct the "
                "line, or name the columns of a file without header by --header"
            )
        else:
            yield dict(zip(names, row, strict=True))


def _parquet(path: Path) -> Iterator[Row]:
    try:
        table = pl.read_parquet(path).cast(pl.String)
    except (OSError, pl.exceptions.PolarsError) as trouble:
        raise UsageError(
            f"{path}: cannot be read ({trouble}); a table of votes in Parquet is expected"
        ) from trouble
    yield from table.fill_null("").iter_rows(named=True)


def _lines(path: Path) -> list[str]:
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as trouble:
        raise UsageError(
            f"{path}: cannot be read ({trouble}); a CSV file in UTF-8, plain or .gz, is expected"
        ) from trouble
    return text.splitlines()


def _moment(text: str) -> tuple[float, str]:
    """Order times given as numbers by their size, others, as ISO 8601, by their text."""
    try:
        return float(text), ""
    except ValueError:
        return 0.0, text
