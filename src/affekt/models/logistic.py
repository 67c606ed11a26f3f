"""The probe: how much of an emotion a linear map can read from features."""

from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from jaxtyping import Float
from pydantic import Field

from affekt.models import Model, Samples, Vectors
from affekt.models._linear import FittedLinear, balanced, on_one_thread, scaling
from affekt.rank import dealt

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
    seed: int

    def fit(self, train: Samples) -> FittedLinear:
        with on_one_thread():
            penalty, facts = self._chosen(train)
            fitted = self._fitted(train, penalty)
        return FittedLinear(
            fitted.weights, fitted.biases, fitted.is_known, facts={**fitted.facts, **facts}
        )

    def _chosen(self, train: Samples) -> tuple[float, dict[str, Any]]:
        """Give C, and how it was chosen."""
        if self.penalty != "search":
            return self.penalty, {"penalty": self.penalty}
        folds = min(self.inner_folds, len(set(train.groups)))
        if folds < 2 or len(np.unique(train.codes)) < 2:
            return PENALTIES[1], {"penalty": PENALTIES[1], "penalty_search": "too few rows"}
        words = [train.emotions[code] for code in train.codes]
        hand = np.array(dealt(train.groups, words, folds, seed=self.seed, purpose="penalty"))
        losses = [self._loss(train, hand, penalty) for penalty in PENALTIES]
        best = PENALTIES[int(np.argmin(losses))]
        tried = {
            str(penalty): round(loss, 6) for penalty, loss in zip(PENALTIES, losses, strict=True)
        }
        return best, {"penalty": best, "penalty_search": tried}

    def _loss(self, train: Samples, hand: np.ndarray, penalty: float) -> float:
        """Give the mean negative logarithm of what was said of the true emotion, by folds."""
        said = np.ones(len(train.codes))
        for fold in np.unique(hand):
            out = hand == fold
            answers = self._fitted(_only(train, ~out), penalty).probabilities(train.vectors[out])
            said[out] = answers[np.arange(out.sum()), train.codes[out]]
        weights = balanced(train.codes, balance=self.balance)
        return float(-(weights * np.log(np.maximum(said, LEAST_SAID))).mean())

    def _fitted(self, train: Samples, penalty: float) -> FittedLinear:
        known = np.unique(train.codes)
        scale = scaling(train.vectors, standardise=True)
        map_ = (
            _no_map(train) if len(known) < 2 else self._map(scale.of(train.vectors), train, penalty)
        )
        weights = map_.weights / scale.deviation[:, None]
        biases = map_.biases - scale.mean @ weights
        is_known = np.isin(np.arange(len(train.emotions)), known)
        return FittedLinear(weights, biases, is_known, facts=map_.facts)

    def _map(self, points: Vectors, train: Samples, penalty: float) -> "_Map":
        from affekt.models import _solvers

        weights = balanced(train.codes, balance=self.balance)
        found = _solvers.logistic(points, train.codes, weights, penalty=penalty, most=MOST_STEPS)
        map_ = _no_map(train)
        sides = found.normals, found.offsets
        if len(found.codes) == 2:  # one plane between two: half of it to each side
            sides = np.vstack([-sides[0], sides[0]]), np.hstack([-sides[1], sides[1]])
            sides = sides[0] / 2, sides[1] / 2
        map_.weights[:, found.codes] = sides[0].T
        map_.biases[found.codes] = sides[1]
        return map_._replace(facts={"stopped_early": True} if found.is_early else {})


class _Map(NamedTuple):
    weights: Float[np.ndarray, "feature emotion"]
    biases: Float[np.ndarray, " emotion"]
    facts: dict[str, Any]


def _no_map(train: Samples) -> _Map:
    emotions = len(train.emotions)
    return _Map(np.zeros((train.vectors.shape[1], emotions)), np.zeros(emotions), {})


def _only(train: Samples, rows: np.ndarray) -> Samples:
    groups = tuple(group for group, kept in zip(train.groups, rows, strict=True) if kept)
    return Samples(train.vectors[rows], train.codes[rows], train.emotions, groups)
