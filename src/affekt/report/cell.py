"""From the tests of one result of the benchmark to its scores."""

import numpy as np
import polars as pl

from affekt.report import tested
from affekt.report.scores import Cell


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
