"""Whether probabilities mean what they say."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

Probabilities = Float[np.ndarray, "image emotion"]
Codes = Int[np.ndarray, " image"]

LEAST = 1e-15  # a probability of 0 is taken for this; else one such mistake would cost infinitely
BOLDEST, SHYEST = 0.01, 100.0  # between them a temperature is searched for


class Reliability(NamedTuple):
    """The bins of a reliability diagram that hold pictures, from low to high confidence.

    Attributes:
        confidence: Mean probability said.
        right: Share that came true.
        n: Pictures.
    """

    confidence: Float[np.ndarray, " bin"]
    right: Float[np.ndarray, " bin"]
    n: Int[np.ndarray, " bin"]


def reliability(
    said: Float[np.ndarray, " image"],
    came_true: Bool[np.ndarray, " image"] | Float[np.ndarray, " image"],
    bins: int = 15,
) -> Reliability:
    """Said probability against what came true, in bins of equally many pictures.

    What came true is a yes or a no, or the share of voters who felt it. A picture's bin follows
    from its mid-rank, so that equal probabilities share a bin and the order of rows cannot matter;
    with many ties bins are unequal, and some are empty and left out.

    References:
        Nguyen and O'Connor (2015), Posterior calibration and exploratory analysis for natural
        language processing models, EMNLP (bins of equal mass).
    """
    if not said.size:
        return Reliability(np.zeros(0), np.zeros(0), np.zeros(0, dtype=int))
    place = places(said, bins)
    n = np.bincount(place, minlength=bins)
    held = n > 0
    confidence = np.bincount(place, weights=said, minlength=bins)[held] / n[held]
    right = np.bincount(place, weights=came_true, minlength=bins)[held] / n[held]
    return Reliability(confidence, right, n[held])


def places(said: Float[np.ndarray, " image"], bins: int = 15) -> Int[np.ndarray, " image"]:
    """Give the bin of each picture, from 0, by mid-rank: ties share one."""
    if not said.size:
        return np.zeros(0, dtype=np.int64)
    _, level, ties = np.unique(said, return_inverse=True, return_counts=True)
    middle = np.cumsum(ties) - ties / 2
    return np.floor(middle / said.size * bins).astype(np.int64)[level]


def top_label(probabilities: Probabilities, truth: Codes, bins: int = 15) -> Reliability:
    """`reliability` of the largest probability of each picture; the first emotion wins a tie."""
    choice = probabilities.argmax(axis=1)
    return reliability(probabilities.max(axis=1, initial=0.0), choice == truth, bins)


def calibration_error(diagram: Reliability) -> float:
    r"""Expected calibration error, the mean gap between said and true.

    :math:`\sum_b \frac{n_b}{n} |\text{right}_b - \text{confidence}_b|` over bins :math:`b`.
    0 when every bin came true as often as said, at most 1; NaN without pictures. Biased upwards in
    small samples: bins of m pictures differ from their truth by about :math:`\sqrt{p(1-p)/m}` even
    when all is well.

    References:
        Naeini, Cooper and Hauskrecht (2015), Obtaining well calibrated probabilities using
        Bayesian binning, AAAI.
    """
    if not diagram.n.size:
        return float("nan")
    gaps = np.abs(diagram.right - diagram.confidence)
    return float((diagram.n * gaps).sum() / diagram.n.sum())


def classwise_calibration_error(
    probabilities: Probabilities, truth: Codes, bins: int = 15
) -> Float[np.ndarray, " emotion"]:
    """`calibration_error` of each emotion's own probability; NaN without pictures.

    References:
        Kull et al. (2019), Beyond temperature scaling: Obtaining well-calibrated multi-class
        probabilities with Dirichlet calibration, NeurIPS.
    """
    return np.array(
        [
            calibration_error(reliability(column, truth == code, bins))
            for code, column in enumerate(probabilities.T)
        ]
    )


def briers(probabilities: Probabilities, truth: Codes) -> Float[np.ndarray, " image"]:
    r"""Squared distance to the truth of each picture, :math:`\sum_k (p_{ik} - [k = t_i])^2`.

    0 for certain and right, 2 for certain and wrong.
    """
    wanted = np.eye(probabilities.shape[1])[truth]
    return np.asarray(((probabilities - wanted) ** 2).sum(axis=1))


def brier(probabilities: Probabilities, truth: Codes) -> float:
    """Mean of `briers`; NaN without pictures.

    References:
        Brier (1950), Verification of forecasts expressed in terms of probability, Monthly Weather
        Review 78.
    """
    return float(briers(probabilities, truth).mean()) if truth.size else float("nan")


def surprises(probabilities: Probabilities, truth: Codes) -> Float[np.ndarray, " image"]:
    r"""Surprise at the truth of each picture in nats, :math:`-\ln p_{i t_i}`.

    0 for certain and right; a probability below 10⁻¹⁵ is taken for that.
    """
    own = probabilities[np.arange(truth.size), truth]
    return np.asarray(-np.log(np.maximum(own, LEAST)))


def log_loss(probabilities: Probabilities, truth: Codes) -> float:
    """Mean of `surprises`; NaN without pictures."""
    return float(surprises(probabilities, truth).mean()) if truth.size else float("nan")


def tempered(probabilities: Probabilities, temperature: float) -> Probabilities:
    r"""Probabilities made shyer (temperature above 1) or bolder (below 1).

    :math:`p_{ik}^{1/T} / \sum_j p_{ij}^{1/T}`: the order of a picture's emotions, and so every
    decision, stays.
    """
    scores = np.log(np.maximum(probabilities, LEAST)) / temperature
    powers = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    shares: Probabilities = powers / powers.sum(axis=1, keepdims=True)
    return shares


def temperature(probabilities: Probabilities, truth: Codes) -> float:
    """Temperature at which `log_loss` of `tempered` is least, within 0.01 to 100.

    The loss is convex in 1 / T, so its slope is searched for the place where it is 0. Fit it on
    pictures that are neither trained nor tested on.

    Returns:
        1 when the loss does not depend on it; NaN without pictures.

    References:
        Guo, Pleiss, Sun and Weinberger (2017), On calibration of modern neural networks, ICML,
        section 4.2.
    """
    if not truth.size:
        return float("nan")
    scores = np.log(np.maximum(probabilities, LEAST))
    own = scores[np.arange(truth.size), truth]

    def slope(sharpness: float) -> float:
        said = tempered(probabilities, 1 / sharpness)
        return float(((said * scores).sum(axis=1) - own).mean())

    if abs(slope(1 / SHYEST)) < 1e-12 and abs(slope(1 / BOLDEST)) < 1e-12:
        return 1.0
    low, high = -np.log(SHYEST), -np.log(BOLDEST)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if slope(float(np.exp(middle))) > 0 else (middle, high)
    return float(np.exp(-(low + high) / 2))


def is_inside(found: float) -> bool:
    """Tell whether a temperature is where the loss is least, and not an end of what was searched.

    An end comes where the loss falls all the way, as of a few pictures that are all answered
    rightly: they would have every answer certain, and say nothing of how certain others are.
    """
    return BOLDEST * (1 + 1e-9) < found < SHYEST * (1 - 1e-9)
