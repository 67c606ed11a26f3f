"""The split that the data set itself says."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from pydantic import Field

from affekt.errors import AffektError
from affekt.protocols import Fold, Protocol, Rows
from affekt.protocols._sides import sides


class Holdout(Protocol):
    """Train on the part ``train``, test on the part ``test``; ``validate`` is left for choices."""

    version = 2

    with_validation: bool = Field(
        False, description="train on the part `validate` too, which is else left for choices"
    )
    grouped: bool = Field(
        True,
        description="leave out training pictures whose group is tested, and pictures of the part "
        "`validate` whose group is on either side",
    )

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
        validate = self._for_choices(pictures, train, test)
        note = f"{left_out} training pictures left out, their group is tested" if left_out else ""
        yield Fold(0, 0, train, test, note, validate=validate)

    def _for_choices(self, pictures: pl.DataFrame, train: Rows, test: Rows) -> Rows:
        """Give the rows of the part ``validate`` that nothing else is done with."""
        is_apart = (pictures["part"] == "validate").fill_null(False)
        group = pictures.select(pl.coalesce("group_id", "image_id")).to_series()
        used = np.concatenate([train, test])
        if self.with_validation:
            return np.zeros(0, np.int64)
        is_near = group.is_in(group[used].implode()) & self.grouped
        return np.flatnonzero((is_apart & ~is_near).to_numpy())
