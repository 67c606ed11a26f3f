"""Who is trained on, who is tested.

To add one, write ``protocols/<kind>.py`` with one final subclass of `Protocol`. The exam in
``tests/exams/test_protocols.py`` finds it by its file.
"""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import polars as pl
from jaxtyping import Int

from affekt.parts import Part

Rows = Int[np.ndarray, "_"]  # row numbers


@dataclass(frozen=True)
class Fold:
    """Row numbers of one training and test round.

    Attributes:
        repeat: Repetition, from 0.
        number: Fold inside the repetition, from 0.
        train: Rows to learn from.
        test: Rows to predict; disjoint from ``train``.
        note: A fallback that was taken, in one sentence; ``""`` when none was needed.
        unreported: Emotions without scores of their own and without a part in means; None leaves
            it to the report, which is silent on those with hardly a tested picture.
        validate: Rows that are neither learned from nor tested, but kept for choices: a
            temperature is fitted on them, and nothing else.
    """

    repeat: int
    number: int
    train: Int[np.ndarray, " train"]
    test: Int[np.ndarray, " test"]
    note: str = ""
    unreported: tuple[str, ...] | None = None
    validate: Int[np.ndarray, " validate"] = field(default_factory=lambda: np.zeros(0, np.int64))


class Protocol(Part):
    """Who is trained on, who is tested.

    ``is_between`` is True for a protocol that trains on one data set and tests on another: its
    tables are pairs, in which the part says the side. ``is_growing`` is True for one whose repeats
    differ in how much is learned from, so that their mean says nothing.
    """

    family = "protocols"
    is_between: ClassVar[bool] = False
    is_growing: ClassVar[bool] = False

    @property
    def tests_every_picture(self) -> bool:
        """Whether no part of a data set is left untested; a net that learned there then fails."""
        return False

    @abstractmethod
    def folds(self, pictures: pl.DataFrame) -> Iterator[Fold]:
        """Give the folds of a table of schema `affekt.tables.PICTURES`.

        Rows are numbered as they stand. No ``group_id`` is on both sides of a fold unless the
        part's settings say so. The draw depends on the rows, not on their order. An empty table has
        no folds.

        Raises:
            AffektError: No fold can be made of these pictures; the sentence says what to change.
        """
