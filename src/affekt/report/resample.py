"""Bootstrap of many statistics at once: draws are matrix products, so a page takes seconds."""

from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from affekt.measures import intervals
from affekt.measures.intervals import UNKNOWN, Interval

ROUNDS = 2000
CONFIDENCE = 0.95
CHUNK = 200  # rounds drawn at once; 200 × 20,000 groups are 32 MB


class Draws(NamedTuple):
    """Whole groups, drawn again and again.

    Attributes:
        weights: How often each group was drawn in each round.
    """

    weights: Int[np.ndarray, "round group"]

    def sums(self, parts: Float[np.ndarray, "group value"]) -> Float[np.ndarray, "round value"]:
        """Give the sum over the groups of each round."""
        return np.concatenate(
            [
                self.weights[at : at + CHUNK].astype(float) @ parts
                for at in range(0, len(self.weights), CHUNK)
            ]
        )


@lru_cache(maxsize=4)
def draw(groups: int, seed: int, rounds: int = ROUNDS) -> Draws:
    """Draw as many groups as there are, with replacement.

    References:
        Davison and Hinkley (1997), Bootstrap Methods and their Application, section 3.8.
    """
    generator = np.random.default_rng(seed)
    weights = np.zeros((rounds, groups), dtype=np.int32)
    for at in range(rounds if groups else 0):
        weights[at] = np.bincount(generator.integers(groups, size=groups), minlength=groups)
    return Draws(weights)


def drawn_for(groups: int, seed: int, dataset: str, protocol: str) -> Draws:
    """Give the draws of a data set under a protocol, the same for every entry."""
    mixed = sha256(f"{seed}\n{dataset}\n{protocol}".encode(errors="replace"))
    return draw(groups, int.from_bytes(mixed.digest()[:8], "big"))


def method(pictures: int, groups: int) -> str:
    """Say how an interval was drawn, in words."""
    return f"bootstrap ({ROUNDS:,} draws of {unit(pictures, groups)})"


def unit(pictures: int, groups: int) -> str:
    """Say what is drawn, in words."""
    return f"{groups:,} groups" if groups < pictures else f"{pictures:,} pictures"


def around(value: float, rounds: Float[np.ndarray, " round"]) -> Interval:
    """Give the percentile interval moved so that its rounds have the value as mean; not below 0.

    For a number that resampling inflates, such as a sum of absolute gaps: the spread of the rounds
    is kept, their bias is not.
    """
    told = rounds[np.isfinite(rounds)]
    if not told.size:
        return UNKNOWN
    low, high = ends(told - told.mean() + value)
    return Interval(max(0.0, low), high)


def ends(values: Float[np.ndarray, " round"]) -> Interval:
    """Give the percentile interval over the rounds that gave a number; NaN when none did."""
    return intervals.ends(values, CONFIDENCE)
