"""How many of the kept are likely right."""

from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.planning.chances import Rates, outlook
from affekt.planning.precision import FLOOR, likely, votes_to_reach
from affekt.planning.table2 import PAPER
from affekt.policies.fixed import Fixed

FEAR = PAPER["fear"].kept
rates = st.builds(Rates, st.floats(0.6, 0.99), st.floats(0.6, 0.99))


@pytest.mark.parametrize(("accuracy", "precision"), [(0.8, "0.29"), (0.85, "0.68"), (0.9, "0.90")])
def test_the_precision_of_fear_is_that_of_the_requirements(accuracy: float, precision: str) -> None:
    """C21."""
    assert f"{likely(FEAR, Rates(accuracy, accuracy)).precision:.2f}" == precision


@given(rates, st.floats(0.01, 0.99))
def test_a_prevalence_is_found_again_from_the_share_it_keeps(
    worker: Rates, prevalence: float
) -> None:
    """C21."""
    told = outlook(Fixed(), worker, prevalence)
    found = likely(told.kept, worker)
    assert found.prevalence == pytest.approx(prevalence, abs=1e-6)
    assert found.precision == pytest.approx(told.precision, abs=1e-5)


def test_a_share_under_what_wrong_yes_keep_is_told_to_be_impossible() -> None:
    assert likely(FEAR, Rates(0.75, 0.75)) == (0, 0, False)


def test_a_share_over_what_right_yes_keep_is_told_to_be_impossible() -> None:
    assert likely(0.99, Rates(0.7, 0.7))[::2] == (1, False)


def test_where_nothing_is_kept_there_is_no_precision() -> None:
    assert isnan(likely(0.0, Rates(0.9, 1.0)).precision)


def test_coins_tell_nothing() -> None:
    with pytest.raises(ValueError, match="no more often"):
        likely(0.3, Rates(0.4, 0.6))


def test_the_votes_that_reach_a_precision_are_the_fewest() -> None:
    """C21: fear at 0.85 is under the floor with five votes."""
    worker = Rates(0.85, 0.85)
    found = votes_to_reach(FLOOR, likely(FEAR, worker).prevalence, worker)
    assert found is not None
    fewer, enough = (
        outlook(Fixed(votes=votes), worker, likely(FEAR, worker).prevalence).precision
        for votes in (found.votes - 2, found.votes)
    )
    assert fewer < FLOOR <= enough == pytest.approx(found.precision)


def test_no_votes_make_right_what_nobody_feels() -> None:
    assert votes_to_reach(FLOOR, 0.0, Rates(0.9, 0.9)) is None
