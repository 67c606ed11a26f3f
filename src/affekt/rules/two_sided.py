"""What each worker sees and what each invents: the recommended rule."""

import polars as pl
from pydantic import Field

from affekt.aggregation.em import ROUNDS
from affekt.aggregation.two_sided import Beta, Priors, two_sided
from affekt.rules import Rule, _coding


class TwoSided(Rule):
    """Keep an emotion that is more likely felt than not, given each worker and the emotion.

    Each worker has a sensitivity and a specificity, each emotion a prevalence. ``share`` is the
    probability; one half is dropped.

    References:
        Raykar et al. (2010), Learning from crowds, Journal of Machine Learning Research 11.
    """

    sensitivity: float = Field(
        0.8, gt=0, lt=1, description="YES to what is felt, before any vote is seen"
    )
    specificity: float = Field(
        0.8, gt=0, lt=1, description="NO to what is not felt, before any vote is seen"
    )
    weight: float = Field(8.0, gt=0, description="votes that this, and then the crowd, counts for")
    rounds: int = Field(ROUNDS, ge=1, description="most rounds until it must have settled")

    def decide(self, votes: pl.DataFrame) -> pl.DataFrame:
        asked = _coding.ballot(votes)
        priors = Priors(Beta(self.sensitivity, self.weight), Beta(self.specificity, self.weight))
        said = two_sided(asked.votes, asked.group, priors=priors, rounds=self.rounds)
        return _coding.decisions(said, asked, self.kind())
