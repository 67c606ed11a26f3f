"""How far workers agree, from how often each picture got each answer; missing answers allowed."""

import numpy as np
from jaxtyping import Float, Num

Counts = Num[np.ndarray, "image answer"]


def raw_agreement(counts: Counts) -> float:
    r"""Share of pairs of workers who gave the same answer, averaged over pictures.

    :math:`\frac1N \sum_u \frac{\sum_c n_{uc}(n_{uc}-1)}{n_u(n_u-1)}`.

    Args:
        counts: How often each picture got each answer; pictures with fewer than two answers do not
            count.

    Returns:
        1 when all agree, 0 when no two do; NaN when no picture has two answers.

    References:
        Fleiss (1971), Measuring nominal scale agreement among many raters, Psychological Bulletin
        76.
    """
    paired = _paired(counts)
    if not paired.size:
        return float("nan")
    n = paired.sum(axis=1)
    return float(((paired * (paired - 1)).sum(axis=1) / (n * (n - 1))).mean())


def krippendorff_alpha(counts: Counts) -> float:
    r"""Agreement beyond chance among any number of workers, nominal scale.

    :math:`\alpha = 1 - D_o / D_e` with
    :math:`D_o = \frac1n \sum_u \sum_{c \ne k} \frac{n_{uc} n_{uk}}{n_u - 1}` and
    :math:`D_e = \frac{1}{n(n-1)} \sum_{c \ne k} n_c n_k`, over the :math:`n` answers that can be
    paired.

    Args:
        counts: How often each picture got each answer; pictures with fewer than two answers do not
            count.

    Returns:
        1 for perfect agreement, 0 for chance, below 0 for systematic disagreement; NaN when no
        picture has two answers; 1 by convention when every answer is the same.

    References:
        Krippendorff (2004), Content Analysis: An Introduction to Its Methodology, 2nd ed., ch. 11.
    """
    paired = _paired(counts)
    if not paired.size:
        return float("nan")
    per_answer, n = paired.sum(axis=0), paired.sum()
    expected = (n**2 - (per_answer**2).sum()) / (n * (n - 1))
    if expected == 0:
        return 1.0
    answers = paired.sum(axis=1)
    unlike = answers**2 - (paired**2).sum(axis=1)
    return float(1 - (unlike / (answers - 1)).sum() / n / expected)


def _paired(counts: Counts) -> Float[np.ndarray, "paired answer"]:
    """Give the rows with at least two answers."""
    paired: Float[np.ndarray, "paired answer"] = counts[counts.sum(axis=1) >= 2].astype(float)
    return paired
