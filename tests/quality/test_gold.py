import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from affekt.quality import Standing, error_table, gold_errors, standing


@pytest.mark.parametrize(
    ("n", "good_fail", "spammers_pass"), [(10, 0.05, 0.17), (20, 0.02, 0.06), (40, 0.004, 0.008)]
)
def test_error_rates_are_those_of_the_requirement(
    n: int, good_fail: float, spammers_pass: float
) -> None:
    """C28."""
    found = gold_errors(n)
    assert found.good_fail == pytest.approx(good_fail, rel=0.2)
    assert found.spammers_pass == pytest.approx(spammers_pass, rel=0.1)


@given(st.integers(1, 60))
def test_the_mark_is_where_care_becomes_likelier_than_a_coin(n: int) -> None:
    mark = gold_errors(n).pass_at
    assert binom.pmf(mark, n, 0.85) > binom.pmf(mark, n, 0.5)
    assert binom.pmf(mark - 1, n, 0.85) <= binom.pmf(mark - 1, n, 0.5) * (1 + 1e-9)


def test_the_table_has_a_row_for_each_size() -> None:
    """C28."""
    assert [row.n for row in error_table()] == [10, 20, 40]


def test_nine_gold_questions_are_too_early() -> None:
    """C28."""
    assert standing(0, 4, 0, 5) is Standing.TOO_EARLY


@given(st.integers(0, 30), st.integers(0, 30), st.booleans())
def test_one_answer_always_never_passes(n_yes: int, n_no: int, says_yes: bool) -> None:
    """C28: known-NO as well as known-YES, or somebody who always says YES passes."""
    said = standing(n_yes if says_yes else 0, n_yes, 0 if says_yes else n_no, n_no)
    assert said is not Standing.PASSES


def test_seven_of_ten_pass_and_six_fail() -> None:
    assert standing(4, 5, 3, 5) is Standing.PASSES
    assert standing(3, 5, 3, 5) is Standing.FAILS


def test_a_guess_better_than_care_is_a_mistake() -> None:
    with pytest.raises(ValueError, match=r"good = 0\.4"):
        gold_errors(10, good=0.4)
