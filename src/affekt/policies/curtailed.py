"""Stops as soon as the votes that are missing cannot change the decision."""

import numpy as np
from jaxtyping import Int
from pydantic import Field, model_validator

from affekt.policies import DROP, KEEP, UNDECIDED, Policy, Tally
from affekt.policies.fixed import check_threshold, threshold


class Curtailed(Policy):
    r"""Ask up to ``votes`` workers and stop at the vote that settles it.

    With :math:`R` votes and :math:`k` YES needed, :math:`R - k + 1` NO settle it the other way. The
    decision is the one of all :math:`R` votes, in every order of them; for three of five the mean
    number of votes is :math:`3 + 3pq + 6(pq)^2` where each is YES with probability
    :math:`p = 1 - q`. Asked at once are :math:`\min(k - y, R - k + 1 - n)` more, of which none
    can be surplus.

    References:
        Wald (1947), Sequential Analysis, on curtailed single sampling.
    """

    votes: int = Field(5, ge=1, le=999, description="workers who may answer each question")
    keep_at: int | None = Field(
        None, ge=1, le=999, description="YES that keep a label; more than half where it is absent"
    )

    @model_validator(mode="after")
    def _can_be_met(self) -> "Curtailed":
        check_threshold(self.votes, self.keep_at)
        return self

    def most(self) -> int:
        return self.votes

    def places(self, tally: Tally) -> Int[np.ndarray, " question"]:
        keep, drop = self._missing(tally)
        places: Int[np.ndarray, " question"] = np.minimum(keep, drop).clip(min=0)
        return places

    def verdicts(self, tally: Tally) -> Int[np.ndarray, " question"]:
        keep, drop = self._missing(tally)
        return np.where(keep <= 0, KEEP, np.where(drop <= 0, DROP, UNDECIDED))

    def _missing(
        self, tally: Tally
    ) -> tuple[Int[np.ndarray, " question"], Int[np.ndarray, " question"]]:
        """Give how many YES, and how many NO, would settle it."""
        keep_at = threshold(self.votes, self.keep_at)
        return keep_at - tally.yes, self.votes - keep_at + 1 - tally.no
