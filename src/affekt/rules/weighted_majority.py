"""More weight felt it than did not; a worker weighs as much as they agree with the others."""

from typing import Literal

import polars as pl
from pydantic import Field

from affekt.aggregation.majority import weighted_majority
from affekt.rules import Rule, _coding


class WeightedMajority(Rule):
    """Keep an emotion that more than half of the weight felt.

    A worker weighs the share of their votes that are the majority's.

    References:
        Appen (2021), Calculating worker agreement with aggregate (Wawa).
    """

    ties: Literal["no", "yes"] = Field("no", description="what as much YES as NO decides")

    def decide(self, votes: pl.DataFrame) -> pl.DataFrame:
        asked = _coding.ballot(votes)
        said = weighted_majority(asked.votes)
        return _coding.decisions(said, asked, self.kind(), self.ties)
