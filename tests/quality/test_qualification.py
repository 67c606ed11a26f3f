import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.errors import TableError
from affekt.quality import ANSWERS, report_test


def attempts(*scores: int, n: int = 20) -> pl.DataFrame:
    """Give attempts that are right on their first pictures and say awe or anger on the others."""
    rows = [
        (f"a{number:02}", f"i{at:02}", "fear", "fear" if at < score else "awe")
        for number, score in enumerate(scores)
        for at in range(n)
    ]
    return pl.DataFrame(rows, schema=list(ANSWERS.columns), orient="row")


def test_ten_of_twenty_pass() -> None:
    """C3, C8."""
    found = report_test(attempts(9, 10, 20))
    assert (found.tested, found.passed) == (3, 2)
    assert found.histogram.filter(pl.col("attempts") > 0)["score"].to_list() == [9, 10, 20]


def test_guessing_passes_as_rarely_as_the_requirement_says() -> None:
    """C8: 5.2e-5."""
    assert report_test(attempts()).pass_by_guessing == pytest.approx(5.2e-5, rel=0.01)


def test_a_picture_that_those_who_passed_get_wrong_is_flagged() -> None:
    """C8: i19 is right for 1 of 10 who passed, i18 for 2 of 10."""
    images = report_test(attempts(20, 19, *[15] * 8, 0)).images
    by_id = {row["image_id"]: row for row in images.iter_rows(named=True)}
    assert (by_id["i19"]["right_of_passed"], by_id["i19"]["shown_to_passed"]) == (1, 10)
    assert (by_id["i19"]["is_flagged"], by_id["i18"]["is_flagged"]) == (True, False)


def test_four_people_are_too_few_to_flag_a_picture() -> None:
    assert not report_test(attempts(15, 15, 15, 15)).images["is_flagged"].any()


def test_no_answer_is_wrong_and_a_confusion_of_its_own() -> None:
    """C7, C8."""
    silent = attempts(12).with_columns(answer=pl.when(pl.col("answer") == "fear").then("answer"))
    found = report_test(silent)
    assert found.passed == 1
    assert found.confusion.rows() == [("fear", "fear", 12, 0.6), ("fear", None, 8, 0.4)]


def test_an_attempt_with_a_picture_missing_is_refused() -> None:
    with pytest.raises(TableError, match="'a00' has 19 pictures and the test has 20"):
        report_test(attempts(10).head(19))


@given(st.lists(st.integers(0, 20), max_size=8))
def test_every_attempt_and_every_answer_is_counted_once(scores: list[int]) -> None:
    found = report_test(attempts(*scores))
    assert found.histogram["attempts"].sum() == found.tested == len(scores)
    assert found.confusion["attempts"].sum() == found.images["shown"].sum() == 20 * len(scores)
    assert found.images["right"].sum() == sum(scores)
