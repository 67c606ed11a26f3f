"""What the linear models share: scaling, an affine map to one score an emotion, and its softmax."""

from dataclasses import dataclass
from importlib import import_module
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int
from threadpoolctl import threadpool_limits

from affekt.models import Fitted, Probabilities, Vectors

Feature = Float[np.ndarray, " feature"]
Costlier = Literal["rare", "negatives"]
COSTLIER = (
    "side whose errors cost more with `balance`: the rarer, or the negatives, taken literally"
)


@dataclass(frozen=True)
class FittedLinear(Fitted):
    """Softmax of an affine map.

    Attributes:
        weights: One column an emotion.
        biases: One value an emotion.
        is_known: Emotions that had training rows; the others get probability 0.
    """

    weights: Float[np.ndarray, "feature emotion"]
    biases: Float[np.ndarray, " emotion"]
    is_known: Bool[np.ndarray, " emotion"]

    def probabilities(self, vectors: Vectors) -> Probabilities:
        return softmax(vectors.astype(float) @ self.weights + self.biases, self.is_known)


def softmax(
    scores: Float[np.ndarray, "image emotion"], is_known: Bool[np.ndarray, " emotion"]
) -> Probabilities:
    """Give probabilities that sum to 1 over the known emotions; 0 for the others."""
    known = np.where(is_known, scores, -np.inf)
    # Shift each row so that its best score is 0: exp of a large score overflows, and a constant
    # factor a row cancels below.
    shares: Probabilities = np.exp(known - known.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


def rotated(
    points: Vectors, others: Float[np.ndarray, "other feature"]
) -> tuple[Float[np.ndarray, "image axis"], Float[np.ndarray, "other axis"]]:
    """Give both in the axes that the points span, where there are fewer of those than features.

    Lengths and angles stay, so that an L2 penalty finds the same map with less work.
    """
    rows, features = points.shape
    if rows >= features:
        return points, others
    axes, along = np.linalg.qr(points.T)
    return along.T, others @ axes


class Scaling(NamedTuple):
    """Subtract, then divide."""

    mean: Feature
    deviation: Feature

    def of(self, vectors: Vectors) -> Vectors:
        """Give the scaled vectors, as float64."""
        scaled: Vectors = (vectors.astype(float) - self.mean) / self.deviation
        return scaled


def scaling(vectors: Vectors, *, standardise: bool) -> Scaling:
    """Mean and deviation of each feature.

    The deviation is 1 for a constant feature, and for all without ``standardise``.
    """
    mean = vectors.mean(axis=0, dtype=float)
    if not standardise:
        return Scaling(mean, np.ones_like(mean))
    deviation = vectors.std(axis=0, dtype=float)
    # A constant column has a deviation of rounding errors only; dividing by it would blow them up.
    return Scaling(mean, np.where(np.ptp(vectors, axis=0) > 0, deviation, 1.0))


def balanced(codes: Int[np.ndarray, " image"], *, balance: bool) -> Float[np.ndarray, " image"]:
    """Weight of each row: mean 1, the same sum for each emotion; all 1 without ``balance``."""
    counts = np.bincount(codes)
    weights = codes.size / (np.count_nonzero(counts) * np.maximum(counts, 1.0))
    return weights[codes] if balance else np.ones(codes.size)


def sided(
    is_it: Int[np.ndarray, " image"], *, balance: bool, costlier: Costlier
) -> Float[np.ndarray, " image"]:
    """Weight of each row of one emotion (1) against the rest (0); mean 1, all 1 without balance.

    ``rare`` gives both sides the same sum. ``negatives`` lets errors on the rest cost more, by as
    many times as one side is larger than the other: what the 2016 paper says word for word, which
    works against the recall it wants.
    """
    if costlier == "rare" or not balance:
        return balanced(is_it, balance=balance)
    counts = np.bincount(is_it, minlength=2)
    weights = np.where(is_it == 1, 1.0, counts.max() / max(counts.min(), 1))
    even: Float[np.ndarray, " image"] = weights / weights.mean()
    return even


def on_one_thread() -> threadpool_limits:
    """Keep linear algebra on one thread while it lasts.

    Folds side by side then share the cores, and sums keep their order on any machine. Whoever fits
    in several threads enters it before them: within it, no thread of its own can lift the limit.
    """
    import_module("affekt.models._solvers")  # what is loaded later would not be kept on one thread
    return threadpool_limits(limits=1)
