r"""Scores of decisions, all read from one confusion matrix.

A matrix :math:`C_{ij}` counts pictures of true emotion :math:`i` predicted as :math:`j`. Counts
may be fractions: the mean over repeats, or a bootstrap draw. An emotion without pictures, or never
predicted, has no score: NaN, and means leave it out.
"""

import numpy as np
from jaxtyping import Float, Int

Codes = Int[np.ndarray, " image"]
Matrix = Float[np.ndarray, "emotion emotion"]
PerEmotion = Float[np.ndarray, " emotion"]
Chances = Float[np.ndarray, "image emotion"]  # probabilities


def confusion(
    truth: Codes,
    predicted: Codes,
    emotions: int,
    *,
    weights: Float[np.ndarray, " image"] | None = None,
) -> Matrix:
    """Counts by true (row) and predicted (column) emotion.

    Args:
        truth: Codes 0 … emotions - 1.
        predicted: Codes of the decisions.
        emotions: Number of emotions; those without pictures get empty rows.
        weights: What each picture counts; 1 when not given.
    """
    both = np.concatenate([truth, predicted])
    if both.size and (both.min() < 0 or both.max() >= emotions):
        raise ValueError(
            f"confusion: codes from {both.min()} to {both.max()}; 0 to {emotions - 1} are allowed"
        )
    matrix = np.zeros((emotions, emotions))
    np.add.at(matrix, (truth, predicted), 1.0 if weights is None else weights)
    return matrix


def confusion_of(truth: Codes, probabilities: Chances) -> Matrix:
    """Counts by true emotion (row) and most probable emotion (column); a tie is shared evenly.

    So a model that says the same of all k emotions is right in 1 / k, whatever their order.
    """
    chosen = choices(probabilities)
    rows, predicted = np.nonzero(chosen)
    weights = chosen[rows, predicted]
    return confusion(truth[rows], predicted, probabilities.shape[1], weights=weights)


def outcomes(truth: Codes, probabilities: Chances) -> Float[np.ndarray, " image"]:
    """How right the decision on each picture is: 1, 0, or a share where the truth is in a tie.

    Their mean is the accuracy; averaged over repeats they are what is drawn for its interval.
    """
    right: Float[np.ndarray, " image"] = choices(probabilities)[np.arange(truth.size), truth]
    return right


def choices(probabilities: Chances) -> Chances:
    """1 for the most probable emotion of each picture, 0 for the others; a tie is shared evenly."""
    is_most = probabilities == probabilities.max(axis=1, keepdims=True, initial=0.0)
    chosen: Chances = is_most / is_most.sum(axis=1, keepdims=True)
    return chosen


def accuracy(matrix: Matrix) -> float:
    r"""Share of right decisions, :math:`\sum_i C_{ii} / \sum_{ij} C_{ij}`; NaN without pictures."""
    return float(_ratio(np.trace(matrix), matrix.sum()))


def recalls(matrix: Matrix) -> PerEmotion:
    r"""True positive rate, first reading: share found of each emotion.

    :math:`C_{ii} / \sum_j C_{ij}`. The decision is among all emotions, so that guessing
    gives 1 / emotions. NaN for an emotion without pictures.
    """
    return _ratio(np.diag(matrix), matrix.sum(axis=1))


def two_sided_recalls(matrix: Matrix) -> PerEmotion:
    r"""True positive rate, second reading: mean recall of "this emotion" and "not this emotion".

    :math:`\frac12 \left( \frac{C_{ii}}{\sum_j C_{ij}} +
    \frac{\sum_{j,k \ne i} C_{jk}}{\sum_{j \ne i,k} C_{jk}} \right)`, so that guessing
    gives 1/2. NaN when all pictures, or none, are of that emotion.

    Differs:
        The decision "this emotion or not" is the one that follows from the choice among all
        emotions, not the sign of a binary classifier of its own.
    """
    others = matrix.sum() - matrix.sum(axis=1)
    rightly_not = others - (matrix.sum(axis=0) - np.diag(matrix))
    both: PerEmotion = (recalls(matrix) + _ratio(rightly_not, others)) / 2
    return both


def precisions(matrix: Matrix) -> PerEmotion:
    r"""Share right among the decisions for each emotion; NaN when never predicted.

    :math:`C_{ii} / \sum_j C_{ji}`.
    """
    return _ratio(np.diag(matrix), matrix.sum(axis=0))


def f1s(matrix: Matrix) -> PerEmotion:
    r"""Harmonic mean of precision and recall, :math:`2 C_{ii} / (\sum_j C_{ij} + \sum_j C_{ji})`.

    0 for an emotion that has pictures and is never predicted; NaN for one without pictures, even
    when it is predicted, so that all means run over the same emotions.
    """
    present = matrix.sum(axis=1) > 0
    both = matrix.sum(axis=0) + matrix.sum(axis=1)
    return np.where(present, _ratio(2 * np.diag(matrix), both), np.nan)


def macro(values: PerEmotion) -> float:
    """Mean over the emotions that have a value; NaN when none has."""
    told = values[~np.isnan(values)]
    return float(told.mean()) if told.size else float("nan")


def macro_recall(matrix: Matrix) -> float:
    """Mean of `recalls` over the emotions with pictures, also called balanced accuracy."""
    return macro(recalls(matrix))


def macro_f1(matrix: Matrix) -> float:
    """Mean of `f1s` over the emotions with pictures."""
    return macro(f1s(matrix))


def _ratio(
    part: Float[np.ndarray, "..."] | np.floating, whole: Float[np.ndarray, "..."] | np.floating
) -> Float[np.ndarray, "..."]:
    whole = np.asarray(whole, dtype=float)
    ratio: Float[np.ndarray, ...] = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio
