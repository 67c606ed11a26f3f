"""Scores of an order of answers: whether the truth stands high, though not always first."""

import numpy as np
from jaxtyping import Bool, Float, Int

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
    # A column a round: rows are then gathered, and summed up, as whole lines of memory.
    drawn = np.ascontiguousarray(weights.T, dtype=float)
    columns = [
        _average_precision(truth == code, said, drawn) for code, said in enumerate(probabilities.T)
    ]
    return np.array(columns).reshape(probabilities.shape[1], len(weights)).T


def _average_precision(
    is_it: Bool[np.ndarray, " image"],
    said: Float[np.ndarray, " image"],
    drawn: Float[np.ndarray, "image round"],
) -> Float[np.ndarray, " round"]:
    """Give it from the thresholds at which there is something to gain, those of its pictures."""
    found: Float[np.ndarray, " round"] = np.full(drawn.shape[1], np.nan)
    if not is_it.any():
        return found
    order = np.argsort(-said, kind="stable")
    is_end = np.append(np.diff(said[order]) != 0, True)
    threshold = np.cumsum(is_end) - is_end
    own = np.flatnonzero(is_it[order])
    met, last = np.unique(threshold[own][::-1], return_index=True)
    reached = np.cumsum(drawn[order], axis=0)[np.flatnonzero(is_end)[met]]
    hits = np.cumsum(drawn[order[own]], axis=0)[own.size - 1 - last]
    precision = np.divide(hits, reached, out=np.zeros_like(hits), where=reached > 0)
    gained = np.diff(hits, axis=0, prepend=0.0)
    total = hits[-1]
    np.divide((gained * precision).sum(axis=0), total, out=found, where=total > 0)
    return found
