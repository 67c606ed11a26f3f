"""The paper's classifier of small sets: few principal components, one linear SVM an emotion."""

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np
from jaxtyping import Bool, Float
from pydantic import Field

from affekt.models import Claims, Fitted, Model, Probabilities, Samples, Vectors
from affekt.models._axes import FITTED_ON, FittedOn, View, view
from affekt.models._linear import COSTLIER, Costlier, balanced, on_one_thread, sided, softmax
from affekt.models._search import best, inner_folds

MOST_STEPS = 10_000  # of the solver; a plane that needs more is told among the facts
PENALTIES = tuple(4.0**power for power in range(-5, 3))  # C from 2^-10 to 2^4


@dataclass(frozen=True)
class FittedMachines(Fitted):
    """One plane an emotion; its positive side is the emotion.

    Attributes:
        weights: One column an emotion.
        biases: One value an emotion.
        is_known: Emotions that had training rows; the others get probability 0.
    """

    weights: Float[np.ndarray, "feature emotion"]
    biases: Float[np.ndarray, " emotion"]
    is_known: Bool[np.ndarray, " emotion"]

    def margins(self, vectors: Vectors) -> Float[np.ndarray, "image emotion"]:
        """Give the value of each machine; its sign is its decision, no unit."""
        margins: Float[np.ndarray, "image emotion"] = (
            vectors.astype(float) @ self.weights + self.biases
        )
        return margins

    def probabilities(self, vectors: Vectors) -> Probabilities:
        return softmax(self.margins(vectors), self.is_known)

    def claims(self, vectors: Vectors) -> Claims:
        claims: Claims = (self.margins(vectors) > 0) & self.is_known
        return claims


class LinearSvm(Model):
    """PCA, then a linear SVM with squared hinge loss for each emotion against the rest.

    Its probabilities are the softmax of the margins: they order the emotions and are not
    calibrated. What each machine claims of its emotion alone is the sign of its margin.

    With ``penalty = "search"``, one C for all machines is chosen inside the training rows: that of
    the fewest wrong choices among the emotions, each emotion counting the same with ``balance``, in
    folds that keep groups together and spread emotions; the smaller C wins a tie. Scaling and
    components are fitted inside each of these folds.

    References:
        Fan, Chang, Hsieh, Wang and Lin (2008), LIBLINEAR: A library for large linear
        classification, Journal of Machine Learning Research 9.
        You, Luo, Jin and Yang (2016), Building a large scale dataset for image emotion
        recognition: The fine print and the benchmark, AAAI (20 components, unequal penalties).
    """

    components: int | None = Field(
        20, ge=1, description="principal components, fitted on training rows; all features without"
    )
    penalty: Annotated[float, Field(gt=0)] | Literal["search"] = Field(
        1.0, description='C, cost of a margin violation, or "search"; no unit'
    )
    inner_folds: int = Field(5, ge=2, description="folds of the search inside the training rows")
    balance: bool = Field(True, description="errors of one side cost more, by 1 / share")
    costlier: Costlier = Field("rare", description=COSTLIER)
    standardise: bool = Field(True, description="divide each feature by its deviation before PCA")
    fitted_on: FittedOn = Field("train", description=FITTED_ON)
    seed: int

    @property
    def is_leaky(self) -> bool:
        return self.fitted_on == "everything"

    def fit(self, train: Samples) -> FittedMachines:
        with on_one_thread():
            penalty, told = self._chosen(train)
            seen = self._view(train)
            fitted = self._fitted(seen, train, penalty)
        facts = {"probabilities": "softmax of margins, not calibrated", **seen.facts, **told}
        return replace(fitted, facts={**facts, **fitted.facts})

    def _chosen(self, train: Samples) -> tuple[float, dict[str, Any]]:
        """Give C, and how it was chosen."""
        if self.penalty != "search":
            return self.penalty, {}
        inner = inner_folds(train, self.inner_folds, seed=self.seed)
        if not inner or len(np.unique(train.codes)) < 2:
            return 1.0, {"penalty": 1.0, "penalty_search": "too few rows"}
        wrong = np.zeros((len(PENALTIES), len(train.codes)))
        for fold in inner:
            inner_view, asked = self._view(fold.train), train.of(fold.asked)
            for at, penalty in enumerate(PENALTIES):
                said = self._fitted(inner_view, fold.train, penalty).probabilities(asked.vectors)
                wrong[at, fold.asked] = said.argmax(axis=1) != asked.codes
        weights = balanced(train.codes, balance=self.balance)
        return best(PENALTIES, (weights * wrong).mean(axis=1))

    def _view(self, train: Samples) -> View:
        return view(
            train,
            components=self.components,
            standardise=self.standardise,
            fitted_on=self.fitted_on,
            seed=self.seed,
        )

    def _fitted(self, seen: View, train: Samples, penalty: float) -> FittedMachines:
        planes, facts = self._planes(seen.points, train, penalty)
        is_known = np.isin(np.arange(len(train.emotions)), train.codes)
        biases = planes[-1] + seen.offset @ planes[:-1]
        return FittedMachines(seen.directions @ planes[:-1], biases, is_known, facts=facts)

    def _planes(
        self, points: Vectors, train: Samples, penalty: float
    ) -> tuple[Float[np.ndarray, "component_and_one emotion"], dict[str, Any]]:
        """Give one plane a known emotion: its normal, and the offset in the last row.

        The only emotion there is lies on the positive side of everything.
        """
        from affekt.models import _solvers

        planes = np.zeros((points.shape[1] + 1, len(train.emotions)))
        known, stopped = np.unique(train.codes), []
        planes[-1, known] = 1.0
        for code in known if len(known) > 1 else []:
            is_it = (train.codes == code).astype(int)
            weights = sided(is_it, balance=self.balance, costlier=self.costlier)
            found = _solvers.svm(points, is_it, weights, penalty=penalty, most=MOST_STEPS)
            stopped += [train.emotions[code]] if found.is_early else []
            planes[:-1, code], planes[-1, code] = found.normals[0], found.offsets[0]
        return planes, {"stopped_early": stopped} if stopped else {}
