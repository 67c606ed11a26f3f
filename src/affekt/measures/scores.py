r"""Scores of decisions, all read from one confusion matrix.

A matrix :math:`C_{ij}` counts pictures of true emotion :math:`i` predicted as :math:`j`. Counts
may be fractions: the mean over repeats, or a bootstrap draw. An emotion without pictures, or never
predicted, has no score: NaN, and means leave it out. What takes matrices takes one, or one of each
round of a bootstrap.
"""

import numpy as np
from jaxtyping import Bool, Float, Int

Codes = Int[np.ndarray, " image"]
Matrix = Float[np.ndarray, "emotion emotion"]
Matrices = Float[np.ndarray, "*round emotion emotion"]
PerEmotion = Float[np.ndarray, "*round emotion"]
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


def alone(
    truth: Codes,
    claims: Bool[np.ndarray, "image emotion"],
    *,
    weights: Float[np.ndarray, " image"] | None = None,
    groups: Int[np.ndarray, " image"] | None = None,
) -> Float[np.ndarray, "group emotion 2 2"]:
    """Counts for each emotion by itself: of it or not (row), claimed or not (column).

    What takes matrices takes these too: ``recalls(…)[..., 0]`` is the true positive rate of the
    classifiers of one emotion against the rest, ``recalls(…)[..., 1]`` their true negative rate and
    ``two_sided_recalls(…)[..., 0]`` the mean of both. Guessing by a coin gives 1/2 for all three.

    Args:
        truth: Codes 0 … emotions - 1.
        claims: What the classifier of each emotion says; a row may have none or several.
        weights: What each picture counts; 1 when not given.
        groups: Number of each picture's group, from 0; one group when not given.
    """
    weights = np.ones(truth.size) if weights is None else weights
    groups = np.zeros(truth.size, dtype=int) if groups is None else groups
    emotions = np.arange(claims.shape[1])
    is_other = (truth[:, None] != emotions).astype(int)
    counts = np.zeros((int(groups.max(initial=0)) + 1, emotions.size, 2, 2))
    at = (groups[:, None], emotions, is_other, (~claims).astype(int))
    np.add.at(counts, at, weights[:, None])
    return counts


def accuracy(matrix: Matrix) -> float:
    r"""Share of right decisions, :math:`\sum_i C_{ii} / \sum_{ij} C_{ij}`; NaN without pictures."""
    return float(_ratio(np.trace(matrix), matrix.sum()))


def recalls(matrices: Matrices) -> PerEmotion:
    r"""True positive rate, first reading: share found of each emotion.

    :math:`C_{ii} / \sum_j C_{ij}`. The decision is among all emotions, so that guessing
    gives 1 / emotions. NaN for an emotion without pictures.
    """
    return _ratio(_hits(matrices), matrices.sum(axis=-1))


def two_sided_recalls(matrices: Matrices) -> PerEmotion:
    r"""True positive rate, second reading: mean recall of "this emotion" and "not this emotion".

    :math:`\frac12 \left( \frac{C_{ii}}{\sum_j C_{ij}} +
    \frac{\sum_{j,k \ne i} C_{jk}}{\sum_{j \ne i,k} C_{jk}} \right)`, so that guessing
    gives 1/2. NaN when all pictures, or none, are of that emotion.

    Differs:
        The decision "this emotion or not" is the one that follows from the choice among all
        emotions. For the signs of binary classifiers, give what `alone` counts.
    """
    others = matrices.sum(axis=(-2, -1))[..., None] - matrices.sum(axis=-1)
    rightly_not = others - (matrices.sum(axis=-2) - _hits(matrices))
    both: PerEmotion = (recalls(matrices) + _ratio(rightly_not, others)) / 2
    return both


def precisions(matrices: Matrices) -> PerEmotion:
    r"""Share right among the decisions for each emotion; NaN when never predicted.

    :math:`C_{ii} / \sum_j C_{ji}`.
    """
    return _ratio(_hits(matrices), matrices.sum(axis=-2))


def f1s(matrices: Matrices) -> PerEmotion:
    r"""Harmonic mean of precision and recall, :math:`2 C_{ii} / (\sum_j C_{ij} + \sum_j C_{ji})`.

    0 for an emotion that has pictures and is never predicted; NaN for one without pictures, even
    when it is predicted, so that all means run over the same emotions.
    """
    present = matrices.sum(axis=-1) > 0
    both = matrices.sum(axis=-2) + matrices.sum(axis=-1)
    return np.where(present, _ratio(2 * _hits(matrices), both), np.nan)


def macro(values: PerEmotion) -> Float[np.ndarray, "*round"]:
    """Mean over the emotions that have a value; NaN when none has."""
    is_told = ~np.isnan(values)
    total = np.where(is_told, values, 0.0).sum(axis=-1)
    return _ratio(total, is_told.sum(axis=-1, dtype=float))


def macro_recall(matrix: Matrix) -> float:
    """Mean of `recalls` over the emotions with pictures, also called balanced accuracy."""
    return float(macro(recalls(matrix)))


def macro_f1(matrix: Matrix) -> float:
    """Mean of `f1s` over the emotions with pictures."""
    return float(macro(f1s(matrix)))


def worst(values: PerEmotion) -> Float[np.ndarray, "*round"]:
    """Least value of any emotion that has one; NaN when none has.

    Of `recalls` it is the recall of the emotion that is found least: a mean cannot hide it.
    """
    least = np.where(np.isnan(values), np.inf, values).min(axis=-1, initial=np.inf)
    return np.where(np.isfinite(least), least, np.nan)


def correlation(matrices: Matrices) -> Float[np.ndarray, "*round"]:
    r"""Matthews' correlation of labels and answers among any number of emotions.

    :math:`\frac{c s - \sum_k p_k t_k}{\sqrt{s^2 - \sum_k p_k^2} \sqrt{s^2 - \sum_k t_k^2}}` of
    :math:`c` right among :math:`s` pictures, :math:`t_k` of emotion :math:`k` and :math:`p_k`
    answered so.

    Returns:
        1 for only right answers, 0 for guessing at any rate, below 0 for worse; 0 by convention
        when all labels or all answers are the same, NaN without pictures.

    References:
        Gorodkin (2004), Comparing two K-category assignments by a K-category correlation
        coefficient, Computational Biology and Chemistry 28.
    """
    there, said = matrices.sum(axis=-1), matrices.sum(axis=-2)
    n = there.sum(axis=-1)
    shared = _hits(matrices).sum(axis=-1) * n - (there * said).sum(axis=-1)
    spread = (n**2 - (said**2).sum(axis=-1)) * (n**2 - (there**2).sum(axis=-1))
    # Rounding leaves about 1e-16 of their size where spread or correlation is none.
    whole = np.where(n > 0, n, 1.0)
    is_spread = (spread > 1e-12 * whole**4) & (np.abs(shared) > 1e-12 * whole**2)
    found = _ratio(np.where(is_spread, shared, 0.0), np.sqrt(np.where(is_spread, spread, 1.0)))
    return np.where(n > 0, found, np.nan)


def polarity(matrices: Matrices, signs: Int[np.ndarray, " emotion"]) -> Float[np.ndarray, "*round"]:
    """Share of pictures whose answer lies on the side of their label, pleasant or unpleasant.

    Args:
        matrices: Confusion counts among all emotions; the side is that of the emotion chosen.
        signs: +1 pleasant, -1 unpleasant, 0 neither. Pictures labelled 0 are left out, and an
            answer of sign 0 is on no side.

    Returns:
        0 to 1; NaN when no picture has a side.
    """
    has_side = (signs != 0)[:, None]
    agree = has_side & (signs[:, None] == signs[None, :])
    right = np.where(agree, matrices, 0.0).sum(axis=(-2, -1))
    return _ratio(right, np.where(has_side, matrices, 0.0).sum(axis=(-2, -1)))


def _hits(matrices: Matrices) -> PerEmotion:
    """Counts of right decisions."""
    hits: PerEmotion = np.diagonal(matrices, axis1=-2, axis2=-1)
    return hits


def _ratio(
    part: Float[np.ndarray, "..."] | np.floating, whole: Float[np.ndarray, "..."] | np.floating
) -> Float[np.ndarray, "..."]:
    whole = np.asarray(whole, dtype=float)
    ratio: Float[np.ndarray, ...] = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio
