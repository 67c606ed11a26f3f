"""Always the same number of votes, as in the paper."""

import numpy as np
from jaxtyping import Int
from pydantic import Field, model_validator

from affekt.policies import DROP, KEEP, UNDECIDED, Policy, Tally


class Fixed(Policy):
    """Ask ``votes`` workers, whatever they answer; keep at ``keep_at`` YES.

    References:
        You, Luo, Jin and Yang (2016), AAAI: five workers a picture, kept when at least three agree.
    """

    votes: int = Field(5, ge=1, le=999, description="workers who answer each question")
    keep_at: int | None = Field(
        None, ge=1, le=999, description="YES that keep a label; more than half where it is absent"
    )

    @model_validator(mode="after")
    def _can_be_met(self) -> "Fixed":
        check_threshold(self.votes, self.keep_at)
        return self

    def most(self) -> int:
        return self.votes

    def places(self, tally: Tally) -> Int[np.ndarray, " question"]:
        missing: Int[np.ndarray, " question"] = self.votes - tally.yes - tally.no
        return missing.clip(min=0)

    def verdicts(self, tally: Tally) -> Int[np.ndarray, " question"]:
        keep = np.where(tally.yes >= threshold(self.votes, self.keep_at), KEEP, DROP)
        return np.where(tally.yes + tally.no >= self.votes, keep, UNDECIDED)


def threshold(votes: int, keep_at: int | None) -> int:
    """Give the YES that keep a label: as set, or the smallest majority of ``votes``."""
    return votes // 2 + 1 if keep_at is None else keep_at


def check_threshold(votes: int, keep_at: int | None) -> None:
    """Refuse what no answers could reach.

    Raises:
        ValueError: ``keep_at`` is more than ``votes``.
    """
    if keep_at is not None and keep_at > votes:
        raise ValueError(
            f"keep_at = {keep_at} is more than votes = {votes}, so nothing could ever be kept; "
            f"lower `keep_at` to at most {votes} or raise `votes` to at least {keep_at}"
        )
