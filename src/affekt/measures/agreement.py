"""How far workers agree, from how often each picture got each answer; missing answers allowed.

Every statistic takes the same two arguments. ``counts`` says how often each picture got each
answer. ``times`` says how many pictures each row stands for, 1 when not given; so a table of 90,000
pictures shrinks to the few dozen rows that differ, and a bootstrap draw is a new ``times``.
"""

from typing import Literal

import numpy as np
from jaxtyping import Float, Num

Counts = Num[np.ndarray, "image answer"]
Times = Num[np.ndarray, " image"]
Scale = Literal["nominal", "ordinal", "interval"]


def raw_agreement(counts: Counts, times: Times | None = None) -> float:
    r"""Share of pairs of workers who gave the same answer, averaged over pictures.

    :math:`\frac1N \sum_u \frac{\sum_c n_{uc}(n_{uc}-1)}{n_u(n_u-1)}`.

    Args:
        counts: How often each picture got each answer; pictures with fewer than two answers do not
            count.
        times: How many pictures each row stands for.

    Returns:
        1 when all agree, 0 when no two do; NaN when no picture has two answers.

    References:
        Fleiss (1971), Measuring nominal scale agreement among many raters, Psychological Bulletin
        76.
    """
    paired, weight = _paired(counts, times)
    if not weight.sum():
        return float("nan")
    n = paired.sum(axis=1)
    each = (paired * (paired - 1)).sum(axis=1) / (n * (n - 1))
    return float(each @ weight / weight.sum())


def krippendorff_alpha(
    counts: Counts,
    times: Times | None = None,
    *,
    scale: Scale = "nominal",
    values: Float[np.ndarray, " answer"] | None = None,
) -> float:
    r"""Agreement beyond chance among any number of workers.

    :math:`\alpha = 1 - D_o / D_e` with
    :math:`D_o = \frac1n \sum_u \sum_{c, k} \frac{n_{uc} n_{uk} \delta_{ck}^2}{n_u - 1}` and
    :math:`D_e = \frac{1}{n(n-1)} \sum_{c, k} n_c n_k \delta_{ck}^2`, over the :math:`n` answers
    that can be paired. :math:`\delta_{ck}^2` is 1 for different answers on the nominal scale,
    :math:`(c - k)^2` on the interval scale, and on the ordinal one
    :math:`(\sum_{g=c}^{k} n_g - \frac{n_c + n_k}{2})^2`.

    Args:
        counts: How often each picture got each answer; pictures with fewer than two answers do not
            count. On the ordinal scale answers stand in their order.
        times: How many pictures each row stands for.
        scale: What it means for two answers to differ.
        values: Number of each answer on the interval scale; 0, 1, 2 … when not given.

    Returns:
        1 for perfect agreement, 0 for chance, below 0 for systematic disagreement; NaN when no
        picture has two answers; 1 by convention when every answer is the same.

    References:
        Krippendorff (2004), Content Analysis: An Introduction to Its Methodology, 2nd ed., ch. 11.
    """
    paired, weight = _paired(counts, times)
    per_answer = weight @ paired
    n = per_answer.sum()
    if not n:
        return float("nan")
    squares = _squares(per_answer, scale, values)
    expected = per_answer @ squares @ per_answer / (n * (n - 1))
    if expected == 0:
        return 1.0
    unlike = ((paired @ squares) * paired).sum(axis=1) / (paired.sum(axis=1) - 1)
    return float(1 - unlike @ weight / n / expected)


def fleiss_kappa(counts: Counts, times: Times | None = None) -> float:
    r"""Agreement beyond what the shares of the answers would give by chance.

    :math:`\kappa = (P - P_e) / (1 - P_e)` with :math:`P` as `raw_agreement` and
    :math:`P_e = \sum_c p_c^2`, where :math:`p_c` is the share of answer c among all.

    Args:
        counts: How often each picture got each answer; pictures with fewer than two answers do not
            count.
        times: How many pictures each row stands for.

    Returns:
        At most 1; NaN when no picture has two answers; 1 by convention when every answer is the
        same.

    References:
        Fleiss (1971), Measuring nominal scale agreement among many raters, Psychological Bulletin
        76, equations 1 to 8.
    Differs:
        Pictures may have different numbers of answers; with equal ones it is Fleiss's number.
    """
    paired, weight = _paired(counts, times)
    per_answer = weight @ paired
    if not per_answer.sum():
        return float("nan")
    return _beyond(
        raw_agreement(paired, weight), float(((per_answer / per_answer.sum()) ** 2).sum())
    )


def gwet_ac1(counts: Counts, times: Times | None = None) -> float:
    r"""Agreement beyond chance that stays near the raw one when almost all answers are the same.

    :math:`(P - P_e) / (1 - P_e)` with :math:`P` as `raw_agreement` and
    :math:`P_e = \frac{1}{q - 1} \sum_c \pi_c (1 - \pi_c)`, where :math:`\pi_c` is the mean over
    pictures of the share of answer c, and q the number of possible answers.

    Args:
        counts: How often each picture got each answer; a picture with one answer counts for
            :math:`\pi` alone. A column without answers is a possible answer.
        times: How many pictures each row stands for.

    Returns:
        At most 1; NaN when no picture has two answers, or there is only one possible answer.

    References:
        Gwet (2008), Computing inter-rater reliability and its variance in the presence of high
        agreement, British Journal of Mathematical and Statistical Psychology 61, equations 4 and 5.
    """
    answered, weight = _at_least(1, counts, times)
    raw = raw_agreement(answered, weight)
    if np.isnan(raw) or counts.shape[1] < 2:
        return float("nan")
    mean = weight @ (answered / answered.sum(axis=1, keepdims=True)) / weight.sum()
    return _beyond(raw, float((mean * (1 - mean)).sum() / (counts.shape[1] - 1)))


def cohen_kappa(both: Num[np.ndarray, "answer answer"]) -> float:
    r"""Agreement of two workers beyond what their own shares would give by chance.

    :math:`(P - P_e) / (1 - P_e)`, :math:`P = \sum_c p_{cc}`, :math:`P_e = \sum_c p_{c+} p_{+c}`.

    Args:
        both: How often the first gave the row's answer and the second the column's; pictures that
            one of them did not answer are left out.

    Returns:
        At most 1; NaN without pictures; 1 by convention when both always give the same one answer.

    References:
        Cohen (1960), A coefficient of agreement for nominal scales, Educational and Psychological
        Measurement 20.
    """
    if not both.sum():
        return float("nan")
    shares = both / both.sum()
    return _beyond(float(np.trace(shares)), float(shares.sum(axis=1) @ shares.sum(axis=0)))


def _paired(
    counts: Counts, times: Times | None
) -> tuple[Float[np.ndarray, "paired answer"], Float[np.ndarray, " paired"]]:
    """Give the rows with at least two answers, and what each counts."""
    return _at_least(2, counts, times)


def _at_least(
    answers: int, counts: Counts, times: Times | None
) -> tuple[Float[np.ndarray, "paired answer"], Float[np.ndarray, " paired"]]:
    has = counts.sum(axis=1) >= answers
    weight = np.ones(len(counts)) if times is None else times
    return counts[has].astype(float), weight[has].astype(float)


def _squares(
    per_answer: Float[np.ndarray, " answer"],
    scale: Scale,
    values: Float[np.ndarray, " answer"] | None,
) -> Float[np.ndarray, "answer answer"]:
    """Give the squared difference of each pair of answers."""
    if scale == "nominal":
        return 1 - np.eye(per_answer.size)
    if scale == "interval":
        places = np.arange(per_answer.size, dtype=float) if values is None else values
    else:  # the distance of two answers is that of their mid-ranks
        places = per_answer.cumsum() - per_answer / 2
    squares: Float[np.ndarray, "answer answer"] = (places[:, None] - places) ** 2
    return squares


def _beyond(observed: float, expected: float) -> float:
    """Give agreement beyond chance; 1 where chance alone gives full agreement."""
    return 1.0 if expected >= 1 else (observed - expected) / (1 - expected)
