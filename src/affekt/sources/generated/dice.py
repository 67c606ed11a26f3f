"""Chance for the painter: one independent stream a picture, the same on every machine."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Dice:
    """Random draws that depend on nothing but a seed and a name."""

    def __init__(self, seed: int, name: str) -> None:
        digest = sha256(f"{seed}\npaint\n{name}".encode()).digest()
        self.stream = np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))

    def between(self, low: float, high: float) -> float:
        """Give a number, uniform."""
        return low + (high - low) * float(self.stream.random())

    def whole(self, low: int, high: int) -> int:
        """Give a whole number, both ends included."""
        return low + int(self.stream.random() * (high - low + 1))

    def chance(self, share: float) -> bool:
        """Give True for that share of draws."""
        return bool(self.stream.random() < share)

    def pick(self, items: Sequence[T]) -> T:
        """Give one of the items."""
        return items[self.whole(0, len(items) - 1)]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """Give one key, as often as its weight says."""
        place = self.between(0, sum(weights.values()))
        for item, weight in weights.items():
            place -= weight
            if place < 0:
                return item
        return next(iter(weights))

    def bell(self, mean: float, deviation: float) -> float:
        """Give a number around a mean: four uniform draws added, so that no logarithm is needed.

        Library versions and processors disagree in the last digit of a logarithm, never in a sum.
        """
        return mean + deviation * 3**0.5 * (sum(float(self.stream.random()) for _ in range(4)) - 2)
