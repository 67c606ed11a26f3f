"""The probe: how much of an emotion a linear map can read from features."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import numpy as np
from jaxtyping import Float
from pydantic import Field

from affekt.models import Model, Samples
from affekt.models._axes import FITTED_ON, FittedOn, basis, leak
from affekt.models._linear import FittedLinear, balanced, on_one_thread, rotated, scaling
from affekt.models._search import best, inner_folds

if TYPE_CHECKING:
    from affekt.models._solvers import Planes

PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)  # C, from strong to weak regularisation
MOST_STEPS = 1000  # of the solver; a fit that needs more says so among its facts
LEAST_SAID = 1e-12  # a probability below is counted as this much, so that one row cannot decide


class Logistic(Model):
    """Standardise, then multinomial logistic regression with an L2 penalty, by L-BFGS.

    With ``penalty = "search"``, C is chosen inside the training rows, by the loss in folds that
    keep groups together and spread emotions; the stronger penalty wins a tie.

    References:
        Alain and Bengio (2016), Understanding intermediate layers using linear classifier probes,
        arXiv 1610.01644.
    """

    penalty: Annotated[float, Field(gt=0)] | Literal["search"] = Field(
        "search", description='C, inverse strength of the L2 penalty, or "search"; no unit'
    )
    inner_folds: int = Field(5, ge=2, description="folds of the search inside the training rows")
    balance: bool = Field(True, description="errors on rare emotions cost more, by 1 / share")
    fitted_on: FittedOn = Field("train", description=FITTED_ON)
    seed: int

    @property
    def is_leaky(self) -> bool:
        return self.fitted_on == "everything"

    def fit(self, train: Samples) -> FittedLinear:
        with on_one_thread():
            penalty, facts = self._chosen(train)
            fitted = self._fitted(train, penalty)
        return FittedLinear(
            fitted.weights,
            fitted.biases,
            fitted.is_known,
            facts={**fitted.facts, **facts, **leak(self.fitted_on)},
        )

    def _chosen(self, train: Samples) -> tuple[float, dict[str, Any]]:
        """Give C, and how it was chosen."""
        if self.penalty != "search":
            return self.penalty, {"penalty": self.penalty}
        inner = inner_folds(train, self.inner_folds, seed=self.seed)
        if not inner or len(np.unique(train.codes)) < 2:
            return PENALTIES[1], {"penalty": PENALTIES[1], "penalty_search": "too few rows"}
        said = np.ones((len(PENALTIES), len(train.codes)))
        for fold in inner:
            said[:, fold.asked] = self._said(fold.train, train.of(fold.asked))
        weights = balanced(train.codes, balance=self.balance)
        return best(PENALTIES, -(weights * np.log(np.maximum(said, LEAST_SAID))).mean(axis=1))

    def _said(self, train: Samples, asked: Samples) -> Float[np.ndarray, "penalty row"]:
        """Give what each penalty says of the true emotion of each row that is asked about."""
        from affekt.models import _solvers

        is_known = np.isin(np.arange(len(train.emotions)), train.codes)
        if is_known.sum() < 2:
            return np.tile(is_known[asked.codes].astype(float), (len(PENALTIES), 1))
        scale = scaling(basis(train, self.fitted_on), standardise=True)
        points, others = rotated(scale.of(train.vectors), scale.of(asked.vectors))
        weights = balanced(train.codes, balance=self.balance)
        path = _solvers.logistic_path(
            points, train.codes, weights, penalties=PENALTIES, most=MOST_STEPS
        )
        maps = [_sides(found, points.shape[1], len(train.emotions)) for found in path]
        answers = [FittedLinear(*map_, is_known).probabilities(others) for map_ in maps]
        return np.array([answer[np.arange(len(others)), asked.codes] for answer in answers])

    def _fitted(self, train: Samples, penalty: float) -> FittedLinear:
        from affekt.models import _solvers

        is_known = np.isin(np.arange(len(train.emotions)), train.codes)
        features = train.vectors.shape[1]
        if is_known.sum() < 2:
            nothing = _nothing(features, len(is_known))
            return FittedLinear(*nothing, is_known)
        scale = scaling(basis(train, self.fitted_on), standardise=True)
        given = scale.of(train.vectors), train.codes, balanced(train.codes, balance=self.balance)
        found = _solvers.logistic(*given, penalty=penalty, most=MOST_STEPS)
        map_ = _sides(found, features, len(is_known))
        weights = map_.weights / scale.deviation[:, None]
        facts = {"stopped_early": True} if found.is_early else {}
        return FittedLinear(weights, map_.biases - scale.mean @ weights, is_known, facts=facts)


class _Map(NamedTuple):
    weights: Float[np.ndarray, "feature emotion"]
    biases: Float[np.ndarray, " emotion"]


def _nothing(features: int, emotions: int) -> _Map:
    return _Map(np.zeros((features, emotions)), np.zeros(emotions))


def _sides(found: "Planes", features: int, emotions: int) -> _Map:
    """Give a column an emotion; one plane between two emotions goes by half to each side."""
    map_ = _nothing(features, emotions)
    normals, offsets = found.normals, found.offsets
    if len(found.codes) == 2:
        normals, offsets = np.vstack([-normals, normals]) / 2, np.hstack([-offsets, offsets]) / 2
    map_.weights[:, found.codes] = normals.T
    map_.biases[found.codes] = offsets
    return map_
