"""Both: the vectors of two data sets as one table."""

import polars as pl
import pytest

from affekt.stages.both import Both
from affekt.store.rows import in_polars
from affekt.tables import FEATURES, Pieces


def pieces(**vectors: float) -> Pieces:
    rows = [{"image_id": name, "vector": [value]} for name, value in vectors.items()]
    table = pl.DataFrame(rows, schema=FEATURES.types())
    return Pieces(lambda: iter([table[:1], table[1:]]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pieces(a=1, c=3), pieces(b=2, c=3)),
        (pieces(b=2, c=3), pieces(a=1, c=3)),
        (pieces(a=1, b=2, c=3), pieces()),
        (pieces(), pieces(a=1, b=2, c=3)),
    ],
)
def test_a_picture_of_both_data_sets_comes_once(one: Pieces, other: Pieces) -> None:
    made = Both().run(None, one, other)  # type: ignore[arg-type]
    table = FEATURES.conform(in_polars(made.table), "both")
    assert table.rows() == [("a", [1.0]), ("b", [2.0]), ("c", [3.0])]
