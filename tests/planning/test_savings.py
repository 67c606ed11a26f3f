"""Votes saved, from the shares that are kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.planning.chances import always, ends
from affekt.planning.savings import NO_MATTER, Asked, saving, yes_rate
from affekt.planning.table2 import OVERALL, PAPER
from affekt.policies.curtailed import Curtailed
from affekt.policies.fixed import Fixed


@pytest.mark.parametrize(
    ("rho", "percent"), [(0.0, "20.8"), (0.2, "26.6"), (0.4, "30.8"), (0.6, "34.2")]
)
def test_the_saving_on_the_papers_mix_is_that_of_the_requirements(rho: float, percent: str) -> None:
    """C18, C20."""
    assert f"{100 * saving(PAPER.values(), rho):.1f}" == percent


@settings(max_examples=15)
@given(st.floats(0.001, 0.999))
def test_a_yes_rate_keeps_the_share_it_was_found_for(kept: float) -> None:
    rate = yes_rate(kept)
    assert ends(Fixed(), always(rate), rates=NO_MATTER).kept == pytest.approx(kept)


@pytest.mark.parametrize("kept", [0.0, 1.0])
def test_where_all_agree_two_of_five_votes_are_saved(kept: float) -> None:
    """C16: three settle it."""
    assert saving([Asked(10, kept)]) == pytest.approx(0.4)


def test_without_questions_nothing_is_saved() -> None:
    assert saving([]) == 0


def test_one_vote_a_question_leaves_nothing_to_save() -> None:
    assert saving([Asked(10, 0.3)], policy=Curtailed(votes=1)) == pytest.approx(0)


def test_the_paper_kept_26_percent_of_90_000() -> None:
    """F."""
    assert sum(asked.items for asked in PAPER.values()) == 90_000
    assert f"{OVERALL:.4f}" == "0.2590"
