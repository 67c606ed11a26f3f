"""Votes gathered elsewhere and brought as one CSV file: all of it is right, or none comes in."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import polars as pl
from pydantic import Field

from affekt import durable
from affekt.cells import to_csv
from affekt.crowd import Crowd
from affekt.crowd._ballot import Ballot, Finding, Vote, read
from affekt.errors import DiskTrouble, TableError
from affekt.journal.database import sentences
from affekt.parts import Place
from affekt.rank import ranked
from affekt.tables import VOTES

if TYPE_CHECKING:
    from affekt.journal.votes import Votes

TO_ASK = "questions.csv"  # written beside the journal, for the people who gather the votes
SHOWN = 10  # findings that are listed; the rest is counted


class Csvfile(Crowd):
    """A file with one vote a line: columns ``file``, ``emotion``, ``worker``, ``answer``.

    ``file`` is the name of the picture at its source, as ``questions.csv`` has it. A column
    ``image_id`` may stand in its place or beside it: the SHA-256 of the picture's file, as
    ``sha256sum`` prints it, which tells pictures of one name apart. YES is written yes, y, true, t,
    1, ja, j, wahr, oui, o, vrai, si or sí; NO is no, n, false, f, 0, nein, falsch, non or faux;
    capital letters do not matter. ``seconds`` may be there or empty; other columns are passed over.
    Commas, semicolons and tabs are told apart by the first line; a byte-order mark and CRLF are
    fine.

    Of more votes on a question than are asked for, the first in the file count; each further one is
    a bad line.

    A worker's name never leaves the file: workers are numbered by rank, and a release has
    pseudonyms in place of the numbers, not comparable between releases. A changed file is a new
    campaign, so that a corrected vote counts and a withdrawn one does not.
    """

    seed: int
    path: Place = Field(description="the CSV file")
    skip_bad: bool = Field(False, description="leave bad lines out instead of refusing the file")

    @classmethod
    def example(cls) -> Self:
        return cls(seed=1, path=Place(written="votes.csv"))

    def ask(self, journal: "Votes", questions: pl.DataFrame) -> None:
        journal.ask(questions)
        _write_questions(journal)

    def answers(self, journal: "Votes") -> None:
        data = self._bytes()
        if data is None:
            return
        ballot = self._ballot(data, journal)
        if ballot.findings and not self.skip_bad:
            raise TableError(
                f"{self.path.path}: {len(ballot.findings):,} bad lines, nothing was imported; "
                "correct them, or set `skip_bad = true` to leave them out:\n"
                + "\n".join(_listed(ballot.findings))
            )
        journal.record(_numbered(ballot.votes, self.seed))

    def close(self, journal: "Votes", questions: pl.DataFrame) -> None:
        journal.close(questions["question_id"])
        _write_questions(journal)

    def witness(self) -> str:
        data = self._bytes()
        return "" if data is None else hashlib.sha256(data).hexdigest()

    def about(self) -> Mapping[str, Any]:
        return {"file": self.path.path.name, "sha256": self.witness()}

    def advice(self, journal: "Votes") -> str:
        missing = int(journal.open_questions()["places"].sum())
        lacks = "lacks" if self.path.path.exists() else "does not exist and lacks"
        votes, to_ask = self._told(self.path.path), self._told(journal.folder / TO_ASK)
        return (
            f"{votes} {lacks} at least {missing:,} votes: {to_ask} says on which pictures; "
            f"write one line a vote into {votes} (columns file, emotion, worker, answer) and run "
            "again"
        )

    def _told(self, path: Path) -> Path:
        """Give a path as seen from the plan where it lies below."""
        base = Path(self.path.base)
        return path.relative_to(base) if path.is_relative_to(base) else path

    def _ballot(self, data: bytes, journal: "Votes") -> Ballot:
        try:
            return read(data.decode("utf-8-sig"), journal.questions(), journal.quota)
        except UnicodeDecodeError as trouble:
            line = data[: trouble.start].count(b"\n") + 1
            raise TableError(
                f"{self.path.path}: line {line} is not UTF-8; save the file as UTF-8. "
                "Nothing was imported"
            ) from trouble
        except TableError as trouble:
            raise TableError(f"{self.path.path}: {trouble}") from trouble

    def _bytes(self) -> bytes | None:
        try:
            return self.path.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as trouble:
            raise DiskTrouble(
                f"{self.path.path}: cannot be read ({trouble.strerror}); name a CSV file of votes"
            ) from trouble


def _listed(findings: Sequence[Finding]) -> list[str]:
    """Give one line a finding, the many counted at the end."""
    more = len(findings) - SHOWN
    rest = [f"and {more:,} more"] if more > 0 else []
    return [str(finding) for finding in findings[:SHOWN]] + rest


def _numbered(votes: list[Vote], seed: int) -> pl.DataFrame:
    """Give the votes with workers as ``worker-00000`` … in the random order of the seed."""
    frame = pl.DataFrame(votes, schema=VOTES.types(), orient="row")
    workers = ranked(frame["worker"].unique(), seed, "csvfile")
    token = {worker: f"worker-{number:05}" for number, worker in enumerate(workers)}
    return frame.with_columns(pl.col("worker").replace_strict(token, return_dtype=pl.String))


def _write_questions(journal: "Votes") -> None:
    path = journal.folder / TO_ASK
    rows = journal.open_questions().select(
        "image_id", "source", "emotion", file="source_id", votes_missing="places"
    )
    rows = rows.select("file", "emotion", "votes_missing", "source", "image_id")
    path.parent.mkdir(parents=True, exist_ok=True)  # a server keeps the votes, and no file
    with sentences(path), durable.replaced(path) as beside:
        beside.write_text(to_csv(rows.columns, rows.iter_rows()), encoding="utf-8", newline="")
