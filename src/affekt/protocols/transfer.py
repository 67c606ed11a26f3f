"""Train on one data set, test on another."""

from collections.abc import Iterator
from typing import ClassVar

import polars as pl
from pydantic import Field

from affekt.errors import AffektError
from affekt.protocols import Fold, Protocol
from affekt.protocols._sides import sides


class Transfer(Protocol):
    """Every ordered pair of the plan's data sets: train on the first, test on the second.

    What it sees is a pair as `affekt.stages.pair` makes it: the part ``train`` is of the first data
    set, the part ``test`` of the second, emotions are those that both know by the same name, and no
    picture to train on is a copy of a tested one.
    """

    is_between: ClassVar[bool] = True

    near_bits: int = Field(
        8, ge=0, le=16, description="bits of a hash in which copies may differ; 0: equal hashes"
    )
    by_parts: bool = Field(
        False, description="train on the first's part `train`, test on the second's `test`, if any"
    )

    @property
    def tests_every_picture(self) -> bool:
        return not self.by_parts

    def folds(self, pictures: pl.DataFrame) -> Iterator[Fold]:
        if pictures.is_empty():
            return
        train, test, _ = sides(pictures)
        if not (train.size and test.size):
            raise AffektError(
                f"protocol 'transfer': {train.size} pictures to train on, {test.size} to test; "
                "both data sets need pictures of the emotions that they share, the first other "
                "ones than copies of the second's, and the entry's feature must tell of both"
            )
        yield Fold(0, 0, train, test)
