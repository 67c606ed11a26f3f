"""Vectors → probabilities. Whatever is fitted, PCA and scaling too, belongs to the model.

To add one, write ``models/<kind>.py`` with one final subclass of `Model` and its `Fitted` twin. The
exam in ``tests/exams/test_models.py`` finds it by its file; what several models share lies in a
file whose name begins with ``_``.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Bool, Float, Int

from affekt.parts import Part

Vectors = Float[np.ndarray, "image feature"]
Probabilities = Float[np.ndarray, "image emotion"]
Claims = Bool[np.ndarray, "image emotion"]


@dataclass(frozen=True)
class Samples:
    """Training rows.

    Attributes:
        vectors: float32, finite.
        codes: Index into ``emotions`` for each row.
        emotions: All emotions of the data set, in taxonomy order; some may have no row.
        groups: Name of each row's group; rows of one group must stay together in any inner fold.
    """

    vectors: Vectors
    codes: Int[np.ndarray, " image"]
    emotions: tuple[str, ...]
    groups: tuple[str, ...]

    def of(self, rows: np.ndarray) -> "Samples":
        """Give some of the rows, by number or by a mask, copied."""
        return replace(
            self,
            vectors=self.vectors[rows],
            codes=self.codes[rows],
            groups=tuple(np.array(self.groups, dtype=object)[rows]),
        )


@dataclass(frozen=True)
class Fitted(ABC):
    """What a model learned: arrays, never a pickled object."""

    facts: Mapping[str, Any] = field(
        default_factory=dict, kw_only=True
    )  # JSON values, shown in the report

    @abstractmethod
    def probabilities(self, vectors: Vectors) -> Probabilities:
        """Give a row of probabilities over all emotions for each vector; every row sums to 1."""

    def claims(self, vectors: Vectors) -> Claims | None:
        """Tell of each emotion by itself whether it is felt, where one classifier an emotion says.

        A row may have no emotion or several. None from a model that only chooses among emotions; an
        emotion without training rows is never claimed.
        """
        return None


class Model(Part):
    """Vectors → probabilities.

    ``looks`` is False for a floor: a model that answers without looking at the vectors.
    """

    family = "models"
    looks: ClassVar[bool] = True

    @abstractmethod
    def fit(self, train: Samples) -> Fitted:
        """Learn from training rows.

        An emotion without training rows gets probability 0. With one emotion in the rows the answer
        is always that one.
        """
