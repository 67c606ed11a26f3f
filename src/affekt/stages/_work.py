"""Work on chunks of rows: what it must be able to do, and which of its errors end a run."""

import errno
import traceback
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol, runtime_checkable

import polars as pl

from affekt.errors import AffektError
from affekt.store import disk

DISK = (*disk.FULL, *disk.FORBIDDEN, errno.EIO, errno.EMFILE)  # troubles that no other try cures


class Work(Protocol):
    """What is done to a chunk; a value that can be sent to another process.

    Files and processes that it holds are opened inside `do`.
    """

    def do(self, name: str, rows: pl.DataFrame) -> None:
        """Commit the file of a chunk, whole or not at all; doing it twice is harmless.

        What it raises as `AffektError`, or because the disk refuses, ends the run.
        """

    def is_done(self, name: str) -> bool:
        """Tell whether the file of a chunk is there."""

    def give_up(self, name: str, row: pl.DataFrame, error: str) -> None:
        """Commit a chunk of one row that cannot be worked on: its reason is ``internal-error``."""


@runtime_checkable
class Flowing(Work, Protocol):
    """Work that can begin with a chunk while another waits for its last rows."""

    def do_all(self, chunks: Iterable[tuple[str, pl.DataFrame]]) -> Iterator[str]:
        """Commit the file of each chunk, and give its name as soon as that is there.

        Chunks are taken as there is room for them; what is raised leaves some of them undone.
        """


class Chunk(NamedTuple):
    """Some rows and the name of their file."""

    name: str
    rows: pl.DataFrame

    def halves(self) -> tuple["Chunk", "Chunk"]:
        """Give the first and the second half, named after the whole."""
        middle = self.rows.height // 2
        return (
            Chunk(f"{self.name}.0", self.rows[:middle]),
            Chunk(f"{self.name}.1", self.rows[middle:]),
        )


def done_or_why(work: Work, chunk: Chunk) -> str:
    """Do the work and give ``""``, or the text of an error that another try may not meet."""
    try:
        work.do(chunk.name, chunk.rows)
    except Exception as trouble:
        return passing(trouble)
    return ""


def passing(trouble: Exception) -> str:
    """Give the text of an error that another try may not meet; raise any other."""
    is_full = isinstance(trouble, OSError) and trouble.errno in DISK
    if is_full or isinstance(trouble, AffektError):
        raise trouble
    return "".join(traceback.format_exception(trouble))
