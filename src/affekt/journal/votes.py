"""What people were asked in one campaign and what they answered; a vote is never taken out.

One database serves every campaign of a project. A *campaign* is one way of asking (crowd and
policy), so a changed plan begins anew and a plan changed back finds its votes again. Here votes
come in by the table; people who answer one picture at a time use the verbs of `affekt.campaign`.
"""

from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import polars as pl
from sqlalchemy import Connection, Text, bindparam, text

from affekt.errors import UsageError
from affekt.journal.bulk import bring_in
from affekt.journal.clock import now
from affekt.journal.database import Database
from affekt.journal.settling import Settled, settle, tally_of
from affekt.journal.sqlite_file import back_up, backup_of
from affekt.parts import canonical
from affekt.policies import Policy
from affekt.policies.fixed import Fixed
from affekt.tables import QUESTIONS, VOTES

FILE = "votes.db"
FIVE = Fixed(votes=5)
FIND = "SELECT id FROM campaigns WHERE name = :name"
ENROL = """INSERT INTO campaigns (name, state, policy, settings, opened, made_at)
    VALUES (:name, 'open', :policy, '{}', 0, :now) ON CONFLICT DO NOTHING"""
ASK = """INSERT INTO items (campaign, question_id, image_id, emotion, role, group_id, truth, source,
        source_id, apart, votes, yes, no, log_odds, skips, state)
    VALUES (:campaign, :question_id, :image_id, :emotion, :role, :group_id, :truth, :source,
        :source_id, :apart, 0, 0, 0, :log_odds, 0, 'waiting') ON CONFLICT DO NOTHING"""
ASKED = """SELECT question_id, image_id, emotion, role, group_id, truth, source, source_id, votes,
        yes, no, log_odds, state NOT IN ('decided', 'withdrawn') AS is_open
    FROM items WHERE campaign = :campaign AND gold IS NULL ORDER BY question_id"""
GIVEN = """SELECT i.question_id, w.pseudonym AS worker, v.emotion, v.felt, v.seconds
    FROM votes v JOIN items i ON i.id = v.item JOIN workers w ON w.id = v.worker
    WHERE v.campaign = :campaign AND v.state = 'counted' AND i.gold IS NULL ORDER BY v.seq"""
COUNT = """SELECT count(*) FROM votes v JOIN items i ON i.id = v.item
    WHERE v.campaign = :campaign AND v.state = 'counted' AND i.gold IS NULL"""
TO_CLOSE = """SELECT id, emotion, votes, yes, no, log_odds FROM items
    WHERE campaign = :campaign AND question_id IN :names
        AND state NOT IN ('decided', 'withdrawn')"""
AT_ONCE = 5000  # questions closed by one statement
TALLIES = ("yes", "no", "log_odds")


class Recorded(NamedTuple):
    """What became of the votes handed over: stored, there already, or refused."""

    new: int
    known: int
    refused: int


class Votes:
    """The votes of one campaign.

    A question takes the votes of at most ``policy.most()`` workers. What is recorded is on the disk
    when the call returns.

    Args:
        place: The SQLite file, made when there is none, or the address of a PostgreSQL database.
        campaign: Name of the way of asking; other campaigns in the database are neither seen nor
            touched.
        policy: When a question has been answered enough.
        among: Ids of the questions that are to be seen, where a campaign asked more in another
            plan; all without.
        folder: Where a crowd keeps files of its own; by default beside the SQLite file.

    Raises:
        MachineError: The database is damaged or cannot be written; nothing of it was changed.
        Refused: A newer affekt made it, or another process has been writing for too long.
    """

    def __init__(
        self,
        place: Path | str,
        campaign: str,
        *,
        policy: Policy = FIVE,
        among: pl.Series | None = None,
        folder: Path | None = None,
    ) -> None:
        self.place = place
        self.folder = folder or (place.parent if isinstance(place, Path) else Path())
        self.campaign = campaign
        self.policy = policy
        self.among = among
        self.database = Database(place)
        with self.database.read() as connection:  # opening waits for no writer
            known = connection.execute(text(FIND), {"name": campaign}).scalar()
        self.number = int(known) if known else self.database.write(self._enrolled)

    @property
    def quota(self) -> int:
        """Workers a question may have."""
        return self.policy.most()

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
        """Let go of the database."""
        self.database.close()

    def ask(self, questions: pl.DataFrame) -> None:
        """Note that these questions are asked; one that is there already stays as it is."""
        rows = questions.select(
            *QUESTIONS.columns,
            campaign=pl.lit(self.number),
            apart=pl.coalesce("group_id", "image_id"),
        ).to_dicts()
        start = {name: self.policy.start(name) for name in questions["emotion"].unique()}
        for row in rows:
            row["log_odds"] = start[row["emotion"]]
        if rows:
            # A null in the first row tells PostgreSQL no type.
            types = [bindparam(name, type_=Text()) for name in QUESTIONS.columns]
            self.database.write(lambda to: to.execute(text(ASK).bindparams(*types), rows) and None)

    def record(self, votes: pl.DataFrame) -> Recorded:
        """Store the votes that are new, all of them or none.

        The same vote again changes nothing. Refused are: another answer to a question the worker
        has answered (the first stays), a worker beyond the quota, and a question that is closed.
        ``seconds`` do not make a vote another vote. Workers take their places in the order of the
        rows.

        Raises:
            UsageError: A vote answers a question that was never asked.
        """
        came = self.database.write(lambda to: bring_in(to, self.number, self.policy, votes))
        if came.stranger is not None:
            raise UsageError(
                f"{self.database.name}: a vote answers the question {came.stranger!r}, which was "
                "never asked; ask it first. None of these votes was recorded"
            )
        return Recorded(came.new, votes.height - came.new - came.refused, came.refused)

    def votes(self) -> pl.DataFrame:
        """Give all counted votes (schema `affekt.tables.VOTES`) in the order they came."""
        raw = {**VOTES.types(), "felt": pl.Boolean, "seconds": pl.Float64}
        rows = [(*row[:3], bool(row[3]), row[4]) for row in self._rows(GIVEN)]
        return pl.DataFrame(rows, schema=raw, orient="row").cast(VOTES.types())  # type: ignore[arg-type]

    def count(self) -> int:
        """Give the number of counted votes."""
        return int(self._rows(COUNT)[0][0])

    def questions(self) -> pl.DataFrame:
        """Give what was asked, by id: schema `QUESTIONS`, ``votes``, ``places``, ``is_open``.

        ``votes`` are the workers who answered, ``places`` how many more may be asked at once.
        """
        kinds = {"votes": pl.Int64, "yes": pl.Int64, "no": pl.Int64, "log_odds": pl.Float64}
        raw = {**QUESTIONS.types(), **kinds, "is_open": pl.Int8}
        rows = [(*row[:-1], int(row[-1])) for row in self._rows(ASKED)]
        found = pl.DataFrame(rows, schema=raw, orient="row")
        if self.among is not None:
            found = found.filter(pl.col("question_id").is_in(self.among.implode()))
        places = self.policy.places(tally_of(found))
        is_open = pl.col("is_open").cast(pl.Boolean)
        return found.select(
            *QUESTIONS.columns, "votes", pl.Series("places", places, pl.Int64), is_open
        )

    def open_questions(self) -> pl.DataFrame:
        """Give the questions not closed, by id: schema `QUESTIONS`, ``votes``, ``places``."""
        return self.questions().filter("is_open").drop("is_open")

    def close(self, question_ids: pl.Series) -> None:
        """Take no more votes on these questions; closing again changes nothing."""
        names = question_ids.to_list()
        self.database.write(lambda to: self._close(to, names))

    def back_up(self) -> Path | None:
        """Copy the whole file beside itself; None where a server keeps it, which has its own."""
        return back_up(self.place) if isinstance(self.place, Path) else None

    def has_backup(self) -> bool:
        """Whether the file was copied beside itself before, or is a server's."""
        return not isinstance(self.place, Path) or backup_of(self.place).exists()

    def _enrolled(self, to: Connection) -> int:
        policy = canonical(self.policy.identity()).decode()
        to.execute(text(ENROL), {"name": self.campaign, "policy": policy, "now": now()})
        return int(to.execute(text(FIND), {"name": self.campaign}).scalar_one())

    def _close(self, to: Connection, names: list[str]) -> None:
        find = text(TO_CLOSE).bindparams(bindparam("names", expanding=True))
        for at in range(0, len(names), AT_ONCE):
            some = {"campaign": self.number, "names": names[at : at + AT_ONCE]}
            settle(to, self.policy, [Settled(*row) for row in to.execute(find, some)])

    def _rows(self, statement: str) -> list[Any]:
        with self.database.read() as connection:
            return list(connection.execute(text(statement), {"campaign": self.number}))
