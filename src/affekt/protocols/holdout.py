"""The split that the data set itself says."""

from collections.abc import Iterator

import polars as pl
from pydantic import Field

from affekt.errors import AffektError
from affekt.protocols import Fold, Protocol
from affekt.protocols._sides import sides


class Holdout(Protocol):
    """Train on the part ``train``, test on the part ``test``."""

    with_validation: bool = Field(
        False, description="train on the part `validate` too, which is else left for choices"
    )
    grouped: bool = Field(True, description="leave out training pictures whose group is tested")

    def folds(self, pictures: pl.DataFrame) -> Iterator[Fold]:
        if pictures.is_empty():
            return
        learned = ("train", "validate") if self.with_validation else ("train",)
        train, test, left_out = sides(pictures, learned, grouped=self.grouped)
        if not (train.size and test.size):
            raise AffektError(
                f"protocol 'holdout': {train.size} pictures to train on, {test.size} to test, parts"
                f" {sorted(pictures['part'].drop_nulls().unique())}; both 'train' and 'test' are "
                "needed; use the protocol 'kfold' for a data set without parts"
            )
        note = f"{left_out} training pictures left out, their group is tested" if left_out else ""
        yield Fold(0, 0, train, test, note)
