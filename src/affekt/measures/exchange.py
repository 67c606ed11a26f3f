"""How many labels of one kind a label of another kind is worth, from two learning curves."""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from affekt.measures.intervals import UNKNOWN, Interval

Sizes = Float[np.ndarray, " size"]  # numbers of labels, rising
Scores = Float[np.ndarray, "*round size"]  # a score at each of them


class Worth(NamedTuple):
    """Where one curve reaches what another one has reached.

    Attributes:
        needed: Labels of the other kind for the same score; 0 where its fewest are better already,
            infinity where none of its numbers is as good.
        interval: Ends of it over the rounds; 0 and infinity mean the same.
    """

    needed: float
    interval: Interval


def rising(scores: Scores) -> Scores:
    r"""Give the rising curve that is nearest to measured scores, each counting alike.

    :math:`f_i = \max_{a \le i} \min_{b \ge i} \operatorname{mean}(s_a, …, s_b)`: a score that fell
    with more labels is averaged with its neighbours. Curves of several rounds go together.

    References:
        Robertson, Wright and Dykstra (1988), Order Restricted Statistical Inference, theorem 1.4.4.
    """
    k = scores.shape[-1]
    sums = np.concatenate([np.zeros((*scores.shape[:-1], 1)), np.cumsum(scores, axis=-1)], axis=-1)
    first, last = np.arange(k)[:, None], np.arange(k)[None, :]
    runs = sums[..., None, 1:] - sums[..., :-1, None]
    means = np.where(last >= first, runs / np.maximum(last - first + 1, 1), np.inf)
    least = np.minimum.accumulate(means[..., ::-1], axis=-1)[..., ::-1]
    fitted: Scores = np.where(first <= last, least, -np.inf).max(axis=-2)
    return fitted


def needed(
    sizes: Sizes, scores: Scores, levels: Float[np.ndarray, "*round"]
) -> Float[np.ndarray, "*round"]:
    """Give the least number of labels at which a rising curve has a score.

    Between two measured sizes the score is a straight line over the logarithm of the number.

    Args:
        sizes: Measured numbers of labels.
        scores: Of a rising curve, one or many.
        levels: The score, one a curve.

    Returns:
        0 where the fewest labels are better than that, infinity where the most are worse; NaN where
        a score is no number.
    """
    is_enough: Bool[np.ndarray, "*round size"] = scores >= levels[..., None]
    at = np.argmax(is_enough, axis=-1)
    before = np.maximum(at - 1, 0)
    low, high = (np.take_along_axis(scores, one[..., None], -1)[..., 0] for one in (before, at))
    rise = np.where(high > low, high - low, 1)
    logs = np.log(sizes)
    found = np.exp(logs[before] + (logs[at] - logs[before]) * (levels - low) / rise)
    found = np.where((at == 0) & (high > levels), 0.0, found)
    found = np.where(is_enough.any(axis=-1), found, math.inf)
    unknown = np.isnan(scores).any(axis=-1) | np.isnan(levels)
    return np.where(unknown, math.nan, found)


def worth(
    sizes: Sizes,
    scores: Float[np.ndarray, "round size"],
    levels: Float[np.ndarray, " round"],
    confidence: float = 0.95,
) -> Worth:
    """Give how many labels have the score that others have, and how far that could be off.

    Args:
        sizes: Numbers of labels that were measured.
        scores: At each of them: first as measured, then one row a bootstrap round.
        levels: What the others have, in the same rows.
        confidence: Share of rounds between both ends.

    Returns:
        Ends are values of rounds, because infinity cannot be interpolated.
    """
    every = needed(sizes, rising(scores), levels)
    told = every[1:][~np.isnan(every[1:])]
    if not told.size:
        return Worth(float(every[0]), UNKNOWN)
    shares = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high = np.quantile(told, shares, method="inverted_cdf")
    return Worth(float(every[0]), Interval(float(low), float(high)))
