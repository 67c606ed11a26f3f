"""What tests of workers let through."""

import pytest
from scipy.stats import binom

from affekt.planning.gold import gold_errors
from affekt.planning.qualification import GUESSING, pass_chance


@pytest.mark.parametrize(
    ("skill", "percent"), [(0.3, "4.8"), (0.4, "24.5"), (0.5, "58.8"), (0.6, "87.2")]
)
def test_people_pass_the_papers_test_as_the_checklist_says(skill: float, percent: str) -> None:
    """D6."""
    assert f"{100 * pass_chance(skill):.1f}" == percent


def test_guessing_hardly_passes() -> None:
    """C8, D6."""
    assert f"{pass_chance(GUESSING):.1e}" == "5.2e-05"


def test_five_tries_let_three_in_four_through() -> None:
    """C4."""
    assert f"{pass_chance(0.4, attempts=5):.2f}" == "0.75"


@pytest.mark.parametrize(
    ("gold", "pass_at", "good_failed", "spammers_passed"),
    [(10, 7, "5", "17"), (20, 14, "2", "6"), (40, 28, "0.4", "0.8")],
)
def test_gold_errs_as_the_requirements_say(
    gold: int, pass_at: int, good_failed: str, spammers_passed: str
) -> None:
    """C28."""
    found = gold_errors(gold)
    assert found.pass_at == pass_at
    assert f"{100 * found.good_failed:.1g}" == good_failed
    assert f"{100 * found.spammers_passed:.{len(spammers_passed.replace('0.', ''))}g}" == (
        spammers_passed
    )


@pytest.mark.parametrize("gold", [1, 7, 30])
def test_the_mark_is_the_first_that_a_good_worker_explains_better(gold: int) -> None:
    mark = gold_errors(gold).pass_at
    assert binom.pmf(mark, gold, 0.85) >= binom.pmf(mark, gold, 0.5)
    assert binom.pmf(mark - 1, gold, 0.85) < binom.pmf(mark - 1, gold, 0.5)


def test_a_mark_that_is_met_exactly_is_met() -> None:
    """0.8 and 0.2 are as likely at half right."""
    assert gold_errors(10, good=0.8, spammer=0.2).pass_at == 5
