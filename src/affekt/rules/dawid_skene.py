"""One confusion matrix a worker."""

import polars as pl
from pydantic import Field

from affekt.aggregation.dawid_skene import SMOOTHING, dawid_skene
from affekt.aggregation.em import ROUNDS
from affekt.rules import Rule, _coding


class DawidSkene(Rule):
    """Keep an emotion that is more likely felt than not, given what each worker confuses.

    ``share`` is that probability; one half is dropped. All emotions have one prevalence.

    References:
        Dawid and Skene (1979), Applied Statistics 28.
    """

    smoothing: float = Field(SMOOTHING, gt=0, description="votes added to every cell of a worker")
    rounds: int = Field(ROUNDS, ge=1, description="most rounds until it must have settled")

    def decide(self, votes: pl.DataFrame) -> pl.DataFrame:
        asked = _coding.ballot(votes)
        said = dawid_skene(asked.votes, smoothing=self.smoothing, rounds=self.rounds)
        return _coding.decisions(said, asked, self.kind())
