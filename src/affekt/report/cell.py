"""From one result of the benchmark, or the tests that were published of it, to its scores."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from affekt.report import leaks, tested
from affekt.report.scores import Cell
from affekt.store import Failure

if TYPE_CHECKING:
    from affekt.plan import Result


def cell(result: "Result", seed: int, memory: leaks.Memory | None = None) -> Cell | Failure:
    """Give the scores of one result, or why there are none."""
    tests = tested.rows(result, memory or leaks.Memory())
    return tests if isinstance(tests, Failure) else cell_of(tested.about(result), tests, seed)


def cell_of(about: tested.About, tests: pl.DataFrame, seed: int) -> Cell:
    """Give the scores of tests as `affekt.report.tested.rows` gives them."""
    rows = tested.usable(tests, about.emotions)
    seen = rows.unique("image_id", keep="first").sort("image_id")
    n_folds = tests.group_by("repeat").agg(pl.col("fold").n_unique())["fold"]
    return Cell(
        about=about,
        tested=tested.arrays(rows, about.emotions),
        pictures=seen.select("image_id", "name", "emotion", "part", "shares"),
        near_bits=rows["near_bits"].fill_null(-1).to_numpy().astype(np.int64),
        n_groups=tested.groups(rows).n_unique(),
        repeats=tests["repeat"].n_unique(),
        folds=max(n_folds, default=0),
        unusable=tests.height - rows.height,
        untrained=frozenset(tests.filter(~pl.col("is_trained"))["emotion"].drop_nulls()),
        seed=seed,
    )
