"""The split that the data set itself says."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from pydantic import Field

from affekt.errors import AffektError
from affekt.protocols import Fold, Protocol


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
        part = pictures["part"]
        is_test = (part == "test").fill_null(False)
        is_train = part.is_in(["train", "validate"] if self.with_validation else ["train"])
        is_train = is_train.fill_null(False)
        group = pictures.select(pl.coalesce("group_id", "image_id")).to_series()
        is_twin = is_train & group.is_in(group.filter(is_test).implode()) & self.grouped
        train = np.flatnonzero((is_train & ~is_twin).to_numpy())
        test = np.flatnonzero(is_test.to_numpy())
        if not (train.size and test.size):
            raise AffektError(
                f"protocol 'holdout': {train.size} pictures to train on, {test.size} to test, parts"
                f" {sorted(part.drop_nulls().unique())}; both 'train' and 'test' are needed; "
                "use the protocol 'kfold' for a data set without parts"
            )
        left_out = int(is_twin.sum())
        is_for_choices = (part == "validate").fill_null(False) & ~is_train
        is_near = group.is_in(group.filter(is_test | is_train).implode()) & self.grouped
        validate = np.flatnonzero((is_for_choices & ~is_near).to_numpy())
        note = f"{left_out} training pictures left out, their group is tested" if left_out else ""
        yield Fold(0, 0, train, test, note, validate=validate)
