"""What answering only where the model is sure would cost: risk against coverage."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float


class RiskCoverage(NamedTuple):
    """Share answered, from the surest picture on, and the share of those that is wrong.

    Attributes:
        coverage: Rising to 1, one value a level of confidence; equal confidences answer together.
        risk: Share wrong among the answered.
        confidence: Least confidence that is answered.
    """

    coverage: Float[np.ndarray, " level"]
    risk: Float[np.ndarray, " level"]
    confidence: Float[np.ndarray, " level"]


def risk_coverage(
    confidence: Float[np.ndarray, " image"],
    wrong: Float[np.ndarray, " image"],
    weights: Float[np.ndarray, " image"],
) -> RiskCoverage:
    """Give the curve of one set of answers.

    Args:
        confidence: The larger, the sooner a picture is answered.
        wrong: 0 for a right answer, 1 for a wrong one, or a share.
        weights: What each picture counts, above 0.

    References:
        El-Yaniv and Wiener (2010), On the foundations of noise-free selective classification,
        Journal of Machine Learning Research 11.
    """
    order = np.argsort(-confidence, kind="stable")
    sure = confidence[order]
    ends = np.flatnonzero(np.append(np.diff(sure) != 0, True))[: sure.size]
    answered = np.cumsum(weights[order])[ends]
    lost = np.cumsum((weights * wrong)[order])[ends]
    whole = answered[-1] if answered.size else 1.0
    return RiskCoverage(answered / whole, lost / np.where(answered > 0, answered, 1.0), sure[ends])


def area(curve: RiskCoverage) -> float:
    r"""Area under the risk-coverage curve (AURC): mean risk over all coverages; lower is better.

    :math:`\frac1n \sum_i r(i)` where :math:`r(i)` is the risk when the :math:`i` surest pictures
    are answered. Where confidences tie, each picture of the tie counts with the risk of the whole.
    A confidence that tells nothing gives the share wrong.

    References:
        Geifman and El-Yaniv (2017), Selective classification for deep neural networks, NeurIPS;
        Geifman, Uziel and El-Yaniv (2019), Bias-reduced uncertainty estimation for deep neural
        classifiers, ICLR.

    Returns:
        0 to 1; NaN without pictures.
    """
    if not curve.coverage.size:
        return float("nan")
    return float((np.diff(curve.coverage, prepend=0.0) * curve.risk).sum())


def areas(
    confidence: Float[np.ndarray, " image"],
    wrong: Float[np.ndarray, " image"],
    weights: Float[np.ndarray, "round image"],
) -> Float[np.ndarray, " round"]:
    """Give `area` once for each row of weights, some of which may be 0; NaN where all are."""
    order = np.argsort(-confidence, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(confidence[order]) != 0, True))[: confidence.size]
    # A column a round: rows are then gathered, and summed up, as whole lines of memory.
    ordered = np.ascontiguousarray(weights.T, dtype=float)[order]
    answered = np.cumsum(ordered, axis=0)[ends]
    lost = np.cumsum(ordered * wrong[order, None], axis=0)[ends]
    risk = np.divide(lost, answered, out=np.zeros_like(lost), where=answered > 0)
    whole = answered[-1] if ends.size else np.zeros(len(weights))
    found: Float[np.ndarray, " round"] = np.full(len(weights), np.nan)
    gained = np.diff(answered, axis=0, prepend=0.0)
    np.divide((gained * risk).sum(axis=0), whole, out=found, where=whole > 0)
    return found


def least_area(risk: float) -> float:
    r"""Area that the best order of the same answers would have: all right ones first.

    :math:`r + (1 - r) \ln (1 - r)` for the share wrong :math:`r`; what a curve has above it is the
    fault of its order, not of its answers.

    References:
        Geifman, Uziel and El-Yaniv (2019), ICLR (E-AURC).
    """
    return risk + (1 - risk) * float(np.log1p(-risk)) if risk < 1 else 1.0
