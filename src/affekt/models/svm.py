"""The paper's classifier of the large set: LIBSVM on principal components, with class weights."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int
from pydantic import Field, model_validator

from affekt.models import Claims, Fitted, Model, Probabilities, Samples, Vectors
from affekt.models._axes import FITTED_ON, FittedOn, View, view
from affekt.models._linear import COSTLIER, Costlier, balanced, on_one_thread, sided, softmax

MANY_ROWS = 10_000  # above, LIBSVM takes minutes without components: its time grows by the square
MOST_STEPS = 10_000_000  # of the solver; a machine that needs more is told among the facts
AT_ONCE = 500  # rows of kernel values in memory together
REST = -1  # in place of an emotion: all the others
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FittedSvm(Fitted):
    """Machines between two emotions, or between one and the rest.

    Attributes:
        directions: Scaling and components, as one affine map.
        offset: Of that map.
        support: Points that the machines lean on; of linear ones, their normals.
        coefficients: What each point weighs in each machine.
        intercepts: One value a machine.
        gamma: Of the radial basis function, 1 / squared length; 0 for linear machines.
        positive: Code of the emotion on the positive side of each machine.
        negative: Code of the other one; -1 for the rest.
        is_known: Emotions that had training rows; the others get probability 0.
        is_one_vs_rest: Whether a machine is between one emotion and the rest.
    """

    directions: Float[np.ndarray, "feature component"]
    offset: Float[np.ndarray, " component"]
    support: Float[np.ndarray, "support component"]
    coefficients: Float[np.ndarray, "support machine"]
    intercepts: Float[np.ndarray, " machine"]
    gamma: Float[np.ndarray, ""]
    positive: Int[np.ndarray, " machine"]
    negative: Int[np.ndarray, " machine"]
    is_known: Bool[np.ndarray, " emotion"]
    is_one_vs_rest: Bool[np.ndarray, ""]

    def margins(self, vectors: Vectors) -> Float[np.ndarray, "image machine"]:
        """Give the value of each machine; its sign is its decision, no unit."""
        found = np.zeros((len(vectors), self.intercepts.size))
        for first in range(0, len(vectors), AT_ONCE):
            rows = slice(first, first + AT_ONCE)
            points = vectors[rows].astype(float) @ self.directions + self.offset
            found[rows] = self._kernel(points) @ self.coefficients + self.intercepts
        return found

    def _kernel(self, points: Vectors) -> Float[np.ndarray, "image support"]:
        inner: Float[np.ndarray, "image support"] = points @ self.support.T
        if not self.gamma:
            return inner
        squares = np.square(points).sum(axis=1)[:, None] + np.square(self.support).sum(axis=1)
        values: Float[np.ndarray, "image support"] = np.exp(
            -self.gamma * np.maximum(squares - 2 * inner, 0.0)
        )
        return values

    def probabilities(self, vectors: Vectors) -> Probabilities:
        margins = self.margins(vectors)
        if self.is_one_vs_rest:
            scores = np.zeros((len(vectors), self.is_known.size))
            scores[:, self.positive] = margins
        else:
            scores = self._votes(margins)
        return softmax(scores, self.is_known)

    def claims(self, vectors: Vectors) -> Claims | None:
        if not self.is_one_vs_rest:
            return None
        claims = np.tile(self.is_known, (len(vectors), 1))  # the only emotion needs no machine
        claims[:, self.positive] = self.margins(vectors) > 0
        return claims

    def _votes(
        self, margins: Float[np.ndarray, "image machine"]
    ) -> Float[np.ndarray, "image emotion"]:
        """Give the votes of each emotion, and below a third of a vote how sure they are."""
        wins = np.where(np.abs(margins) < 1e-9, 0.5, margins > 0)  # on the plane: half a vote each
        votes = np.zeros((len(margins), self.is_known.size))
        sure = np.zeros_like(votes)
        for at, (one, other) in enumerate(zip(self.positive, self.negative, strict=True)):
            votes[:, one] += wins[:, at]
            votes[:, other] += 1 - wins[:, at]
            sure[:, one] += margins[:, at]
            sure[:, other] -= margins[:, at]
        counted: Float[np.ndarray, "image emotion"] = votes + sure / (3 * (np.abs(sure) + 1))
        return counted


class Svm(Model):
    """PCA, then LIBSVM with class weights: one machine a pair of emotions, or one an emotion.

    LIBSVM itself decides among several classes by one machine a pair, each with a vote. The
    2016 paper names LIBSVM for its large set and one-vs-all for the small ones, so both are
    settings. Probabilities are the softmax of votes or of margins: they order the emotions and are
    not calibrated. Claims of single emotions exist with ``one_vs_rest`` only.

    References:
        Chang and Lin (2011), LIBSVM: A library for support vector machines, ACM Transactions on
        Intelligent Systems and Technology 2.

    Differs:
        Where two emotions have equally many votes the larger sum of margins decides; LIBSVM takes
        the one it met first.
    """

    kernel: Literal["linear", "rbf"] = Field(
        "linear", description="plain products, or a radial basis function of distances"
    )
    scheme: Literal["one_vs_one", "one_vs_rest"] = Field(
        "one_vs_one", description="a machine each pair of emotions, or each emotion"
    )
    components: int | None = Field(
        100, ge=1, description="principal components, fitted on training rows; all features without"
    )
    penalty: float = Field(1.0, gt=0, description="C, cost of a margin violation; no unit")
    gamma: Annotated[float, Field(gt=0)] | Literal["scale"] = Field(
        "scale", description="of `rbf`; `scale` is 1 / (components × variance)"
    )
    balance: bool = Field(True, description="errors on rare emotions cost more, by 1 / share")
    costlier: Costlier = Field("rare", description=COSTLIER)
    standardise: bool = Field(True, description="divide each feature by its deviation before PCA")
    fitted_on: FittedOn = Field("train", description=FITTED_ON)
    seed: int

    @model_validator(mode="after")
    def _has_negatives(self) -> "Svm":
        if self.scheme == "one_vs_one" and self.costlier == "negatives":
            raise ValueError(
                "costlier is 'negatives', and a machine between two emotions has none; "
                'set scheme = "one_vs_rest"'
            )
        return self

    @property
    def is_leaky(self) -> bool:
        return self.fitted_on == "everything"

    def fit(self, train: Samples) -> FittedSvm:
        with on_one_thread():
            seen = view(
                train,
                components=self.components,
                standardise=self.standardise,
                fitted_on=self.fitted_on,
                seed=self.seed,
            )
            return self._fitted(seen, train)

    def _fitted(self, seen: View, train: Samples) -> FittedSvm:
        gamma = self._gamma(seen.points)
        tasks = list(self._tasks(train.codes))
        machines = _machines(seen.points, tasks, penalty=self.penalty, gamma=gamma)
        return FittedSvm(
            seen.directions,
            seen.offset,
            machines.support,
            machines.coefficients,
            machines.intercepts,
            np.array(gamma or 0.0),
            np.array([task.positive for task in tasks], dtype=int),
            np.array([task.negative for task in tasks], dtype=int),
            np.isin(np.arange(len(train.emotions)), train.codes),
            np.array(self.scheme == "one_vs_rest"),
            facts=self._facts(seen, train, machines.early),
        )

    def _gamma(self, points: Vectors) -> float | None:
        if self.kernel == "linear":
            return None
        if self.gamma != "scale":
            return self.gamma
        spread = float(points.var()) * points.shape[1]
        return 1 / spread if spread > 0 else 1.0

    def _tasks(self, codes: Int[np.ndarray, " image"]) -> Iterator["_Task"]:
        """Give what each machine separates, with the weight of each row."""
        known = [int(code) for code in np.unique(codes)]
        shares = balanced(codes, balance=self.balance)
        everybody = np.arange(codes.size)
        for at, one in enumerate(known if len(known) > 1 else []):
            if self.scheme == "one_vs_rest":
                is_it = (codes == one).astype(int)
                weights = sided(is_it, balance=self.balance, costlier=self.costlier)
                yield _Task(one, REST, everybody, is_it, weights)
                continue
            for other in known[at + 1 :]:
                rows = np.flatnonzero((codes == one) | (codes == other))
                yield _Task(one, other, rows, (codes[rows] == one).astype(int), shares[rows])

    def _facts(self, seen: View, train: Samples, early: int) -> dict[str, Any]:
        facts = {
            "scheme": self.scheme,
            "probabilities": "softmax of votes or margins, not calibrated",
            **seen.facts,
        }
        if early:
            facts["stopped_early"] = early
        if len(train.codes) > MANY_ROWS and self.components is None:
            facts["slow"] = f"{len(train.codes):,} rows without components"
            log.warning(
                "svm: %s rows without components: LIBSVM's time grows by the square of the rows; "
                "set `components`, or take linear_svm",
                f"{len(train.codes):,}",
            )
        return facts


class _Task(NamedTuple):
    positive: int
    negative: int
    rows: Int[np.ndarray, " row"]
    is_it: Int[np.ndarray, " row"]
    weights: Float[np.ndarray, " row"]


class _Machines(NamedTuple):
    support: Float[np.ndarray, "support component"]
    coefficients: Float[np.ndarray, "support machine"]
    intercepts: Float[np.ndarray, " machine"]
    early: int


def _machines(
    points: Vectors, tasks: list[_Task], *, penalty: float, gamma: float | None
) -> _Machines:
    from affekt.models import _solvers

    found = [
        _solvers.kernel_machine(
            points[task.rows],
            task.is_it,
            task.weights,
            penalty=penalty,
            gamma=gamma,
            most=MOST_STEPS,
        )
        for task in tasks
    ]
    weighs = np.zeros((len(points), len(tasks)))
    for at, (task, machine) in enumerate(zip(tasks, found, strict=True)):
        weighs[task.rows[machine.rows], at] = machine.coefficients
    intercepts = np.array([machine.offset for machine in found])
    early = sum(machine.is_early for machine in found)
    if gamma is None:  # a linear machine is one normal, whatever it leans on
        return _Machines((points.T @ weighs).T, np.eye(len(tasks)), intercepts, early)
    leaned = np.flatnonzero(weighs.any(axis=1))
    return _Machines(points[leaned], weighs[leaned], intercepts, early)
