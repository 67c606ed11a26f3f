"""The nearest training pictures have a say each: what features tell without learning a map."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from jaxtyping import Bool, Float, Int
from pydantic import Field

from affekt.models import Fitted, Model, Probabilities, Samples, Vectors
from affekt.models._linear import balanced, on_one_thread, scaling
from affekt.models._search import inner_folds

TRIED = (10, 20, 100, 200)  # neighbours
AT_ONCE = 500  # rows of similarities in memory together
TIED = 1e-9  # similarities that differ less are equal: what they differ by is rounding


@dataclass(frozen=True)
class FittedNeighbours(Fitted):
    """Training rows of length 1, and what each of them says.

    Attributes:
        mean: Of each feature.
        deviation: Of each feature; 1 where it is constant, or nothing is standardised.
        points: Training rows, scaled, of length 1.
        codes: Emotion of each.
        is_known: Emotions that had training rows; the others get probability 0.
        k: Neighbours that are asked; with those that are as near as the last of them.
        temperature: A similarity s weighs exp(s / temperature).
    """

    mean: Float[np.ndarray, " feature"]
    deviation: Float[np.ndarray, " feature"]
    points: Float[np.ndarray, "image feature"]
    codes: Int[np.ndarray, " image"]
    is_known: Bool[np.ndarray, " emotion"]
    k: Int[np.ndarray, ""]
    temperature: Float[np.ndarray, ""]

    def probabilities(self, vectors: Vectors) -> Probabilities:
        said: Probabilities = self.probabilities_of(vectors, (int(self.k),))[0]
        return said

    def probabilities_of(
        self, vectors: Vectors, numbers: Sequence[int]
    ) -> Float[np.ndarray, "number image emotion"]:
        """Give the probabilities for each number of neighbours, from the same similarities."""
        said = np.zeros((len(numbers), len(vectors), self.is_known.size))
        for first in range(0, len(vectors), AT_ONCE):
            rows = slice(first, first + AT_ONCE)
            asked = unit((vectors[rows].astype(float) - self.mean) / self.deviation)
            near = asked @ self.points.T
            for at, k in enumerate(numbers):
                said[at, rows] = shares(near, self.codes, said.shape[2], k, float(self.temperature))
        return said


class Knn(Model):
    r"""Vectors of length 1; the k most similar training pictures vote, the nearer the more.

    A picture of cosine similarity s has :math:`\exp(s / \tau)` votes. With
    ``neighbours = "search"`` k is one of 10, 20, 100 and 200, below the size of the rarest emotion,
    10 where all are too large: that of the fewest wrong choices inside the training rows, each
    emotion counting the same, in folds that keep groups together; the smaller k wins a tie.

    References:
        Wu, Xiong, Yu and Lin (2018), Unsupervised feature learning via non-parametric instance
        discrimination, CVPR, section 3.4 (τ = 0.07).
        Caron et al. (2021), Emerging properties in self-supervised vision transformers, ICCV
        (k of 10, 20, 100 and 200).

    Differs:
        Features are standardised first, so that a constant one has no say; set
        ``standardise = false`` for the similarity of the features as they are. Pictures as near as
        the last neighbour are asked, too.
    """

    neighbours: Annotated[int, Field(ge=1)] | Literal["search"] = Field(
        "search", description='k, training pictures that vote, or "search"'
    )
    temperature: float = Field(0.07, gt=0, description="τ: the smaller, the more the nearest says")
    inner_folds: int = Field(5, ge=2, description="folds of the search inside the training rows")
    standardise: bool = Field(True, description="divide each feature by its deviation first")
    seed: int

    def fit(self, train: Samples) -> FittedNeighbours:
        with on_one_thread():
            k, facts = self._chosen(train)
            return self._fitted(train, k, {"neighbours": k, **facts})

    def _chosen(self, train: Samples) -> tuple[int, dict[str, Any]]:
        """Give k, and how it was chosen."""
        if self.neighbours != "search":
            return self.neighbours, {}
        counts = np.bincount(train.codes)
        tried = [k for k in TRIED if k < counts[counts > 0].min()] or list(TRIED[:1])
        inner = inner_folds(train, self.inner_folds, seed=self.seed)
        if not inner or len(tried) == 1:
            return tried[0], {"neighbours_search": "too few rows"}
        wrong = np.zeros((len(tried), len(train.codes)))
        for fold in inner:
            asked = train.of(fold.asked)
            fitted = self._fitted(fold.train, tried[0], {})
            said = fitted.probabilities_of(asked.vectors, tried)
            wrong[:, fold.asked] = said.argmax(axis=2) != asked.codes
        losses = (balanced(train.codes, balance=True) * wrong).mean(axis=1)
        told = {str(k): round(float(loss), 6) for k, loss in zip(tried, losses, strict=True)}
        return tried[int(np.argmin(losses))], {"neighbours_search": told}

    def _fitted(self, train: Samples, k: int, facts: dict[str, Any]) -> FittedNeighbours:
        scale = scaling(train.vectors, standardise=self.standardise)
        mean = scale.mean if self.standardise else np.zeros_like(scale.mean)
        return FittedNeighbours(
            mean,
            scale.deviation,
            unit((train.vectors.astype(float) - mean) / scale.deviation),
            train.codes,
            np.isin(np.arange(len(train.emotions)), train.codes),
            np.array(k),
            np.array(self.temperature),
            facts=facts,
        )


def unit(vectors: Vectors) -> Vectors:
    """Give each vector the length 1; one of nothing but zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    of_one: Vectors = vectors / np.where(lengths > 0, lengths, 1.0)
    return of_one


def shares(
    near: Float[np.ndarray, "image other"],
    codes: Int[np.ndarray, " other"],
    emotions: int,
    k: int,
    temperature: float,
) -> Probabilities:
    """Give the share of votes of each emotion.

    Args:
        near: Similarities.
        codes: Emotion of each training row.
        emotions: How many there are.
        k: Neighbours that vote; all rows where there are fewer.
        temperature: A similarity s weighs exp(s / temperature).
    """
    rank = near.shape[1] - min(k, near.shape[1])
    least = np.partition(near, rank, axis=1)[:, rank]
    is_near = near >= least[:, None] - TIED
    # The nearest weighs 1: a constant factor a row cancels, and exp cannot underflow everywhere.
    behind = near - near.max(axis=1, keepdims=True)
    weights = np.exp(behind / temperature, where=is_near, out=np.zeros_like(near))
    votes: Probabilities = np.zeros((len(near), emotions))
    for code in np.unique(codes):
        votes[:, code] = weights[:, codes == code].sum(axis=1)
    votes /= votes.sum(axis=1, keepdims=True)
    return votes
