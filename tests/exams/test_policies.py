"""What every policy must do; a newcomer's file is found by its folder.

Golden answers stand in ``tests/golden/policies_<kind>.json``: see ``tests/golden/write.py``.
"""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.parts import Part, find
from affekt.policies import DROP, KEEP, UNDECIDED, Policy, Tally
from tests.exams.every import every
from tests.golden.write import check
from tests.policies.tallies import (
    Ballot,
    asked,
    counted,
    is_settled,
    joined,
    room,
    verdict,
    walk,
)

MOST = 12  # votes of the longest question in this exam
policies = pytest.mark.parametrize("policy", every("policies"), ids=lambda policy: policy.kind())
rates = st.floats(0.55, 0.95)
votes = st.builds(Ballot, st.booleans(), rates, rates)
ballots = st.lists(votes, min_size=MOST, max_size=MOST)
few = st.lists(votes, max_size=MOST)


def exampled(policy: type[Part]) -> Policy:
    part = policy.example()
    assert isinstance(part, Policy)
    assert part.most() <= MOST, "give an example() that asks for fewer votes"
    return part


def golden(part: type[Part]) -> list[dict[str, int]]:
    """Places and verdict at every count of votes, all of workers who are right at 0.8."""
    policy = exampled(part)
    grid = [(yes, n - yes) for n in range(policy.most() + 1) for yes in range(n + 1)]
    every_count = [counted(policy, [Ballot(True)] * yes + [Ballot(False)] * no) for yes, no in grid]
    places, verdicts = (ask(joined(every_count)) for ask in (policy.places, policy.verdicts))
    return [
        {"yes": yes, "no": no, "places": int(more), "verdict": int(decided)}
        for (yes, no), more, decided in zip(grid, places, verdicts, strict=True)
    ]


@policies
@settings(max_examples=40)
@given(ballots)
def test_places_are_none_exactly_where_it_is_settled(
    policy: type[Policy], given_votes: list[Ballot]
) -> None:
    """C17."""
    part = exampled(policy)
    moments = list(asked(part, given_votes))
    assert [room(part, moment) == 0 for moment in moments] == [
        is_settled(part, moment) for moment in moments
    ]


@policies
@settings(max_examples=40)
@given(ballots, st.data())
def test_no_vote_of_a_wave_is_surplus_whatever_the_others_are(
    policy: type[Policy], given_votes: list[Ballot], data: st.DataObject
) -> None:
    """C17: with one answer of the wave still out, it is never settled, whoever votes what."""
    part = exampled(policy)
    before = data.draw(st.sampled_from([list(one) for one in asked(part, given_votes)][:-1]))
    wave = room(part, before)
    others = data.draw(st.lists(votes, min_size=wave - 1, max_size=wave - 1))
    assert not is_settled(part, before + others)


@policies
@settings(max_examples=40)
@given(ballots, st.integers(1, 4))
def test_waves_spend_the_votes_of_asking_one_by_one(
    policy: type[Policy], given_votes: list[Ballot], at_once: int
) -> None:
    """C17."""
    part = exampled(policy)
    one_by_one, waves = walk(part, given_votes, at_once=1), walk(part, given_votes, at_once)
    assert (waves.votes, waves.verdict) == (one_by_one.votes, one_by_one.verdict)


@policies
@settings(max_examples=40)
@given(ballots)
def test_asking_ends_at_most_at_the_most(policy: type[Policy], given_votes: list[Ballot]) -> None:
    part = exampled(policy)
    assert 1 <= walk(part, given_votes).votes <= part.most()


@policies
@settings(max_examples=40)
@given(ballots)
def test_nothing_is_decided_while_more_may_be_asked(
    policy: type[Policy], given_votes: list[Ballot]
) -> None:
    part = exampled(policy)
    earlier = list(asked(part, given_votes))[:-1]
    assert {verdict(part, moment) for moment in earlier} == {UNDECIDED}


@policies
@settings(max_examples=40)
@given(few)
def test_answers_are_whole_numbers_a_question(
    policy: type[Policy], given_votes: list[Ballot]
) -> None:
    part = exampled(policy)
    tally = counted(part, given_votes)
    places, verdicts = part.places(tally), part.verdicts(tally)
    assert np.issubdtype(places.dtype, np.integer)
    assert np.issubdtype(verdicts.dtype, np.integer)
    assert 0 <= places[0] <= part.most()
    assert verdicts[0] in (KEEP, DROP, UNDECIDED)


@policies
@settings(max_examples=40)
@given(st.lists(few, min_size=1, max_size=5))
def test_a_question_is_decided_by_its_own_votes_alone(
    policy: type[Policy], questions: list[list[Ballot]]
) -> None:
    part = exampled(policy)
    together = joined([counted(part, one) for one in questions])
    assert part.places(together).tolist() == [room(part, one) for one in questions]
    assert part.verdicts(together).tolist() == [verdict(part, one) for one in questions]


@policies
def test_no_questions_give_no_answers(policy: type[Policy]) -> None:
    part = exampled(policy)
    none = Tally(np.array([], np.int64), np.array([], np.int64), np.array([], np.float64))
    assert (part.places(none).shape, part.verdicts(none).shape) == ((0,), (0,))


@policies
@pytest.mark.parametrize(("felt", "decided"), [(True, KEEP), (False, DROP)])
def test_unanimous_workers_are_believed(policy: type[Policy], felt: bool, decided: int) -> None:
    part = exampled(policy)
    assert walk(part, [Ballot(felt, 0.9, 0.9)] * MOST).verdict == decided


@policies
@settings(max_examples=40)
@given(votes)
def test_a_yes_never_speaks_against_an_emotion(policy: type[Policy], vote: Ballot) -> None:
    """For a worker who says YES more often where it is felt than where it is not."""
    part = exampled(policy)
    assert part.weight(True, vote.sensitivity, vote.specificity) >= 0
    assert part.weight(False, vote.sensitivity, vote.specificity) <= 0


@policies
@settings(max_examples=40)
@given(ballots)
def test_what_is_stored_replays_to_the_same_answer(
    policy: type[Policy], given_votes: list[Ballot]
) -> None:
    """C19: from the policy's identity and the tally, both as JSON, nothing else."""
    part = exampled(policy)
    end = counted(part, list(asked(part, given_votes))[-1])
    stored = json.loads(
        json.dumps({"policy": part.identity(), "tally": [column.tolist() for column in end]})
    )
    settings = {k: v for k, v in stored["policy"].items() if k not in ("kind", "version")}
    again = find("policies", stored["policy"]["kind"])(**settings)
    assert isinstance(again, Policy)
    tally = Tally(*(np.array(column) for column in stored["tally"]))
    assert again.verdicts(tally).tolist() == part.verdicts(end).tolist()
    assert again.places(tally).tolist() == [0]


@policies
def test_an_answer_that_moves_raises_the_version(policy: type[Policy]) -> None:
    check(policy, golden(policy))
