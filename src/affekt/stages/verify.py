"""Asks the crowd until every question has its votes, over as many runs as that takes."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import polars as pl
from pydantic import Field

from affekt.crowd import Crowd
from affekt.errors import NotYet
from affekt.parts import canonical, find
from affekt.policies import Policy
from affekt.policies.curtailed import Curtailed
from affekt.stage import Desk, Outcome, Progress, Stage
from affekt.tables import QUESTIONS, VOTES

if TYPE_CHECKING:
    from affekt.journal.votes import Votes


class Verify(Stage):
    """Ask the crowd each question until it has its votes; what is known already is not asked again.

    The journal keeps every vote, so a run that ends early, for whatever reason, has lost nothing.
    """

    gives = VOTES
    takes = QUESTIONS
    asks_the_world = True
    conserves = False

    crowd: Crowd
    until: Policy = Field(Curtailed(), description="when a question has been answered enough")
    database: str | None = Field(
        None, description="address of a PostgreSQL database; a file in the project if absent"
    )
    idle = frozenset({"database"})

    @classmethod
    def example(cls) -> Self:
        return cls.model_validate({"crowd": find("crowd", "simulated").example()})

    def witness(self) -> str:
        return self.crowd.witness()

    def campaign(self) -> str:
        """Name this way of asking: another crowd, rule to stop or outside file is another one."""
        return sha256(canonical([self.identity(), self.witness()])).hexdigest()

    def run(self, desk: Desk, asked: pl.DataFrame, **_: Any) -> Outcome:
        with self.journal(desk.journal, among=asked["question_id"]) as journal:
            before = journal.count()
            self._gather(desk, journal, asked)
            if journal.count() > before or not journal.has_backup():
                journal.back_up()
            waiting = journal.open_questions().height
            if waiting:
                raise NotYet(
                    f"verify: {asked.height - waiting:,} of {asked.height:,} questions have "
                    f"enough votes; {self.crowd.advice(journal)}"
                )
            votes = journal.votes().join(asked, on="question_id", how="semi")
        return Outcome(votes, notes=self._notes(votes))

    def journal(self, folder: Path, among: pl.Series | None = None) -> "Votes":
        """Open the votes of this way of asking; ``folder`` holds the file where there is one."""
        from affekt.journal.votes import FILE, Votes  # a database takes half a second to import

        place = self.database or folder / FILE
        return Votes(place, self.campaign(), policy=self.until, among=among, folder=folder)

    def _gather(self, desk: Desk, journal: "Votes", asked: pl.DataFrame) -> None:
        """Votes so far → questions still open → ask → new votes, until nothing new comes."""
        journal.ask(asked)
        known = -1
        while journal.count() > known:
            known = journal.count()
            self._close(journal)
            still_open = journal.open_questions()
            desk.watch(Progress("verify", asked.height - still_open.height, asked.height))
            if still_open.is_empty():
                return
            self.crowd.ask(journal, still_open.drop("votes", "places"))
            self.crowd.answers(journal)

    def _close(self, journal: "Votes") -> None:
        enough = journal.open_questions().filter(pl.col("places") == 0)
        if not enough.is_empty():
            self.crowd.close(journal, enough.drop("votes", "places"))

    def _notes(self, votes: pl.DataFrame) -> Mapping[str, Any]:
        return {
            "campaign": self.campaign(),
            "crowd": dict(self.crowd.about()),
            "is_simulated": self.crowd.is_simulated,
            "policy": self.until.identity(),
            "votes": votes.height,
            "workers": votes["worker"].n_unique(),
        }
