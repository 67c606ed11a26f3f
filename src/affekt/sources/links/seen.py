"""Remembers which numbers have come before, in about nine bytes for each of them."""

import numpy as np
from jaxtyping import Bool, UInt64


class Seen:
    """A growing set of 64-bit numbers, held as a few sorted arrays, each over twice the next."""

    def __init__(self) -> None:
        self._runs: list[UInt64[np.ndarray, " number"]] = []

    def first(self, numbers: UInt64[np.ndarray, " row"]) -> Bool[np.ndarray, " row"]:
        """Tell for each number whether it comes for the first time; from now on it has come."""
        is_first = np.zeros(len(numbers), bool)
        is_first[np.unique(numbers, return_index=True)[1]] = True
        for run in self._runs:
            at = np.searchsorted(run, numbers)
            is_first &= run[np.minimum(at, len(run) - 1)] != numbers
        if is_first.any():
            self._add(np.sort(numbers[is_first]))
        return is_first

    def _add(self, run: UInt64[np.ndarray, " number"]) -> None:
        while self._runs and len(self._runs[-1]) <= 2 * len(run):
            run = np.sort(np.concatenate([self._runs.pop(), run]), kind="stable")
        self._runs.append(run)
