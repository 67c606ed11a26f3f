"""The two sides that parts of a data set say, without what is tested among what is learned from."""

from typing import NamedTuple

import numpy as np
import polars as pl

from affekt.protocols import Rows


class Sides(NamedTuple):
    """Row numbers of both sides.

    Attributes:
        left_out: Rows that might be learned from, but for a tested one in their group.
    """

    train: Rows
    test: Rows
    left_out: int


def sides(
    pictures: pl.DataFrame, learned: tuple[str, ...] = ("train",), *, grouped: bool = True
) -> Sides:
    """Give the rows of the parts that are learned from, and those of the part ``test``.

    Args:
        pictures: Rows of schema `affekt.tables.PICTURES`.
        learned: Parts to learn from.
        grouped: Leave out of them whatever shares a group with a tested picture.
    """
    is_test = (pictures["part"] == "test").fill_null(False)
    is_train = pictures["part"].is_in(learned).fill_null(False)
    group = pictures.select(pl.coalesce("group_id", "image_id")).to_series()
    is_twin = is_train & group.is_in(group.filter(is_test).implode()) & grouped
    train = np.flatnonzero((is_train & ~is_twin).to_numpy())
    return Sides(train, np.flatnonzero(is_test.to_numpy()), int(is_twin.sum()))
