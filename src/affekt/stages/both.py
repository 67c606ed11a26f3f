"""Both: the vectors of two data sets as one table."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from affekt.stage import Desk, Outcome, Stage
from affekt.tables import FEATURES, Pieces


class Both(Stage):
    """Let the vectors of two data sets follow each other; a picture that is in both comes once.

    They are of one feature, so that equal pictures have equal vectors.
    """

    gives = FEATURES
    takes = FEATURES
    conserves = False
    in_pieces = frozenset({"extract", "given"})

    def run(self, desk: Desk, one: Pieces, other: Pieces, **_: Any) -> Outcome:
        return Outcome(Pieces(lambda: _chained(one, other)))


def _chained(one: Pieces, other: Pieces) -> Iterator[pl.DataFrame]:
    met = []
    for piece in one:
        yield piece
        met.append(piece["image_id"])
    known = pl.concat(met).implode()
    for piece in other:
        yield piece.filter(~pl.col("image_id").is_in(known))
