"""How many votes a question needs, decided while they come in.

To add one, write ``policies/<kind>.py`` with one final subclass of `Policy`. The exam in
``tests/exams/test_policies.py`` finds it by its file.
"""

from abc import abstractmethod
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from affekt.parts import Part

KEEP, DROP, UNDECIDED = 1, 0, -1


class Tally(NamedTuple):
    """The counted votes on some questions, one row each."""

    yes: Int[np.ndarray, " question"]
    no: Int[np.ndarray, " question"]
    log_odds: Float[np.ndarray, " question"]  # `Policy.start` plus the `Policy.weight` of each vote


class Policy(Part):
    """When a question has been answered enough, and how many may be asked at once until then.

    It looks at nothing but the tally, so every decision can be replayed from what is stored.
    """

    family = "policies"
    usual = "curtailed"

    @abstractmethod
    def most(self) -> int:
        """Give the number of votes that no question can exceed."""

    @abstractmethod
    def places(self, tally: Tally) -> Int[np.ndarray, " question"]:
        """Give how many more votes may be asked for now, all at once; 0 where it is settled.

        Not one of them can be surplus, whatever the others are (C17).
        """

    @abstractmethod
    def verdicts(self, tally: Tally) -> Int[np.ndarray, " question"]:
        """Give `KEEP` or `DROP` where it is settled; `UNDECIDED` where it is not, or cannot be."""

    def start(self, emotion: str) -> float:
        """Give the log-odds of a question before its first vote."""
        return 0.0

    def weight(self, felt: bool, sensitivity: float, specificity: float) -> float:
        """Give what one vote adds to the log-odds, by a worker of these rates."""
        return 0.0
