import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from affekt.measures.intervals import UNKNOWN, bootstrap, wilson


@given(st.integers(1, 5000), st.floats(0, 1), st.sampled_from([0.8, 0.95, 0.99]))
def test_wilson_agrees_with_an_independent_one(n: int, share: float, confidence: float) -> None:
    successes = round(n * share)
    known = binomtest(successes, n).proportion_ci(confidence, method="wilson")
    assert wilson(successes, n, confidence) == pytest.approx((known.low, known.high), abs=1e-9)


@pytest.mark.parametrize(
    ("right", "low", "high"), [(1120, 0.306, 0.337), (1600, 0.442, 0.475), (2034, 0.566, 0.599)]
)
def test_wilson_gives_the_intervals_of_table_3(right: int, low: float, high: float) -> None:
    assert wilson(right, 3490) == pytest.approx((low, high), abs=5e-4)


def test_no_try_has_no_interval() -> None:
    assert all(math.isnan(end) for end in wilson(0, 0))


def test_wilson_refuses_more_successes_than_tries() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)


def values_of(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.normal(size=n)


def test_bootstrap_of_single_rows_has_the_width_of_theory() -> None:
    values = values_of(np.random.default_rng(1), 400)
    names = [str(row) for row in range(400)]
    low, high = bootstrap(lambda rows: values[rows].mean(), names, np.random.default_rng(2))
    half = 1.96 * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.02)


def test_bootstrap_of_groups_is_as_wide_as_the_groups_are_few() -> None:
    """M72: four equal rows a group tell no more than one."""
    values = np.repeat(values_of(np.random.default_rng(1), 100), 4)
    groups = [str(row // 4) for row in range(400)]
    low, high = bootstrap(lambda rows: values[rows].mean(), groups, np.random.default_rng(2))
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 10, rel=0.1)


def test_a_group_is_drawn_whole() -> None:
    drawn = []

    def keep(rows: np.ndarray) -> float:
        drawn.append(sorted(rows.tolist()))
        return 0.0

    bootstrap(keep, ["b", "a", "b"], np.random.default_rng(3), rounds=50)
    assert {tuple(rows) for rows in drawn} == {(1, 1), (0, 1, 2), (0, 0, 2, 2)}


def test_strata_keep_the_number_of_groups_in_each() -> None:
    drawn = []

    def keep(rows: np.ndarray) -> float:
        drawn.append(sum(rows < 2))
        return 0.0

    words = ["fear", "fear", "awe", "awe", "awe"]
    bootstrap(keep, list("abcde"), np.random.default_rng(3), strata=words, rounds=50)
    assert set(drawn) == {2}


def test_a_group_of_two_strata_belongs_to_the_commoner() -> None:
    drawn = []

    def keep(rows: np.ndarray) -> float:
        drawn.append(sorted(rows.tolist()))
        return 0.0

    words = ["fear", "fear", "awe", "awe"]
    bootstrap(keep, ["a", "a", "a", "b"], np.random.default_rng(3), strata=words, rounds=30)
    assert drawn == [[0, 1, 2, 3]] * 30


def test_bootstrap_refuses_strata_of_another_length() -> None:
    with pytest.raises(ValueError, match="1 strata for 2 rows"):
        bootstrap(len, ["a", "b"], np.random.default_rng(1), strata=["x"])


def test_the_same_generator_gives_the_same_interval() -> None:
    values = values_of(np.random.default_rng(1), 50)
    names = [str(row) for row in range(50)]
    ends = [
        bootstrap(lambda rows: values[rows].mean(), names, np.random.default_rng(9), rounds=100)
        for _ in range(2)
    ]
    assert ends[0] == ends[1]


def test_draws_without_a_number_are_left_out() -> None:
    def often_none(rows: np.ndarray) -> float:
        return math.nan if 0 in rows else 5.0

    assert bootstrap(often_none, list("ab"), np.random.default_rng(1), rounds=40) == (5.0, 5.0)


def test_nothing_to_draw_has_no_interval() -> None:
    assert bootstrap(len, [], np.random.default_rng(1)) is UNKNOWN
    nothing = bootstrap(lambda _: math.nan, ["a"], np.random.default_rng(1), rounds=3)
    assert nothing is UNKNOWN
