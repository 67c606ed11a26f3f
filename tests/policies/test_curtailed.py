"""Stopping at the vote that settles it."""

from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from affekt.policies import DROP, KEEP, UNDECIDED
from affekt.policies.curtailed import Curtailed
from affekt.policies.fixed import Fixed
from tests.policies.tallies import Ballot, room, verdict, walk


def ballots(answers: object) -> list[Ballot]:
    return [Ballot(felt == "y") for felt in str(answers)]


def mean_votes(yes: float) -> float:
    """Of three of five, over all 32 rows of answers; ten naive lines."""
    total = 0.0
    for answers in product((True, False), repeat=5):
        chance = yes ** sum(answers) * (1 - yes) ** (5 - sum(answers))
        total += chance * walk(Curtailed(), [Ballot(felt) for felt in answers]).votes
    return total


@given(
    st.integers(1, 9).flatmap(
        lambda votes: st.tuples(
            st.just(votes),
            st.none() | st.integers(1, votes),
            st.lists(st.booleans(), min_size=votes, max_size=votes),
        )
    )
)
def test_the_decision_is_that_of_all_votes_in_every_order(
    given_case: tuple[int, int | None, list[bool]],
) -> None:
    """C16, I7: whatever the votes are that were never asked for."""
    votes, keep_at, answers = given_case
    full = [Ballot(felt) for felt in answers]
    early = walk(Curtailed(votes=votes, keep_at=keep_at), full)
    assert early.verdict == verdict(Fixed(votes=votes, keep_at=keep_at), full)


@pytest.mark.parametrize("keep_at", [1, 2, 3, 4, 5])
def test_all_orders_of_five_votes_decide_as_the_paper(keep_at: int) -> None:
    """C16: all 32, without chance."""
    rows = [[Ballot(felt) for felt in answers] for answers in product((True, False), repeat=5)]
    early, full = Curtailed(keep_at=keep_at), Fixed(keep_at=keep_at)
    assert [walk(early, row).verdict for row in rows] == [verdict(full, row) for row in rows]


@given(st.floats(0, 1))
def test_the_mean_number_of_votes_is_the_formula(p: float) -> None:
    """C16."""
    q = 1 - p
    assert mean_votes(p) == pytest.approx(3 + 3 * p * q + 6 * (p * q) ** 2)


@pytest.mark.parametrize(
    ("yes", "mean"), [(0, 3.0), (1, 3.6), (2, 4.5), (3, 4.5), (4, 3.6), (5, 3.0)]
)
def test_the_mean_by_the_number_of_yes_in_five(yes: int, mean: float) -> None:
    """C16."""
    orders = list(permutations([Ballot(True)] * yes + [Ballot(False)] * (5 - yes)))
    votes = [walk(Curtailed(), order).votes for order in orders]
    assert sum(votes) / len(votes) == pytest.approx(mean)


def test_a_split_question_is_asked_in_waves_of_three_one_and_one() -> None:
    """C17."""
    assert walk(Curtailed(), ballots("yynny")).waves == (3, 1, 1)


def test_a_clear_question_is_asked_once() -> None:
    """C17."""
    assert walk(Curtailed(), ballots("nnnyy")).waves == (3,)


@pytest.mark.parametrize(
    ("so_far", "places"), [("", 3), ("y", 2), ("n", 2), ("yn", 2), ("yy", 1), ("yyn", 1)]
)
def test_places_are_the_fewest_votes_that_could_settle_it(so_far: str, places: int) -> None:
    """C17: min(k - y, kn - n)."""
    assert room(Curtailed(), ballots(so_far)) == places


@given(st.lists(st.booleans(), min_size=5, max_size=5))
def test_a_verdict_never_changes_once_settled(answers: list[bool]) -> None:
    """Within the votes that may be asked for at all."""
    full = [Ballot(felt) for felt in answers]
    said = [verdict(Curtailed(), full[:n]) for n in range(6)]
    settled = [one for one in said if one != UNDECIDED]
    assert said == [UNDECIDED] * (6 - len(settled)) + settled
    assert len(set(settled)) == 1


@pytest.mark.parametrize(("answers", "decided"), [("yy", UNDECIDED), ("yyy", KEEP), ("nn", DROP)])
def test_an_even_number_of_votes_is_kept_by_more_than_half(answers: str, decided: int) -> None:
    """A tie of two and two drops it, so two NO settle it."""
    assert verdict(Curtailed(votes=4), ballots(answers)) == decided


def test_one_vote_of_one_decides() -> None:
    assert walk(Curtailed(votes=1), ballots("y")) == ((1,), KEEP)


def test_what_could_never_be_kept_is_refused() -> None:
    with pytest.raises(ValidationError, match="nothing could ever be kept"):
        Curtailed(votes=3, keep_at=4)
