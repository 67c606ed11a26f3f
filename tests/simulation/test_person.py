"""People who do not exist answer as often rightly, and as fast, as they were made to."""

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.measures.intervals import wilson
from affekt.simulation import KINDS, Asked, Drift, Person, answers, population
from affekt.simulation.kinds import SESSION
from affekt.simulation.person import says_yes
from affekt.taxonomy import MIKELS8
from tests.simulation.crowds import CERTAIN, asked, person

MANY = 4_000


def lies_in(share: float, yes: int, n: int) -> bool:
    """Whether a share lies in the interval of what was counted; 99.99 %, for many are looked at."""
    low, high = wilson(yes, n, 0.9999)
    return low <= share <= high


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("looks", [True, False])
def test_the_rate_asked_for_is_the_rate_got(kind: str, looks: bool) -> None:
    """C52."""
    traits = KINDS[kind]
    wanted = traits.sensitivity if looks else 1 - traits.specificity
    felt = asked([person(traits)], MANY, looks=looks).felt
    assert lies_in(wanted, int(felt.sum()), MANY)


def test_seconds_are_log_normal_with_the_mean_asked_for() -> None:
    seconds = asked([person(CERTAIN)], MANY).seconds
    logs = np.log(seconds)
    assert seconds.mean() == pytest.approx(4.0, rel=4 * 0.53 / sqrt(MANY))
    assert logs.std() == pytest.approx(0.5, abs=0.03)
    assert np.median(logs) == pytest.approx(log(4.0) - 0.5**2 / 2, abs=0.04)


def test_tired_people_end_a_session_nearly_guessing_and_fast() -> None:
    tired = person(KINDS["tired"])
    fresh, spent = asked([tired], MANY), asked([tired], MANY, nth=SESSION - 1)
    assert lies_in(0.9, int(fresh.felt.sum()), MANY)
    assert lies_in(0.9 - 0.4 * 0.7, int(spent.felt.sum()), MANY)
    assert spent.seconds.mean() == pytest.approx(0.4 * fresh.seconds.mean(), rel=0.01)


def test_a_new_session_begins_rested() -> None:
    tired = person(KINDS["tired"])
    assert np.array_equal(asked([tired], 50).felt, asked([tired], 50, nth=SESSION).felt)


def test_a_wave_comes_back_after_its_period() -> None:
    moved = person(CERTAIN._replace(drift=Drift("sine", 1.0, 80)))
    assert np.allclose(yes_along(moved, range(80)), yes_along(moved, range(80, 160)))
    odds = np.log(yes_along(moved, range(80)) / (1 - yes_along(moved, range(80))))
    assert np.ptp(odds) == pytest.approx(2.0, abs=0.01)
    assert odds.mean() == pytest.approx(log(0.9 / 0.1), abs=1e-9)


def test_a_walk_begins_at_the_persons_own_rate_and_goes_step_by_step() -> None:
    moved = person(CERTAIN._replace(drift=Drift("walk", 0.2, 10)))
    yes = yes_along(moved, range(300))
    steps = np.diff(np.log(yes / (1 - yes))[::10])
    assert yes[:10] == pytest.approx([0.9] * 10)
    assert np.abs(steps) == pytest.approx([0.2] * 29)


def test_two_people_drift_apart() -> None:
    drifting = CERTAIN._replace(drift=Drift("walk", 0.2, 10))
    one, other = person(drifting, "a"), person(drifting, "b")
    assert not np.allclose(yes_along(one, range(300)), yes_along(other, range(300)))


def test_nobody_drifts_away_from_what_is_certain() -> None:
    moved = person(KINDS["always_yes"]._replace(drift=Drift("walk", 2.0, 1)))
    assert yes_along(moved, range(50)).tolist() == [1.0] * 50


def test_an_emotion_may_be_harder_than_the_others() -> None:
    harder = person(CERTAIN._replace(shifts={"fear": -1.0}))
    assert asked([harder], MANY).felt.mean() == pytest.approx(0.9, abs=0.02)
    wanted = 1 / (1 + np.exp(1.0 - log(9)))
    assert lies_in(wanted, int(asked([harder], MANY, emotion="fear").felt.sum()), MANY)


def test_two_accounts_of_one_person_give_the_same_answer_to_a_picture() -> None:
    one, other = person(CERTAIN, "a", "a"), person(CERTAIN, "b", "a")
    felt, seconds = asked([one, other], 500)
    assert np.array_equal(felt[:500], felt[500:])
    assert not np.array_equal(seconds[:500], seconds[500:])


def test_accounts_may_answer_as_one_on_some_pictures_only() -> None:
    guess = CERTAIN._replace(sensitivity=0.5, alike=0.6)
    felt = asked([person(guess, "a", "a"), person(guess, "b", "a")], MANY).felt
    agree = int((felt[:MANY] == felt[MANY:]).sum())
    assert lies_in(0.6 + 0.4 / 2, agree, MANY)


def test_two_people_answer_independently() -> None:
    guess = CERTAIN._replace(sensitivity=0.5)
    felt = asked([person(guess, "a"), person(guess, "b")], MANY).felt
    assert lies_in(0.5, int((felt[:MANY] == felt[MANY:]).sum()), MANY)


def test_skips_and_pictures_that_do_not_load_come_as_often_as_asked_for() -> None:
    """C10."""
    one = person(CERTAIN._replace(skips=0.05, not_loaded=0.02))
    why = [one.passes_over(f"question {number}") for number in range(MANY)]
    assert lies_in(0.05, why.count("skip"), MANY)
    assert lies_in(0.02, why.count("not_loaded"), MANY)


def test_the_test_is_answered_with_the_skill_asked_for() -> None:
    chosen = [person().test_answer(f"picture {n}", "fear", MIKELS8) for n in range(MANY)]
    assert lies_in(0.6, chosen.count("fear"), MANY)
    assert set(chosen) == set(MIKELS8.names)


def test_a_wrong_emotion_is_mostly_of_the_same_valence() -> None:
    chosen = [person().test_answer(f"picture {n}", "fear", MIKELS8) for n in range(MANY)]
    wrong = [name for name in chosen if name != "fear"]
    same = sum(name in {"anger", "disgust", "sadness"} for name in wrong)
    assert lies_in(9 / 13, same, len(wrong))


def test_a_test_answer_is_the_right_one_where_the_person_is_right() -> None:
    one = person()
    right = [one.is_right(f"picture {n}") for n in range(200)]
    named = [one.test_answer(f"picture {n}", "awe", MIKELS8) == "awe" for n in range(200)]
    assert right == named


@settings(deadline=None, max_examples=30)
@given(order=st.permutations(range(12)), cut=st.integers(0, 12), seed=st.integers(0, 9))
def test_order_and_cuts_do_not_move_an_answer(order: list[int], cut: int, seed: int) -> None:
    """I14."""
    drifting = {
        name: traits._replace(drift=Drift("walk", 0.3, 2)) for name, traits in KINDS.items()
    }
    people = population(seed, {"tired": 0.5, "duplicate": 0.5}, 4, kinds=drifting)
    whole = rows_of(people, list(range(12)))
    parts = [*rows_of(people, order[:cut]), *rows_of(people, order[cut:])]
    assert sorted(parts) == sorted(whole)


def test_one_at_a_time_is_the_same_as_all_at_once() -> None:
    people = population(3, {"honest": 0.5, "tired": 0.5}, 6)
    single = [people[n % 6].answer(f"question {n}", "awe", n % 2 == 0, n) for n in range(12)]
    together = [row[2:] for row in rows_of(people, list(range(12)))]
    assert single == together


def test_nobody_asked_nothing_answers_nothing() -> None:
    none = Asked(np.zeros(0, int), [], [], np.zeros(0, bool), np.zeros(0, int))
    assert answers([], none).felt.size == answers([person()], none).seconds.size == 0


def test_people_of_several_seeds_do_not_answer_together() -> None:
    with pytest.raises(ValueError, match=r"seeds \[1, 2\]"):
        asked([person(seed=1), person(seed=2)], 3)


def yes_along(one: Person, nth: range) -> np.ndarray:
    """P(YES) of what looks felt, at each of the answers of a career."""
    places = np.array(nth)
    rows = len(places)
    return says_yes(
        [one],
        Asked(np.zeros(rows, int), [""] * rows, ["awe"] * rows, np.full(rows, True), places),
    )


def rows_of(people: tuple[Person, ...], questions: list[int]) -> list[tuple[object, ...]]:
    """Ask question n of person n, at answer n; rows of question, token, felt and seconds."""
    at = np.array(questions, int)
    names = [f"question {number}" for number in questions]
    felt, seconds = answers(
        people,
        Asked(at % len(people), names, ["awe"] * len(names), at % 2 == 0, at),
    )
    tokens = [people[number % len(people)].token for number in questions]
    return list(zip(names, tokens, felt.tolist(), seconds.tolist(), strict=True))
