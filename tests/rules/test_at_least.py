"""At least three of five."""

from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from affekt.rules.at_least import AtLeast
from affekt.tables import VOTES


def ballot(felt: list[bool]) -> pl.DataFrame:
    rows = [("q", f"worker-{n}", "awe", yes, None) for n, yes in enumerate(felt)]
    return pl.DataFrame(rows, schema=VOTES.types(), orient="row")


def verdict(felt: list[bool], rule: AtLeast) -> bool | None:
    answer = rule.decide(ballot(felt))["is_label"].item()
    return answer if answer is None else bool(answer)


@pytest.mark.parametrize(("yes", "kept"), [(0, 0), (1, 0), (2, 0), (3, 1), (4, 1), (5, 1)])
def test_three_of_five_keep_and_two_do_not(yes: int, kept: int) -> None:
    """E6."""
    decided = AtLeast().decide(ballot([True] * yes + [False] * (5 - yes))).row(0, named=True)
    assert decided["is_label"] == bool(kept)
    assert decided["share"] == yes / 5


def test_three_early_yes_decide_before_the_fifth_vote() -> None:
    """C16."""
    assert verdict([True, True, True], AtLeast()) is True


def test_three_early_no_decide_before_the_fifth_vote() -> None:
    assert verdict([False, False, False], AtLeast()) is False


def test_two_against_two_are_not_decided_yet() -> None:
    assert verdict([True, True, False, False], AtLeast()) is None


def test_only_as_many_votes_as_asked_for_count() -> None:
    decided = AtLeast(yes=3, of=5).decide(ballot([True] * 9)).row(0, named=True)
    assert (decided["votes"], decided["votes_yes"]) == (5, 5)


@given(st.lists(st.booleans(), min_size=6, max_size=12), st.randoms())
def test_which_surplus_votes_count_does_not_depend_on_their_order(
    felt: list[bool], random: Random
) -> None:
    votes = ballot(felt)
    order = list(range(len(felt)))
    random.shuffle(order)
    assert AtLeast().decide(votes[order]).equals(AtLeast().decide(votes))


@given(st.lists(st.booleans(), min_size=5, max_size=5), st.integers(1, 5))
def test_an_early_decision_is_never_turned_by_the_rest(felt: list[bool], seen: int) -> None:
    """I7."""
    assert verdict(felt[:seen], AtLeast()) in (None, verdict(felt, AtLeast()))


def test_more_yes_than_votes_is_refused_and_names_both() -> None:
    """B02."""
    with pytest.raises(ValidationError, match=r"yes = 6 is more than of = 5.*raise `of`"):
        AtLeast(yes=6, of=5)


def test_it_needs_as_many_votes_as_it_counts() -> None:
    assert AtLeast(yes=2, of=3).needs() == 3
