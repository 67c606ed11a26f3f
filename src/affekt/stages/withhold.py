"""Withhold: what a net may learn from goes on, what it will be tested on does not."""

from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl

from affekt.errors import AffektError
from affekt.stage import Desk, Outcome, Stage
from affekt.tables import PICTURES


class Withhold(Stage):
    """Give the pictures of the parts train and validate, and hold everything else back.

    Whatever trains behind it is handed these rows and no others, and its shelf refuses the rest.
    """

    gives = PICTURES
    takes = PICTURES
    reasons: ClassVar[Mapping[str, str]] = {
        "for-testing": "it is of the part test, which nothing that learns may see",
        "twin-is-tested": "a near copy of it is of the part test",
        "no-picture": "the data set brings values instead of the picture",
        "no-part": "the data set names no part for it, so it may be tested",
    }

    def run(self, desk: Desk, pictures: pl.DataFrame, *_: Any, **__: Any) -> Outcome:
        part = pl.col("part")
        tested = pictures.filter(part == "test")["group_id"].drop_nulls().unique()
        is_twin = pl.col("group_id").is_in(tested.implode()).fill_null(False)
        reason = (
            pl.when(pl.col("shard").is_null())
            .then(pl.lit("no-picture"))
            .when(part.is_null())
            .then(pl.lit("no-part"))
            .when(part == "test")
            .then(pl.lit("for-testing"))
            .when(is_twin)
            .then(pl.lit("twin-is-tested"))
        )
        marked = pictures.with_columns(reason=reason)
        kept = marked.filter(pl.col("reason").is_null())
        if kept.filter(part == "train").is_empty():
            raise AffektError(
                f"withhold: none of {pictures.height:,} pictures may be learned from; a net learns "
                "on a data set whose pictures name a part 'train', such as a release of affekt"
            )
        dropped = marked.filter(pl.col("reason").is_not_null())
        counts = dict(kept["part"].value_counts().sort("part").iter_rows())
        return Outcome(
            kept.select(list(PICTURES.columns)),
            dropped.select("image_id", "reason"),
            notes={"pictures": counts},
        )
