"""The same test again and again, after learning from ever more labels."""

from collections.abc import Iterator
from itertools import takewhile
from typing import ClassVar

import numpy as np
import polars as pl
from pydantic import Field

from affekt.errors import AffektError
from affekt.protocols import Fold, Protocol, Rows
from affekt.protocols._sides import sides
from affekt.rank import ranks_of


class LearningCurve(Protocol):
    """Train on ever larger subsets of the part ``train``, test all of the part ``test`` each time.

    A subset holds the smaller ones of its draw, and every emotion as often as all labels do, to one
    picture. Where the plan has a section `[noisy]`, the same is done with weak labels in place of
    the data set's own, under the same test.

    Every subset is a repeat of its own, draw after draw and small ones first; the last, which is
    everything there is, comes once.

    References:
        Perlich, Provost and Simonoff (2003), Tree Induction vs. Logistic Regression: A
        Learning-Curve Analysis, Journal of Machine Learning Research 4.
    """

    is_growing: ClassVar[bool] = True

    fewest: int = Field(16, ge=1, description="labels of the smallest subset; the next has twice")
    draws: int = Field(5, ge=1, description="times that all subsets but the whole are drawn")
    near_bits: int = Field(
        8, ge=0, le=16, description="bits of a hash in which a weakly labelled copy may differ"
    )
    seed: int

    def folds(self, pictures: pl.DataFrame) -> Iterator[Fold]:
        if pictures.is_empty():
            return
        train, test, left_out = sides(pictures)
        if not (train.size and test.size):
            raise AffektError(
                f"protocol 'learning_curve': {train.size} pictures to train on, {test.size} to "
                f"test, parts {sorted(pictures['part'].drop_nulls().unique())}; both 'train' and "
                "'test' are needed; take a data set with parts, such as a release of affekt"
            )
        note = f"{left_out} training pictures left out, their group is tested" if left_out else ""
        steps = self.steps(train.size)
        for draw in range(self.draws):
            order = train[self._order(pictures[train], draw)]
            for at, n in enumerate(steps[:-1]):
                yield Fold(draw * (len(steps) - 1) + at, 0, np.sort(order[:n]), test, note)
        yield Fold(self.draws * (len(steps) - 1), 0, train, test, note)

    def steps(self, labels: int) -> tuple[int, ...]:
        """Give the sizes of the subsets of so many labels: doubled from the fewest, then all."""
        doubled = (self.fewest << at for at in range(labels.bit_length()))
        return (*takewhile(lambda n: n < labels, doubled), labels)

    def _order(self, pictures: pl.DataFrame, draw: int) -> Rows:
        """Give the rows in an order of which every beginning is stratified."""
        place = (pl.int_range(pl.len()) + 0.5) / pl.len()
        ranked = pictures.select(
            "image_id",
            "emotion",
            rank=pl.Series(ranks_of(pictures["image_id"], self.seed, f"learning curve {draw}")),
            row=pl.int_range(pl.len()),
        ).sort("rank", "image_id")
        ordered = ranked.with_columns(place=place.over("emotion")).sort("place", "rank", "image_id")
        return ordered["row"].to_numpy()
