"""Always the same number of votes."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from affekt.policies import DROP, KEEP
from affekt.policies.fixed import Fixed, threshold
from tests.policies.tallies import Ballot, verdict, walk


@given(st.lists(st.booleans(), min_size=5, max_size=5))
def test_all_five_are_asked_at_once_whatever_they_answer(answers: list[bool]) -> None:
    """C15."""
    assert walk(Fixed(), [Ballot(felt) for felt in answers]).waves == (5,)


@pytest.mark.parametrize(
    ("yes", "decided"), [(0, DROP), (1, DROP), (2, DROP), (3, KEEP), (4, KEEP), (5, KEEP)]
)
def test_three_of_five_keep_and_two_do_not(yes: int, decided: int) -> None:
    """C15, E6."""
    assert verdict(Fixed(), [Ballot(at < yes) for at in range(5)]) == decided


@given(st.lists(st.booleans(), min_size=7, max_size=7), st.randoms())
def test_the_order_of_votes_cannot_matter(answers: list[bool], random: Random) -> None:
    shuffled = random.sample(answers, k=7)
    one, other = ([Ballot(felt) for felt in row] for row in (answers, shuffled))
    assert verdict(Fixed(votes=7), one) == verdict(Fixed(votes=7), other)


@pytest.mark.parametrize(("votes", "keep_at"), [(1, 1), (2, 2), (4, 3), (5, 3), (7, 4)])
def test_more_than_half_keep_where_nothing_else_is_said(votes: int, keep_at: int) -> None:
    assert threshold(votes, None) == keep_at


def test_a_stated_threshold_holds() -> None:
    assert verdict(Fixed(keep_at=1), [Ballot(at == 0) for at in range(5)]) == KEEP


def test_what_could_never_be_kept_is_refused() -> None:
    with pytest.raises(ValidationError, match="nothing could ever be kept"):
        Fixed(votes=3, keep_at=4)
