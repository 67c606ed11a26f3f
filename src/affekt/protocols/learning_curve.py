"""The same test again and again, after learning from ever more labels."""

from collections.abc import Iterator
from itertools import takewhile
from typing import ClassVar, NamedTuple

import numpy as np
import polars as pl
from pydantic import Field

from affekt.errors import AffektError
from affekt.protocols import Fold, Protocol, Rows
from affekt.protocols._sides import sides
from affekt.rank import dealt, ranks_of


class Turn(NamedTuple):
    """Rows that may be learned from, and rows that are tested after each subset of them."""

    train: Rows
    test: Rows
    note: str = ""


class LearningCurve(Protocol):
    """Train on ever larger subsets of the part ``train``, test all of the part ``test`` each time.

    A subset holds the smaller ones of its draw, and every emotion as often as all labels do, to one
    picture. Where the plan has a section `[noisy]`, the same is done with weak labels in place of
    the data set's own, under the same test.

    A data set without parts is dealt into folds, groups whole: each is tested after learning from
    subsets of the others, so that every picture is tested once a size and draw. All folds learn
    from equally many, so the whole is as much as the smallest of these trainings has.

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
    n_folds: int = Field(5, ge=2, description="folds of a data set that names no parts")
    seed: int

    def folds(self, pictures: pl.DataFrame) -> Iterator[Fold]:
        if pictures.is_empty():
            return
        has_parts = pictures["part"].is_not_null().any()
        turns = [self._by_parts(pictures)] if has_parts else self._dealt(pictures)
        steps = self.steps(min(turn.train.size for turn in turns))
        for draw in range(self.draws):
            for at, labels in enumerate(steps[:-1]):
                repeat = draw * (len(steps) - 1) + at
                yield from self._repeat(pictures, turns, repeat, draw, labels)
        yield from self._repeat(pictures, turns, self.draws * (len(steps) - 1), 0, steps[-1])

    def steps(self, labels: int) -> tuple[int, ...]:
        """Give the sizes of the subsets of so many labels: doubled from the fewest, then all."""
        doubled = (self.fewest << at for at in range(labels.bit_length()))
        return (*takewhile(lambda n: n < labels, doubled), labels)

    def _by_parts(self, pictures: pl.DataFrame) -> Turn:
        train, test, left_out = sides(pictures)
        if not (train.size and test.size):
            raise AffektError(
                f"protocol 'learning_curve': {train.size} pictures to train on, {test.size} to "
                f"test, parts {sorted(pictures['part'].drop_nulls().unique())}; a data set with "
                "parts needs both 'train' and 'test'"
            )
        note = f"{left_out} training pictures left out, their group is tested" if left_out else ""
        return Turn(train, test, note)

    def _dealt(self, pictures: pl.DataFrame) -> list[Turn]:
        groups = pictures.select(pl.coalesce("group_id", "image_id")).to_series().to_list()
        folds = min(self.n_folds, len(set(groups)))
        if folds < 2:
            raise AffektError(
                f"protocol 'learning_curve': all {len(groups)} pictures are in one group, "
                f"{groups[0]!r}, and name no parts; at least two groups are needed; add pictures"
            )
        emotions = pictures["emotion"].to_list()
        hand = np.array(dealt(groups, emotions, folds, seed=self.seed, purpose="learning curve"))
        note = f"{folds} folds instead of {self.n_folds}, one a group"
        return [
            Turn(
                np.flatnonzero(hand != at),
                np.flatnonzero(hand == at),
                note if folds < self.n_folds else "",
            )
            for at in range(folds)
        ]

    def _repeat(
        self, pictures: pl.DataFrame, turns: list[Turn], repeat: int, draw: int, labels: int
    ) -> Iterator[Fold]:
        for number, turn in enumerate(turns):
            order = turn.train[self._order(pictures[turn.train], draw)]
            yield Fold(repeat, number, np.sort(order[:labels]), turn.test, turn.note)

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
