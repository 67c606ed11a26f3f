"""What contenders that take turns are told as: a ratio with its spread, and how cost grows."""

import math
import sys
from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple


class Ratio(NamedTuple):
    """How many times as much one contender took as another in the same turn."""

    lowest: float
    middle: float
    highest: float

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.lowest:.2f} – {self.highest:.2f})"


def ratio(theirs: Sequence[float], ours: Sequence[float]) -> Ratio:
    """Give theirs over ours, turn by turn."""
    found = [one / other for one, other in zip(theirs, ours, strict=True)]
    return Ratio(min(found), median(found), max(found))


def exponent(cost: Mapping[int, float]) -> float:
    """Give the power of the size with which cost grows, from the smallest size to the largest."""
    small, large = min(cost), max(cost)
    return math.log(cost[large] / cost[small]) / math.log(large / small)


def tell(*cells: object) -> None:
    """Print a line of a table at once; a run takes minutes."""
    print("  ".join(f"{cell!s:>18}" if at else f"{cell!s:<44}" for at, cell in enumerate(cells)))
    sys.stdout.flush()
