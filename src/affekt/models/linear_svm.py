"""The paper's classifier of small sets: few principal components, one linear SVM an emotion."""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float
from pydantic import Field

from affekt.models import Model, Samples, Vectors
from affekt.models._linear import FittedLinear, balanced, on_one_thread, scaling

MOST_STEPS = 10_000  # of the solver; a plane that needs more is told among the facts


class LinearSvm(Model):
    """PCA, then a linear SVM with squared hinge loss for each emotion against the rest.

    Its probabilities are the softmax of the margins: they order the emotions and are not
    calibrated.

    References:
        Fan, Chang, Hsieh, Wang and Lin (2008), LIBLINEAR: A library for large linear
        classification, Journal of Machine Learning Research 9.
        You, Luo, Jin and Yang (2016), Building a large scale dataset for image emotion
        recognition: The fine print and the benchmark, AAAI (20 components, unequal penalties).
    """

    components: int | None = Field(
        20, ge=1, description="principal components, fitted on training rows; all features without"
    )
    penalty: float = Field(1.0, gt=0, description="C, cost of a margin violation; no unit")
    balance: bool = Field(True, description="errors on rare emotions cost more, by 1 / share")
    standardise: bool = Field(True, description="divide each feature by its deviation before PCA")
    seed: int

    def fit(self, train: Samples) -> FittedLinear:
        known = np.unique(train.codes)
        with on_one_thread():
            scale = scaling(train.vectors, standardise=self.standardise)
            scaled = scale.of(train.vectors)
            axes = self._axes(scaled)
            planes, facts = self._planes(scaled @ axes.directions, train, known)
        weights = (axes.directions / scale.deviation[:, None]) @ planes[:-1]
        return FittedLinear(
            weights,
            planes[-1] - scale.mean @ weights,
            np.isin(np.arange(len(train.emotions)), known),
            facts={"probabilities": "softmax of margins, not calibrated", **axes.facts, **facts},
        )

    def _axes(self, scaled: Vectors) -> "_Axes":
        """Give the directions to project on, and what they keep."""
        from affekt.models import _solvers

        rows, features = scaled.shape
        if self.components is None:
            return _Axes(np.eye(features), {"components": features, "variance_kept": 1.0})
        kept = min(self.components, features, max(rows - 1, 1))
        facts: dict[str, Any] = {"components": kept, "components_wanted": self.components}
        if not scaled.any():
            return _Axes(np.eye(features)[:, :kept], {**facts, "variance_kept": 1.0})
        few = 10 * kept <= min(rows, features)
        found = _solvers.components(scaled, kept, exact=not few, seed=self.seed)
        share = found.share if rows > 1 else 1.0
        return _Axes(found.directions, {**facts, "variance_kept": round(share, 6)})

    def _planes(
        self, points: Vectors, train: Samples, known: np.ndarray
    ) -> tuple[Float[np.ndarray, "component_and_one emotion"], dict[str, Any]]:
        """Give one plane a known emotion: its normal, and the offset in the last row."""
        from affekt.models import _solvers

        planes = np.zeros((points.shape[1] + 1, len(train.emotions)))
        stopped = []
        for code in known if len(known) > 1 else []:
            is_it = (train.codes == code).astype(int)
            weights = balanced(is_it, balance=self.balance)
            found = _solvers.svm(points, is_it, weights, penalty=self.penalty, most=MOST_STEPS)
            stopped += [train.emotions[code]] if found.is_early else []
            planes[:-1, code], planes[-1, code] = found.normals[0], found.offsets[0]
        return planes, {"stopped_early": stopped} if stopped else {}


class _Axes(NamedTuple):
    directions: Float[np.ndarray, "feature component"]
    facts: dict[str, Any]
