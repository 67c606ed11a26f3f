"""Vectors → probabilities, or ratings. Whatever is fitted, scaling too, belongs to the model.

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

from affekt.errors import PartError
from affekt.nets.text import TextEncoder
from affekt.parts import Part
from affekt.tables import PREDICTIONS, Schema
from affekt.taxonomy import Taxonomy

Vectors = Float[np.ndarray, "image feature"]
Probabilities = Float[np.ndarray, "image emotion"]
Claims = Bool[np.ndarray, "image emotion"]
Ratings = Float[np.ndarray, "image scale"]


@dataclass(frozen=True)
class Samples:
    """Training rows.

    Attributes:
        vectors: float32, finite.
        codes: Index into ``emotions`` for each row.
        emotions: All emotions of the data set, in taxonomy order; some may have no row.
        groups: Name of each row's group; rows of one group must stay together in any inner fold.
        ratings: Mean rating of each row on each of ``scales``; only there for a model of ratings.
        scales: What people rated, such as valence.
        everything: Vectors of training and tested rows together, without labels; only there for a
            model that says of itself that it is leaky.
    """

    vectors: Vectors
    codes: Int[np.ndarray, " image"]
    emotions: tuple[str, ...]
    groups: tuple[str, ...]
    ratings: Ratings | None = None
    scales: tuple[str, ...] = ()
    everything: Float[np.ndarray, "row feature"] | None = None

    def of(self, rows: np.ndarray) -> "Samples":
        """Give some of the rows, by number or by a mask, copied; ``everything`` stays whole."""
        return replace(
            self,
            vectors=self.vectors[rows],
            codes=self.codes[rows],
            groups=tuple(np.array(self.groups, dtype=object)[rows]),
            ratings=None if self.ratings is None else self.ratings[rows],
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


@dataclass(frozen=True)
class FittedRatings(ABC):
    """What a model of ratings learned: arrays, never a pickled object."""

    facts: Mapping[str, Any] = field(
        default_factory=dict, kw_only=True
    )  # JSON values, shown in the report

    @abstractmethod
    def estimates(self, vectors: Vectors) -> Ratings:
        """Give the expected mean rating on each scale for each vector, in points of the scale."""


class Model(Part):
    """Vectors → probabilities, or → ratings.

    ``looks`` is False for a floor: a model that answers without looking at the vectors. ``gives``
    is ESTIMATES for a model of ratings, whose `fit` gives `FittedRatings`; it needs a data set
    whose pictures are rated. ``learns`` is False for one that fits nothing and passes on what a
    trained net says. ``takes`` names the only lengths of vectors that it can be given. ``is_alone``
    is True for one whose `fit` uses all cores or what the whole process shares, such as PyTorch's
    random numbers: its folds are fitted one after the other. ``reads`` is True for one that holds
    pictures against texts; it needs a feature with a half that reads, see `with_texts`, and its
    results are stamped as not trained.
    """

    family = "models"
    looks: ClassVar[bool] = True
    learns: ClassVar[bool] = True
    takes: ClassVar[frozenset[int] | None] = None
    is_alone: ClassVar[bool] = False
    reads: ClassVar[bool] = False
    gives: ClassVar[Schema] = PREDICTIONS

    def with_texts(self, texts: TextEncoder, taxonomy: Taxonomy) -> "Model":
        """Give the same model with what reads beside the feature, and the data set's emotions.

        Raises:
            PartError: It holds nothing against texts.
        """
        raise PartError(
            f"model {self.kind()!r} was handed texts and has no `with_texts`; write it, or let "
            "`reads` be False"
        )

    @property
    def is_leaky(self) -> bool:
        """Whether it is shown the vectors of tested rows; its results are then stamped LEAKY."""
        return False

    @abstractmethod
    def fit(self, train: Samples) -> Fitted | FittedRatings:
        """Learn from training rows.

        An emotion without training rows gets probability 0. With one emotion in the rows the answer
        is always that one.
        """
