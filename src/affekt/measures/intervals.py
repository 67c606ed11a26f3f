"""How far a number could be off: Wilson for one proportion, bootstrap for the rest."""

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

Rows = Int[np.ndarray, " row"]
Numbers = Int[np.ndarray, "_"]  # of groups or strata, as many as there are


class Interval(NamedTuple):
    """Both ends of an interval; NaN when it cannot be told."""

    low: float
    high: float


UNKNOWN = Interval(math.nan, math.nan)


def wilson(successes: float | int, n: float | int, confidence: float = 0.95) -> Interval:
    r"""Wilson score interval of one proportion.

    :math:`\frac{\hat p + z^2/2n \pm z\sqrt{\hat p(1-\hat p)/n + z^2/4n^2}}{1 + z^2/n}`; both may
    be fractions, as when outcomes are averaged over repeats.

    >>> low, high = wilson(2034, 3490)
    >>> round(low, 3), round(high, 3)
    (0.566, 0.599)

    Returns:
        Ends between 0 and 1; NaN when ``n`` is 0.

    References:
        Wilson (1927), Probable inference, the law of succession, and statistical inference,
        Journal of the American Statistical Association 22.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"wilson: {successes!r} of {n!r}; successes must lie between 0 and n")
    if n == 0:
        return UNKNOWN
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / n
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Interval(
        max(0.0, (centre - spread) / (1 + z * z / n)), min(1.0, (centre + spread) / (1 + z * z / n))
    )


def bootstrap(
    statistic: Callable[[Rows], float],
    groups: Sequence[str],
    generator: np.random.Generator,
    *,
    strata: Sequence[str] | None = None,
    rounds: int = 2000,
    confidence: float = 0.95,
) -> Interval:
    """Percentile bootstrap interval of a statistic; the unit drawn again and again is the group.

    Args:
        statistic: Gives the number for row numbers, in which a row stands as often as it was drawn.
        groups: Name of each row's group; all different when rows are independent.
        generator: Source of chance.
        strata: Word of each row, such as its emotion; the number of groups drawn from each stratum
            then stays as it is. A group belongs to the stratum most of its rows have, the first in
            the alphabet of ties.
        rounds: Draws.
        confidence: Share of draws between both ends.

    Returns:
        Ends over the draws in which the statistic is a number; NaN when there is no row or no such
        draw. Depends on the order of group names, not on the order in which groups first appear.

    References:
        Efron and Tibshirani (1993), An Introduction to the Bootstrap, ch. 13; drawing whole groups
        as in Davison and Hinkley (1997), Bootstrap Methods and their Application, section 3.8.
    """
    if strata is not None and len(strata) != len(groups):
        raise ValueError(f"bootstrap: {len(strata)} strata for {len(groups)} rows; give one a row")
    names, member = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    if not names.size:
        return UNKNOWN
    layers, held = _layers(member, strata), _Held.by(member)
    drawn = [statistic(held.rows(_draw(layers, generator))) for _ in range(rounds)]
    return ends(np.asarray(drawn, dtype=float), confidence)


class _Held(NamedTuple):
    """Which rows each group holds: ``order[start : start + size]``."""

    order: Numbers
    start: Numbers
    size: Numbers

    @classmethod
    def by(cls, member: Rows) -> "_Held":
        size = np.bincount(member)
        return cls(np.argsort(member, kind="stable"), np.cumsum(size) - size, size)

    def rows(self, groups: Numbers) -> Numbers:
        """Give the rows of these groups, one group after the other."""
        size = self.size[groups]
        begin = np.repeat(self.start[groups] - (np.cumsum(size) - size), size)
        rows: Numbers = self.order[begin + np.arange(size.sum())]
        return rows


def _layers(member: Rows, strata: Sequence[str] | None) -> list[Numbers]:
    """Give the numbers of the groups in each stratum."""
    if strata is None:
        return [np.arange(member.max() + 1)]
    words, word = np.unique(np.asarray(strata, dtype=str), return_inverse=True)
    counts = np.zeros((member.max() + 1, words.size), dtype=int)
    np.add.at(counts, (member, word), 1)
    stratum = counts.argmax(axis=1)
    return [np.flatnonzero(stratum == number) for number in np.unique(stratum)]


def _draw(layers: list[Numbers], generator: np.random.Generator) -> Numbers:
    return np.concatenate([generator.choice(layer, size=layer.size) for layer in layers])


def ends(drawn: np.ndarray, confidence: float) -> Interval:
    """Give the two quantiles between which that share of the draws that are numbers lies."""
    told = drawn[np.isfinite(drawn)]
    if not told.size:
        return UNKNOWN
    low, high = np.quantile(told, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high))
