"""How much of a rating, such as valence, a linear map can read from features."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field

from affekt.models import FittedRatings, Model, Ratings, Samples, Vectors
from affekt.models._linear import on_one_thread, scaling
from affekt.models._search import best, inner_folds
from affekt.tables import ESTIMATES, Schema

# From strong to weak.
PENALTIES = (1000.0, 300.0, 100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001)
UNSEARCHED = 1.0  # where one group leaves nothing to search with

Slopes = Float[np.ndarray, "penalty feature scale"]


@dataclass(frozen=True)
class FittedRidge(FittedRatings):
    """An affine map.

    Attributes:
        weights: One column a scale, in points of the scale a unit of the feature.
        biases: One value a scale.
    """

    weights: Float[np.ndarray, "feature scale"]
    biases: Float[np.ndarray, " scale"]

    def estimates(self, vectors: Vectors) -> Ratings:
        estimates: Ratings = vectors.astype(float) @ self.weights + self.biases
        return estimates


class Ridge(Model):
    r"""Standardise, then linear regression with an L2 penalty, each scale by itself.

    It minimises :math:`\frac1n \sum_i (y_i - b - x_i w)^2 + \lambda \lVert w \rVert^2`. With
    ``penalty = "search"``, each scale's λ is chosen inside the training rows, by the squared error
    in folds that keep groups together and spread emotions; the stronger penalty wins a tie.

    References:
        Hoerl and Kennard (1970), Ridge regression: Biased estimation for nonorthogonal problems,
        Technometrics 12, eq. 2.1.
    """

    gives: ClassVar[Schema] = ESTIMATES

    penalty: Annotated[float, Field(gt=0)] | Literal["search"] = Field(
        "search", description='λ, weight of the squared slopes, or "search"; no unit'
    )
    inner_folds: int = Field(5, ge=2, description="folds of the search inside the training rows")
    seed: int

    def fit(self, train: Samples) -> FittedRidge:
        ratings = _ratings(train)
        with on_one_thread():
            penalties, told = self._chosen(train)
            scale = scaling(train.vectors, standardise=True)
            slopes = _slopes(scale.of(train.vectors), ratings, tuple(penalties))
        # Of each scale, the slopes at its own penalty.
        own = slopes[np.arange(len(penalties)), :, np.arange(len(penalties))].T
        weights = own / scale.deviation[:, None]
        facts = {"penalty": dict(zip(train.scales, penalties, strict=True)), **told}
        return FittedRidge(weights, ratings.mean(axis=0) - scale.mean @ weights, facts=facts)

    def _chosen(self, train: Samples) -> tuple[list[float], dict[str, Any]]:
        """Give λ of each scale, and how they were chosen."""
        if self.penalty != "search":
            return [self.penalty] * len(train.scales), {}
        inner = inner_folds(train, self.inner_folds, seed=self.seed)
        if not inner:
            return [UNSEARCHED] * len(train.scales), {"penalty_search": "too few rows"}
        ratings = _ratings(train)
        errors = np.zeros((len(PENALTIES), *ratings.shape))
        for fold in inner:
            learned = _ratings(fold.train)
            scale = scaling(fold.train.vectors, standardise=True)
            slopes = _slopes(scale.of(fold.train.vectors), learned, PENALTIES)
            said = scale.of(train.vectors[fold.asked]) @ slopes + learned.mean(axis=0)
            errors[:, fold.asked] = (said - ratings[fold.asked]) ** 2
        found = [best(PENALTIES, losses) for losses in errors.mean(axis=1).T]
        tried = [told["penalty_search"] for _, told in found]
        return [penalty for penalty, _ in found], {
            "penalty_search": dict(zip(train.scales, tried, strict=True))
        }


def _ratings(train: Samples) -> Ratings:
    if train.ratings is None:
        raise ValueError("ridge: the samples carry no ratings; `Samples.ratings` is needed")
    return train.ratings


def _slopes(points: Vectors, ratings: Ratings, penalties: tuple[float, ...]) -> Slopes:
    """Give the slopes at each penalty, all from one decomposition; points are centred."""
    rows, features = points.shape
    aims = ratings - ratings.mean(axis=0)
    if rows < features:  # rows are fewer directions than features; both ways give the same slopes
        sizes, axes = np.linalg.eigh(points @ points.T)
        before, along = points.T @ axes, axes.T @ aims
    else:
        sizes, axes = np.linalg.eigh(points.T @ points)
        before, along = axes, axes.T @ (points.T @ aims)
    return np.array([before @ (along / (sizes + rows * one)[:, None]) for one in penalties])
