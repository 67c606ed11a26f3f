"""The journal of what people were asked and what they answered; nothing in it ever changes.

One file serves every campaign of a project. A *campaign* is one way of asking (crowd and stopping
rule), so a changed plan begins anew and a plan changed back finds its votes again.
"""

import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import polars as pl

from affekt.errors import UsageError
from affekt.journal.database import (
    Migration,
    back_up,
    backup_of,
    open_database,
    sentences,
    transaction,
)
from affekt.tables import QUESTIONS, VOTES

FILE = "votes.db"


def never(table: str, what: str) -> str:
    """Give the statement that forbids to change a table in one way."""
    return (
        f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
    )


MIGRATIONS = (
    Migration(
        "questions-and-votes",
        (
            """CREATE TABLE questions (
                campaign TEXT NOT NULL, question_id TEXT NOT NULL, image_id TEXT NOT NULL,
                emotion TEXT NOT NULL, role TEXT NOT NULL, group_id TEXT, truth TEXT,
                PRIMARY KEY (campaign, question_id)
            ) STRICT, WITHOUT ROWID""",
            """CREATE TABLE votes (
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                campaign TEXT NOT NULL, question_id TEXT NOT NULL, worker TEXT NOT NULL,
                emotion TEXT NOT NULL, felt INTEGER NOT NULL CHECK (felt IN (0, 1)), seconds REAL,
                UNIQUE (campaign, question_id, worker, emotion),
                FOREIGN KEY (campaign, question_id) REFERENCES questions
            ) STRICT""",
        ),
    ),
    Migration(
        "closings-and-append-only",
        (
            """CREATE TABLE closings (
                campaign TEXT NOT NULL, question_id TEXT NOT NULL,
                PRIMARY KEY (campaign, question_id),
                FOREIGN KEY (campaign, question_id) REFERENCES questions
            ) STRICT, WITHOUT ROWID""",
            *(
                never(table, what)
                for table in ("questions", "votes")
                for what in ("UPDATE", "DELETE")
            ),
        ),
    ),
    Migration(
        "names-at-the-source",
        tuple(f"ALTER TABLE questions ADD COLUMN {name} TEXT" for name in ("source", "source_id")),
    ),
)
INCOMING = """CREATE TEMP TABLE IF NOT EXISTS incoming (
    position INTEGER PRIMARY KEY, question_id TEXT, worker TEXT, emotion TEXT, felt INTEGER,
    seconds REAL)"""
PLACES = """CREATE TEMP TABLE IF NOT EXISTS places (
    question_id TEXT, worker TEXT, place INTEGER,
    PRIMARY KEY (question_id, worker)) WITHOUT ROWID"""
# Place 0 is a worker who has answered this question before: a repeated vote takes nobody's place.
GIVE_PLACES = """INSERT INTO places
    SELECT question_id, worker, CASE WHEN is_known THEN 0 ELSE
        had + row_number() OVER (PARTITION BY question_id, is_known ORDER BY first) END
    FROM (
        SELECT question_id, worker, min(position) AS first,
            EXISTS (SELECT 1 FROM votes v WHERE v.campaign = :campaign
                AND v.question_id = i.question_id AND v.worker = i.worker) AS is_known,
            (SELECT count(DISTINCT v.worker) FROM votes v WHERE v.campaign = :campaign
                AND v.question_id = i.question_id) AS had
        FROM incoming i
        WHERE NOT EXISTS (SELECT 1 FROM closings c WHERE c.campaign = :campaign
            AND c.question_id = i.question_id)
        GROUP BY question_id, worker)"""
KEEP = """INSERT INTO votes (campaign, question_id, worker, emotion, felt, seconds)
    SELECT :campaign, i.question_id, i.worker, i.emotion, i.felt, i.seconds
    FROM incoming i JOIN places p USING (question_id, worker)
    WHERE p.place <= :quota ORDER BY i.position
    ON CONFLICT (campaign, question_id, worker, emotion) DO NOTHING"""
COUNT_REFUSED = """SELECT count(*) FROM incoming i WHERE NOT EXISTS (
    SELECT 1 FROM votes v WHERE v.campaign = :campaign AND v.question_id = i.question_id
        AND v.worker = i.worker AND v.emotion = i.emotion AND v.felt = i.felt)"""
FIND_STRANGER = """SELECT question_id FROM incoming i WHERE NOT EXISTS (
    SELECT 1 FROM questions q WHERE q.campaign = :campaign AND q.question_id = i.question_id)
    ORDER BY position LIMIT 1"""
FIND_QUESTIONS = """SELECT question_id, image_id, emotion, role, group_id, truth, source,
        source_id, (SELECT count(DISTINCT worker) FROM votes v WHERE v.campaign = q.campaign
            AND v.question_id = q.question_id) AS votes,
        NOT EXISTS (SELECT 1 FROM closings c WHERE c.campaign = q.campaign
            AND c.question_id = q.question_id) AS is_open
    FROM questions q WHERE campaign = :campaign ORDER BY question_id"""


class Recorded(NamedTuple):
    """What became of the votes handed over: stored, there already, or refused."""

    new: int
    known: int
    refused: int


class Votes:
    """The votes of one campaign.

    A question takes the votes of at most ``quota`` workers. What is recorded is on the disk when
    the call returns.

    Args:
        path: The SQLite file; made when there is none.
        campaign: Name of the way of asking; other campaigns in the file are neither seen nor
            touched.
        quota: Workers a question may have.
        among: Ids of the questions that are to be seen, where a campaign asked more in another
            plan; all without.

    Raises:
        MachineError: The file is damaged or cannot be written; nothing of it was changed.
        Refused: A newer affekt made it, or another process has been writing for too long.
    """

    def __init__(
        self, path: Path, campaign: str, *, quota: int = 5, among: pl.Series | None = None
    ) -> None:
        self.path = path
        self.campaign = campaign
        self.quota = quota
        self.among = among
        self._connection = open_database(path, MIGRATIONS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        trouble: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close_file()

    def close_file(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def ask(self, questions: pl.DataFrame) -> None:
        """Note that these questions are asked; one that is there already stays as it is."""
        columns = list(QUESTIONS.columns)
        rows = questions.select(pl.lit(self.campaign).alias("campaign"), *columns).iter_rows()
        with sentences(self.path), transaction(self._connection):
            self._connection.executemany(
                f"INSERT INTO questions (campaign, {', '.join(columns)}) "  # noqa: S608  (names from our schema)
                f"VALUES ({', '.join('?' * (len(columns) + 1))}) ON CONFLICT DO NOTHING",
                rows,
            )

    def record(self, votes: pl.DataFrame) -> Recorded:
        """Store the votes that are new, all of them or none.

        The same vote again changes nothing. Refused are: another answer to a question the worker
        has answered (the first stays), a worker beyond the quota, and a question that is closed.
        ``seconds`` do not make a vote another vote. Workers take their places in the order of the
        rows.

        Raises:
            UsageError: A vote answers a question that was never asked.
        """
        rows = votes.select("question_id", "worker", "emotion", "felt", "seconds").iter_rows()
        with sentences(self.path):
            for statement in (INCOMING, PLACES):
                self._connection.execute(statement)
            with transaction(self._connection):
                return self._record(rows)

    def votes(self) -> pl.DataFrame:
        """Give all votes (schema `affekt.tables.VOTES`) in the order they came."""
        columns = list(VOTES.columns)
        rows = self._rows(
            f"SELECT {', '.join(columns)} FROM votes WHERE campaign = :campaign ORDER BY number"  # noqa: S608
        )
        raw = {**VOTES.types(), "felt": pl.Int64, "seconds": pl.Float64}
        return pl.DataFrame(rows, schema=raw, orient="row").cast(VOTES.types())  # type: ignore[arg-type]

    def count(self) -> int:
        """Give the number of votes."""
        counted = self._rows("SELECT count(*) FROM votes WHERE campaign = :campaign")
        return int(counted[0][0])

    def questions(self) -> pl.DataFrame:
        """Give what was asked, by id: schema `QUESTIONS`, number of ``votes``, ``is_open``."""
        raw = {**QUESTIONS.types(), "votes": pl.Int64, "is_open": pl.Int64}
        found = pl.DataFrame(self._rows(FIND_QUESTIONS), schema=raw, orient="row")
        if self.among is not None:
            found = found.filter(pl.col("question_id").is_in(self.among.implode()))
        return found.with_columns(pl.col("is_open").cast(pl.Boolean))

    def open_questions(self) -> pl.DataFrame:
        """Give the questions not closed, by id: schema `QUESTIONS` and the number of ``votes``."""
        return self.questions().filter("is_open").drop("is_open")

    def close(self, question_ids: pl.Series) -> None:
        """Take no more votes on these questions; closing again changes nothing."""
        with sentences(self.path), transaction(self._connection):
            self._connection.executemany(
                "INSERT INTO closings SELECT campaign, question_id FROM questions "
                "WHERE campaign = ? AND question_id = ? ON CONFLICT DO NOTHING",
                ((self.campaign, one) for one in question_ids),
            )

    def back_up(self) -> Path:
        """Copy the whole file beside itself: what a damaged one is restored from."""
        return back_up(self.path)

    def has_backup(self) -> bool:
        """Whether the file was copied beside itself before."""
        return backup_of(self.path).exists()

    def _record(self, rows: Any) -> Recorded:
        run, names = self._connection.execute, {"campaign": self.campaign, "quota": self.quota}
        run("DELETE FROM incoming")
        run("DELETE FROM places")
        self._connection.executemany(
            "INSERT INTO incoming (question_id, worker, emotion, felt, seconds) "
            "VALUES (?, ?, ?, ?, ?)",
            rows,
        )
        stranger = run(FIND_STRANGER, names).fetchone()
        if stranger:
            raise UsageError(
                f"{self.path}: a vote answers the question {stranger[0]!r}, which was never asked; "
                "ask it first. None of these votes was recorded"
            )
        run(GIVE_PLACES, names)
        new = run(KEEP, names).rowcount
        came = int(run("SELECT count(*) FROM incoming").fetchone()[0])
        refused = int(run(COUNT_REFUSED, names).fetchone()[0])
        return Recorded(new, came - new - refused, refused)

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        with sentences(self.path):
            found: sqlite3.Cursor = self._connection.execute(statement, {"campaign": self.campaign})
            return found.fetchall()
