"""Agreement with its interval over pictures, one statistic or all of them."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from jaxtyping import Int, Num

from affekt.measures.agreement import (
    Counts,
    Times,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    raw_agreement,
)
from affekt.measures.intervals import UNKNOWN, Interval, ends

Statistic = Callable[[Counts, Times | None], float]


class Agreement(NamedTuple):
    """A statistic and its interval over pictures."""

    name: str
    value: float
    interval: Interval


STATISTICS: dict[str, Statistic] = {
    "raw_agreement": raw_agreement,
    "krippendorff_alpha": krippendorff_alpha,
    "fleiss_kappa": fleiss_kappa,
    "gwet_ac1": gwet_ac1,
}
ORDERED: dict[str, Statistic] = {
    "krippendorff_alpha_ordinal": partial(krippendorff_alpha, scale="ordinal"),
    "krippendorff_alpha_interval": partial(krippendorff_alpha, scale="interval"),
}


def agreements(
    counts: Counts,
    generator: np.random.Generator,
    *,
    is_ordered: bool = False,
    rounds: int = 2000,
) -> list[Agreement]:
    """Give every statistic that takes counts, with its interval.

    Args:
        counts: How often each picture got each answer.
        generator: Source of chance for the intervals.
        is_ordered: Whether answers have an order, so that ordinal and interval scale make sense.
        rounds: Draws.
    """
    wanted = STATISTICS | (ORDERED if is_ordered else {})
    return [
        Agreement(
            name,
            statistic(counts, None),
            over_pictures(statistic, counts, generator, rounds=rounds),
        )
        for name, statistic in wanted.items()
    ]


def over_pictures(
    statistic: Statistic,
    counts: Counts,
    generator: np.random.Generator,
    *,
    rounds: int = 2000,
    confidence: float = 0.95,
) -> Interval:
    """Percentile bootstrap interval of a statistic; whole pictures are drawn again and again.

    Which workers answered stays as it is, so the interval does not say what other workers would do.

    Returns:
        Ends over the draws in which the statistic is a number; NaN when there is none.

    References:
        Efron and Tibshirani (1993), An Introduction to the Bootstrap, ch. 13.
    """
    rows, times = shrunk(counts)
    if not times.sum():
        return UNKNOWN
    draws = generator.multinomial(times.sum(), times / times.sum(), size=rounds)
    return ends(np.array([statistic(rows, draw) for draw in draws]), confidence)


def shrunk(counts: Counts) -> tuple[Num[np.ndarray, "row answer"], Int[np.ndarray, " row"]]:
    """Give the rows that differ, and how many pictures each stands for; every statistic stays."""
    if not counts.size:
        return counts, np.ones(len(counts), dtype=int)
    rows, times = np.unique(counts, axis=0, return_counts=True)
    return rows, times
