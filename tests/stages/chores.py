"""Work for the tests of chunks: it writes down every row, and fails as a file in the folder says.

It lives in a module of its own so that another process can import it.
"""

import os
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import polars as pl

from affekt import durable
from affekt.errors import DiskTrouble

ROWS = pl.Schema({"row": pl.Int64, "reason": pl.String})


@dataclass(frozen=True)
class Chore:
    """Doubles numbers.

    Attributes:
        folder: Where the files go.
        dies_on: A number on which the process is killed.
        raises_on: A number on which an ordinary error is raised.
        stops_on: A number on which an error of ours is raised.
        fills_on: A number on which the disk is full.
        spares: With so many files ``spent-…`` in the folder it dies and raises no more.
        seconds: Pause before each chunk.
    """

    folder: Path
    dies_on: int | None = None
    raises_on: int | None = None
    stops_on: int | None = None
    fills_on: int | None = None
    spares: int = 1_000_000
    seconds: float = 0.0

    def do(self, name: str, rows: pl.DataFrame) -> None:
        time.sleep(self.seconds)
        with (self.folder / "asked.log").open("a") as log:
            log.write(f"{name} {os.getpid()}\n")
        for number in rows["number"]:
            self._live_through(number)
        self._write(name, rows.select(row=pl.col("number") * 2, reason=pl.lit(None, pl.String)))

    def is_done(self, name: str) -> bool:
        return self._file(name).is_file()

    def give_up(self, name: str, row: pl.DataFrame, error: str) -> None:
        self._write(name, row.select(row=pl.col("number") * 2, reason=pl.lit("internal-error")))

    def _live_through(self, number: int) -> None:
        if number in (self.dies_on, self.raises_on) and self._spend():
            if number == self.dies_on:
                os.kill(os.getpid(), signal.SIGKILL)
            raise ZeroDivisionError(f"number {number}")
        if number == self.stops_on:
            raise DiskTrouble(f"stopped on {number}")
        if number == self.fills_on:
            raise OSError(28, "No space left on device", "a/file")

    def _spend(self) -> bool:
        n_spent = len(list(self.folder.glob("spent-*")))
        (self.folder / f"spent-{n_spent}").touch()
        return n_spent < self.spares

    def _write(self, name: str, rows: pl.DataFrame) -> None:
        with durable.replaced(self._file(name)) as beside:
            rows.cast(ROWS).write_parquet(beside)

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def asked(self) -> list[str]:
        """Give the names that were asked for, in order."""
        log = self.folder / "asked.log"
        return [line.split()[0] for line in log.read_text().splitlines()] if log.exists() else []

    def pids(self) -> set[int]:
        """Give the processes that worked."""
        lines = (self.folder / "asked.log").read_text().splitlines()
        return {int(line.split()[1]) for line in lines}

    def made(self, names: list[str]) -> dict[int, str | None]:
        """Give row → reason from the files of these names."""
        return dict(pl.concat(pl.read_parquet(self._file(name)) for name in names).iter_rows())


class River(Chore):
    """Takes a chunk before it is done with the one before."""

    def do_all(self, chunks: Iterable[tuple[str, pl.DataFrame]]) -> Iterator[str]:
        """Do every chunk once the next is here."""
        before: tuple[str, pl.DataFrame] | None = None
        for chunk in chain(chunks, [None]):
            if before:
                self.do(*before)
                yield before[0]
            before = chunk
