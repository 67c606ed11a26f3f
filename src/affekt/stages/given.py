"""Given: the values that a data set brings itself stand where a feature's would."""

from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl

from affekt.errors import AffektError
from affekt.stage import Desk, Outcome, Stage
from affekt.tables import FEATURES, PICTURES


class Given(Stage):
    """Take the values that the data set brings, for entries whose feature is ``given``."""

    gives = FEATURES
    takes = PICTURES
    reasons: ClassVar[Mapping[str, str]] = {
        "no-values": "the data set brings no values of this picture"
    }

    def run(self, desk: Desk, pictures: pl.DataFrame, **_: Any) -> Outcome:
        has_values = pl.col("values").is_not_null()
        kept = pictures.filter(has_values).select("image_id", vector="values")
        if kept.is_empty() and not pictures.is_empty():
            raise AffektError(
                "given: the data set brings no values of its own, such as 'abstract_paintings' "
                "without pictures does; name a `feature`, or leave the entry out by `on`"
            )
        lost = pictures.filter(~has_values)
        return Outcome(kept, lost.select("image_id", reason=pl.lit("no-values")))
