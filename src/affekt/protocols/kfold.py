"""Every picture is tested once a repeat, by a model that saw none of its group."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from pydantic import Field

from affekt.errors import AffektError
from affekt.protocols import Fold, Protocol
from affekt.protocols._scarce import Scarce, judged
from affekt.rank import dealt


class KFold(Protocol):
    """Cross-validation in folds dealt by rank.

    The dealing depends on ``image_id``, ``group_id``, ``emotion`` and the seed, not on the order
    of rows. The 2016 paper's five random batches are ``stratified = false, grouped = false``.

    An emotion with fewer pictures than folds, or than ``scarce_below``, is scarce.
    """

    n_folds: int = Field(5, ge=2, description="folds a repeat")
    repeats: int = Field(1, ge=1, description="times that everything is dealt anew")
    stratified: bool = Field(True, description="spread every emotion evenly over the folds")
    grouped: bool = Field(True, description="keep pictures of one group in one fold")
    scarce: Scarce = Field(
        "unreported",
        description="emotions too rare for folds: left out of means, of the data, or of neither",
    )
    scarce_below: int = Field(
        10, ge=0, description="pictures below which an emotion is scarce; at least the folds"
    )
    scarce_emotions: tuple[str, ...] = Field(
        (), description="emotions that are scarce whatever their pictures"
    )
    seed: int

    @property
    def tests_every_picture(self) -> bool:
        return True

    def folds(self, pictures: pl.DataFrame) -> Iterator[Fold]:
        if pictures.is_empty():
            return
        verdict = judged(
            pictures["emotion"].to_list(),
            self.scarce,
            below=max(self.scarce_below, self.n_folds),
            named=self.scarce_emotions,
        )
        is_kept = (~pictures["emotion"].is_in(verdict.dropped)).to_numpy()
        kept, rows = pictures.filter(is_kept), np.flatnonzero(is_kept)
        if kept.is_empty():
            raise AffektError(
                "protocol 'kfold': every emotion is scarce, so that all pictures are dropped; "
                'lower `scarce_below`, or set `scarce = "kept"`'
            )
        for fold in self._folds(kept):
            note = "; ".join(filter(None, (fold.note, verdict.told)))
            train, test = rows[fold.train], rows[fold.test]
            yield Fold(fold.repeat, fold.number, train, test, note, verdict.unreported)

    def _folds(self, pictures: pl.DataFrame) -> Iterator[Fold]:
        groups = self._groups(pictures)
        folds = min(self.n_folds, len(set(groups)))
        if folds < 2:
            raise AffektError(
                f"protocol 'kfold': all {len(groups)} pictures are in one group, {groups[0]!r}; "
                "at least two groups are needed; add pictures, or set `grouped = false`"
            )
        note = self._note(pictures["emotion"].to_list(), groups, folds)
        labels = pictures["emotion"].to_list() if self.stratified else [""] * len(groups)
        for repeat in range(self.repeats):
            hand = np.array(dealt(groups, labels, folds, seed=self.seed, purpose=f"fold {repeat}"))
            for number in range(folds):
                train, test = np.flatnonzero(hand != number), np.flatnonzero(hand == number)
                yield Fold(repeat, number, train, test, note)

    def _groups(self, pictures: pl.DataFrame) -> list[str]:
        group = pl.coalesce("group_id", "image_id") if self.grouped else pl.col("image_id")
        return pictures.select(group.alias("group")).to_series().to_list()

    def _note(self, emotions: list[str], groups: list[str], folds: int) -> str:
        """Give what could not be had, in one sentence, or ``""``."""
        said = []
        if folds < self.n_folds:
            said.append(f"{folds} folds instead of {self.n_folds}, one a group")
        for emotion in sorted(set(emotions)):
            held = {group for group, its in zip(groups, emotions, strict=True) if its == emotion}
            if len(held) < folds:
                said.append(f"{emotion} in {len(held)} groups only, so not tested in every fold")
        return "; ".join(said)
