"""An ability a worker and an easiness a question."""

import polars as pl
from pydantic import Field

from affekt.aggregation.em import ROUNDS
from affekt.aggregation.glad import glad
from affekt.rules import Rule, _coding


class Glad(Rule):
    """Keep an emotion that is more likely felt than not, given abilities and difficulties.

    ``share`` is that probability; one half is dropped. Mistakes count as even in both directions.

    References:
        Whitehill et al. (2009), Whose vote should count more, NeurIPS.
    """

    rounds: int = Field(ROUNDS, ge=1, description="most rounds until it must have settled")

    def decide(self, votes: pl.DataFrame) -> pl.DataFrame:
        asked = _coding.ballot(votes)
        return _coding.decisions(glad(asked.votes, rounds=self.rounds), asked, self.kind())
