r"""Which labels are likely wrong, told by models that did not see them.

Every picture's probabilities must come from a model that was not trained on it. A picture counts as
truly of emotion :math:`j` when its probability of :math:`j` reaches what pictures labelled
:math:`j` reach on average, so that an emotion about which the model is generally unsure needs less.

References:
    Northcutt, Jiang and Chuang (2021), Confident learning: estimating uncertainty in dataset
    labels, Journal of Artificial Intelligence Research 70, section 3.
"""

import numpy as np
from jaxtyping import Float, Int

Codes = Int[np.ndarray, " image"]
Chances = Float[np.ndarray, "image emotion"]  # probabilities
Joint = Float[np.ndarray, "label emotion"]

NOBODY = -1


def thresholds(labels: Codes, probabilities: Chances) -> Float[np.ndarray, " emotion"]:
    r"""Mean probability of each emotion over the pictures labelled so, :math:`t_j` (eq. 2).

    Infinite for an emotion without labels: no picture can be claimed for it.
    """
    emotions = probabilities.shape[1]
    n = np.bincount(labels, minlength=emotions)
    own = np.bincount(
        labels, weights=probabilities[np.arange(labels.size), labels], minlength=emotions
    )
    return np.asarray(np.where(n > 0, own / np.maximum(n, 1), np.inf))


def suggestions(labels: Codes, probabilities: Chances) -> Codes:
    """Emotion each picture is confidently of (eq. 1); `NOBODY` where none reaches its threshold.

    Of several that reach theirs the most probable is taken, the first in a tie. A label is likely
    wrong where a suggestion is there and another one.
    """
    # Rounding of the mean must not keep out a picture that is as sure as all others.
    reached = probabilities >= thresholds(labels, probabilities)[None, :] - 1e-12
    best = np.where(reached, probabilities, -np.inf).argmax(axis=1)
    return np.where(reached.any(axis=1), best, NOBODY)


def confident_joint(labels: Codes, suggested: Codes, emotions: int) -> Joint:
    """Count pictures by label (row) and suggestion (column), those with a suggestion."""
    told = suggested != NOBODY
    counts = np.zeros((emotions, emotions))
    np.add.at(counts, (labels[told], suggested[told]), 1.0)
    return counts


def joint(labels: Codes, suggested: Codes, emotions: int) -> Joint:
    r"""Estimated share of pictures by label (row) and true emotion (column), :math:`\hat Q`.

    Equation 3. Rows of the confident joint are scaled to the labels there are; of every label that
    occurs at least one picture has a suggestion. Sums to 1; all 0 without pictures.
    """
    counts = confident_joint(labels, suggested, emotions)
    n = np.bincount(labels, minlength=emotions).astype(float)
    told = counts.sum(axis=1)
    return np.asarray(counts * (n / np.maximum(told, 1))[:, None] / max(labels.size, 1))


def likely_wrong(
    labels: Codes, suggested: Codes, probabilities: Chances
) -> Int[np.ndarray, " doubtful"]:
    """Row numbers of the pictures whose label is likely wrong, the most doubtful first.

    In order of self-confidence, the probability of their own label; ties in the order of rows.
    """
    doubtful = np.flatnonzero((suggested != NOBODY) & (suggested != labels))
    own = probabilities[doubtful, labels[doubtful]]
    return doubtful[np.argsort(own, kind="stable")]
