"""One emotion asked alone against a choice among all of them."""

import polars as pl
import pytest

from affekt.errors import TableError
from affekt.quality.candidates import candidate_bias


def votes(emotion: str, shares: list[float], of: int = 10) -> pl.DataFrame:
    """Votes of ``of`` people on pictures, each felt by that share of them."""
    rows = [
        {"image_id": f"i{at:03}", "emotion": emotion, "felt": worker < share * of}
        for at, share in enumerate(shares)
        for worker in range(of)
    ]
    return pl.DataFrame(rows)


def test_what_people_affirm_but_would_not_choose_is_the_bias() -> None:
    alone = votes("awe", [0.8, 0.6] * 20)
    among = pl.concat([votes("awe", [0.3, 0.5] * 20), votes("fear", [0.4, 0.1] * 20)])
    [row] = candidate_bias(alone, among).to_dicts()
    assert row["pictures"] == 40
    assert (row["share_alone"], row["share_among"]) == (pytest.approx(0.7), pytest.approx(0.4))
    assert row["difference"] == pytest.approx(0.3)
    assert row["difference_low"] < 0.3 < row["difference_high"]
    assert (row["kept_alone"], row["first_among"]) == (1.0, 0.5)


def test_equal_answers_have_no_bias() -> None:
    same = votes("fear", [0.2, 0.9, 0.5])
    [row] = candidate_bias(same, same).to_dicts()
    assert (row["difference"], row["difference_low"], row["difference_high"]) == (0, 0, 0)


def test_only_pictures_in_both_count() -> None:
    assert candidate_bias(votes("awe", [1.0]), votes("fear", [1.0])).is_empty()
    [row] = candidate_bias(votes("awe", [1.0] * 5), votes("awe", [1.0] * 3)).to_dicts()
    assert row["pictures"] == 3


def test_an_emotion_nobody_ticks_is_never_first() -> None:
    [row] = candidate_bias(votes("awe", [1.0]), votes("awe", [0.0])).to_dicts()
    assert row["first_among"] == 0.0


def test_a_missing_column_is_told() -> None:
    with pytest.raises(TableError, match=r"votes among: the columns \['felt'\] are missing"):
        candidate_bias(votes("awe", [1.0]), votes("awe", [1.0]).drop("felt"))
