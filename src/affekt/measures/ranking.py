"""Scores of an order of answers: whether the truth stands high, though not always first."""

import numpy as np
from jaxtyping import Float, Int

Codes = Int[np.ndarray, " image"]
Chances = Float[np.ndarray, "image emotion"]  # probabilities
Weights = Float[np.ndarray, "round image"]


def among_first(truth: Codes, probabilities: Chances, k: int = 2) -> Float[np.ndarray, " image"]:
    """How surely the truth is among the `k` most probable emotions of each picture.

    1 or 0, or a share where ties reach over the k-th place: what breaking them by lot gives on
    average. With k = 1 their mean is the accuracy.

    >>> among_first(np.array([1, 1]), np.array([[0.5, 0.3, 0.2], [0.4, 0.3, 0.3]])).tolist()
    [1.0, 0.5]
    """
    own = probabilities[np.arange(truth.size), truth][:, None]
    above = (probabilities > own).sum(axis=1)
    level = (probabilities == own).sum(axis=1)
    return np.asarray(np.clip((k - above) / level, 0.0, 1.0))


def average_precisions(
    truth: Codes, probabilities: Chances, weights: Weights
) -> Float[np.ndarray, "round emotion"]:
    r"""Average precision of each emotion against the rest, once for each row of weights.

    :math:`\sum_n (R_n - R_{n-1}) P_n` over the thresholds :math:`n` that its probabilities set,
    from the highest down, with recall :math:`R_n` and precision :math:`P_n` of the pictures at or
    above. Ties are one threshold, so that a constant scores the share of the emotion, which is what
    guessing scores.

    Args:
        truth: Codes 0 … emotions - 1.
        probabilities: What is said of each emotion.
        weights: What each picture counts: 1, its share of repeats, or how often it was drawn.

    Returns:
        0 to 1; NaN for an emotion without pictures.

    References:
        Davis and Goadrich (2006), The relationship between precision-recall and ROC curves, ICML:
        why the curve is not interpolated.
    """
    columns = [
        _average_precision(truth == code, said, weights)
        for code, said in enumerate(probabilities.T)
    ]
    return np.array(columns).reshape(probabilities.shape[1], len(weights)).T


def _average_precision(
    is_it: np.ndarray, said: Float[np.ndarray, " image"], weights: Weights
) -> Float[np.ndarray, " round"]:
    order = np.argsort(-said, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(said[order]) != 0, True))[: said.size]
    ordered = weights[:, order]
    reached = np.cumsum(ordered, axis=1)[:, ends]
    hits = np.cumsum(ordered * is_it[order], axis=1)[:, ends]
    gained = np.diff(hits, axis=1, prepend=0.0)
    precision = np.divide(hits, reached, out=np.zeros_like(hits), where=reached > 0)
    total = hits[:, -1] if ends.size else np.zeros(len(weights))
    found: Float[np.ndarray, " round"] = np.full(len(weights), np.nan)
    np.divide((gained * precision).sum(axis=1), total, out=found, where=total > 0)
    return found
