"""A population has the kinds it was asked for, and what is true of questions is known."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.simulation import (
    KINDS,
    looks_felt,
    mean_yes,
    population,
    prevalence,
    prevalences,
    score,
)
from affekt.simulation.items import is_felt, three_of_five
from affekt.simulation.people import SPREAD
from tests.simulation.crowds import asked

PAPER = {"honest": 0.13, "hasty": 0.25, "random": 0.58, "always_yes": 0.02, "always_no": 0.02}


@given(
    weights=st.lists(st.integers(0, 5), min_size=len(KINDS), max_size=len(KINDS)).filter(any),
    n=st.integers(0, 60),
)
def test_every_account_has_one_kind_and_shares_are_met_to_one_account(
    weights: list[int], n: int
) -> None:
    shares = {kind: weight / sum(weights) for kind, weight in zip(KINDS, weights, strict=True)}
    people = population(1, shares, n)
    counts = Counter(person.kind for person in people)
    assert [person.token for person in people] == sorted({person.token for person in people})
    assert counts.total() == n
    assert all(abs(counts[kind] - share * n) <= 1 for kind, share in shares.items())


def test_about_as_many_pass_the_test_as_in_the_paper() -> None:
    """D4, D5: 225 of more than 1,000 passed."""
    passed = [sum(score(one, 20) >= 10 for one in population(s, PAPER, 1000)) for s in range(4)]
    assert min(passed) > 185
    assert max(passed) < 265
    assert np.mean(passed) == pytest.approx(225, abs=20)


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    """I14."""
    assert population(1, PAPER, 50) == population(1, PAPER, 50)
    assert population(1, PAPER, 50) != population(2, PAPER, 50)


def test_people_of_one_kind_differ_within_a_band() -> None:
    rates = [one.traits.sensitivity for one in population(1, {"hasty": 1.0}, 200)]
    assert max(rates) <= 0.70 + SPREAD / 2
    assert min(rates) >= 0.70 - SPREAD / 2
    assert len(set(rates)) == 200


def test_two_accounts_of_a_duplicate_are_one_person() -> None:
    people = population(1, {"honest": 0.5, "duplicate": 0.5}, 40)
    behind = Counter(one.who for one in people if one.kind == "duplicate")
    assert set(behind.values()) == {2}
    assert len(behind) == 10
    first, second = [one for one in people if one.who == min(behind)]
    assert first.traits == second.traits
    assert score(first, 20) == score(second, 20)


def test_a_duplicate_left_over_stands_alone() -> None:
    behind = Counter(one.who for one in population(1, {"duplicate": 1.0}, 5))
    assert sorted(behind.values()) == [1, 2, 2]


def test_the_mean_of_a_crowd_is_what_it_answers() -> None:
    people = population(1, PAPER, 100)
    assert mean_yes(people, "awe", True) == pytest.approx(asked(people, 200).felt.mean(), abs=0.02)


def test_the_mean_of_nobody_is_unknown() -> None:
    assert np.isnan(mean_yes([], "awe", True))


def test_tiring_lowers_the_mean_by_half_the_fatigue() -> None:
    tired = KINDS["tired"]
    mean = mean_yes(population(1, {"tired": 1.0}, 1_000), "awe", True)
    assert mean == pytest.approx(0.9 - 0.4 * tired.fatigue / 2, abs=0.005)


@given(
    wanted=st.floats(0, 1),
    yes=st.floats(0.6, 1),
    wrong=st.floats(0, 0.4),
    mistakes=st.floats(0, 0.9),
)
def test_the_prevalence_gives_the_acceptance_wanted_or_lies_at_an_end(
    wanted: float, yes: float, wrong: float, mistakes: float
) -> None:
    felt = prevalence(wanted, yes, wrong, mistakes)
    looks = felt + (1 - felt) * mistakes
    kept = looks * three_of_five(yes) + (1 - looks) * three_of_five(wrong)
    assert felt in {0.0, 1.0} or kept == pytest.approx(wanted)


def test_every_emotion_has_the_prevalence_that_suits_its_own_difficulty() -> None:
    kinds = {"honest": KINDS["honest"]._replace(shifts={"fear": -1.0})}
    people = population(1, {"honest": 1.0}, 50, kinds=kinds)
    felt = prevalences(people, {"awe": 0.3, "fear": 0.3})
    assert felt["awe"] == pytest.approx(0.3, abs=0.02)
    kept = felt["fear"] * three_of_five(mean_yes(people, "fear", True))
    kept += (1 - felt["fear"]) * three_of_five(mean_yes(people, "fear", False))
    assert kept == pytest.approx(0.3)


def test_a_crowd_that_tells_nothing_apart_feels_nothing() -> None:
    assert prevalence(0.3, 0.5, 0.5, 0.0) == 0.0
    assert prevalence(0.3, 0.2, 0.7, 0.0) == 0.0


def test_shared_mistakes_look_felt_to_everybody() -> None:
    """C32."""
    ids = [f"question {number}" for number in range(4_000)]
    seen = [looks_felt(one, False, 1, 0.1) for one in ids]
    assert np.mean(seen) == pytest.approx(0.1, abs=0.02)
    assert all(looks_felt(one, True, 1, 0.1) for one in ids)
    assert not any(looks_felt(one, False, 1, 0.0) for one in ids)


def test_what_is_felt_is_so_in_the_share_asked_for() -> None:
    felt = [is_felt(f"question {number}", 1, 0.3) for number in range(4_000)]
    assert np.mean(felt) == pytest.approx(0.3, abs=0.03)
