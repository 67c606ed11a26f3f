import polars as pl
import pytest

from affekt.errors import TableError
from affekt.quality import EVENTS, checked, counted
from tests.quality.small import deed, votes


def both(*deeds: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(deeds, how="vertical_relaxed")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": "maybe"}, "kind = 'maybe'; one of"),
        ({"state": "lost"}, "state = 'lost'; one of"),
        ({"felt": None}, "a vote needs true or false"),
        ({"kind": "skip"}, "only a vote has an answer"),
        ({"is_gold": True}, "gold, and nothing else, has a known answer"),
        ({"kind": None}, "kind = None"),
    ],
)
def test_a_wrong_row_is_refused_by_its_number(change: dict[str, object], told: str) -> None:
    row = deed(7, "q", "ann", felt=True)
    with pytest.raises(TableError, match=f"first sequence 7, have .*{told}"):
        checked(row.with_columns(pl.lit(value).alias(name) for name, value in change.items()))


def test_a_second_counted_vote_on_a_question_is_refused() -> None:
    """I2."""
    rows = both(deed(1, "q", "ann", felt=True), deed(2, "q", "ann", felt=False))
    with pytest.raises(TableError, match="second vote"):
        checked(rows)


def test_a_late_second_vote_is_kept() -> None:
    """I4."""
    rows = both(deed(1, "q", "ann", felt=True), deed(2, "q", "ann", felt=False, state="late"))
    assert checked(rows).height == 2


def test_nothing_is_a_table_of_events() -> None:
    assert counted(checked(EVENTS.empty())).is_empty()


def test_others_settle_a_question_with_two_thirds_of_two_votes() -> None:
    seen = counted(checked(votes(ann="YYYY", ben="YYN.", cem="YNN.", dan="NN..")))
    ann = seen.filter(pl.col("worker") == "ann").sort("question_id")
    assert ann["settled"].to_list() == [True, False, False, None]
    assert ann["others"].to_list() == [3, 3, 2, 0]


def test_the_known_answer_goes_before_what_others_said() -> None:
    rows = [deed(at, "q", who, felt=True, gold_felt=False) for at, who in enumerate("abc")]
    assert counted(checked(both(*rows)))["known"].to_list() == [False] * 3
