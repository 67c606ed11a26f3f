"""One number a worker: how often they are right."""

import polars as pl
from pydantic import Field

from affekt.aggregation.dawid_skene import SMOOTHING
from affekt.aggregation.em import ROUNDS
from affekt.aggregation.one_coin import one_coin
from affekt.rules import Rule, _coding


class OneCoin(Rule):
    """Keep an emotion that is more likely felt than not, given how often each worker is right.

    ``share`` is that probability; one half is dropped. Where workers miss a feeling more often
    than they invent one, it keeps too little, and says so.

    References:
        Zhang, Chen, Zhou and Jordan (2014), Spectral methods meet EM, NeurIPS.
    """

    smoothing: float = Field(
        SMOOTHING, gt=0, description="right and wrong votes added to each worker"
    )
    rounds: int = Field(ROUNDS, ge=1, description="most rounds until it must have settled")

    def decide(self, votes: pl.DataFrame) -> pl.DataFrame:
        asked = _coding.ballot(votes)
        said = one_coin(asked.votes, smoothing=self.smoothing, rounds=self.rounds)
        return _coding.decisions(said, asked, self.kind())
