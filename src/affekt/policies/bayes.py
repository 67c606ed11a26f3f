"""Stops when the label is sure enough, given how well each worker answers."""

from math import log
from typing import Self

import numpy as np
from jaxtyping import Bool, Float, Int
from pydantic import Field, model_validator

from affekt.policies import DROP, KEEP, UNDECIDED, Policy, Tally


class Bayes(Policy):
    r"""Ask one worker after the other until the posterior is within ``delta`` of 0 or 1.

    The log-odds are :math:`\operatorname{logit} \pi_c + \sum_v \log \frac{P(v \mid \text{true})}
    {P(v \mid \text{false})}` with the sensitivity and specificity of each worker at the time of the
    vote. At ``most`` votes what is not settled is kept when its posterior is over a half; exactly a
    half drops it.

    References:
        Wald (1945), Sequential tests of statistical hypotheses, Annals of Mathematical
        Statistics 16.
    """

    delta: float = Field(0.02, gt=0, lt=0.5, description="chance of a wrong label that is accepted")
    min_votes: int = Field(2, ge=1, le=999, description="votes before a question can be settled")
    max_votes: int = Field(9, ge=1, le=999, description="votes at which it is settled anyhow")
    prior: float = Field(0.26, gt=0, lt=1, description="share of questions felt, before any vote")
    priors: dict[str, float] = Field({}, description="emotion → share, where it is known")

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.min_votes > self.max_votes:
            raise ValueError(
                f"min_votes = {self.min_votes} is more than max_votes = {self.max_votes}; lower "
                f"`min_votes` to at most {self.max_votes} or raise `max_votes`"
            )
        for emotion, share in self.priors.items():
            if not 0 < share < 1:
                raise ValueError(
                    f"priors of {emotion!r} is {share!r}; more than 0 and less than 1 is allowed"
                )
        return self

    def most(self) -> int:
        return self.max_votes

    def places(self, tally: Tally) -> Int[np.ndarray, " question"]:
        votes = tally.yes + tally.no
        before: Int[np.ndarray, " question"] = np.maximum(self.min_votes - votes, 1)
        return np.where(self._is_settled(tally), 0, before)

    def verdicts(self, tally: Tally) -> Int[np.ndarray, " question"]:
        keep = np.where(tally.log_odds > 0, KEEP, DROP)
        return np.where(self._is_settled(tally), keep, UNDECIDED)

    def start(self, emotion: str) -> float:
        share = self.priors.get(emotion, self.prior)
        return log(share / (1 - share))

    def weight(self, felt: bool, sensitivity: float, specificity: float) -> float:
        if felt:
            return log(sensitivity / (1 - specificity))
        return log((1 - sensitivity) / specificity)

    def _is_settled(self, tally: Tally) -> Bool[np.ndarray, " question"]:
        votes = tally.yes + tally.no
        is_sure = np.abs(tally.log_odds) >= log((1 - self.delta) / self.delta)
        settled: Bool[np.ndarray, " question"] = np.where(
            votes >= self.max_votes, True, is_sure & (votes >= self.min_votes)
        )
        return settled


def posterior(log_odds: Float[np.ndarray, " question"]) -> Float[np.ndarray, " question"]:
    """Give the probability that belongs to log-odds, without overflow."""
    probability: Float[np.ndarray, " question"] = 0.5 * (1 + np.tanh(0.5 * log_odds))
    return probability
