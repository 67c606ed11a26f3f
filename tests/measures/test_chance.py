import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, chi2, linregress, norm

from affekt.measures.chance import (
    at_least,
    at_most,
    chi_square_above,
    normal_below,
    poisson_binomial,
    run_at_least,
    trend,
)
from affekt.quality.workers import longest_run


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.01, 0.99))
def test_tails_agree_with_independent_ones(right: int, n: int, chance: float) -> None:
    assert at_most(right, n, chance) == pytest.approx(binom.cdf(right, n, chance))
    assert at_least(right, n, chance) == pytest.approx(binom.sf(right - 1, n, chance))


def test_normal_and_chi_square_agree_with_independent_ones() -> None:
    assert normal_below(np.array([-3.0, 0.5])) == pytest.approx(norm.cdf([-3.0, 0.5]))
    assert chi_square_above(7.5, 2) == pytest.approx(chi2.sf(7.5, 2))


@given(st.integers(0, 30), st.floats(0.01, 0.99))
def test_equal_chances_give_the_binomial(n: int, chance: float) -> None:
    known = binom.pmf(np.arange(n + 1), n, chance)
    assert poisson_binomial(np.full(n, chance)) == pytest.approx(known, abs=1e-12)


@given(st.lists(st.floats(0, 1), max_size=12))
def test_unequal_chances_have_their_mean_and_sum_to_one(chances: list[float]) -> None:
    mass = poisson_binomial(np.array(chances))
    assert mass.sum() == pytest.approx(1)
    assert mass @ np.arange(mass.size) == pytest.approx(sum(chances))


def naive_run(length: int, n: int, chance: float) -> float:
    """Add up every sequence of n trials that holds the run."""
    return sum(
        chance ** sum(trials) * (1 - chance) ** (n - sum(trials))
        for trials in itertools.product([True, False], repeat=n)
        if any(all(trials[at : at + length]) for at in range(n - length + 1))
    )


@given(st.integers(1, 8), st.integers(1, 8), st.floats(0, 1))
def test_a_run_is_as_likely_as_all_sequences_that_hold_it(
    length: int, n: int, chance: float
) -> None:
    assert run_at_least(length, n, chance) == pytest.approx(naive_run(length, n, chance), abs=1e-9)


def test_no_run_is_certain() -> None:
    assert run_at_least(0, 5, 0.5) == 1


@given(st.lists(st.booleans(), max_size=30))
def test_the_longest_run_agrees_with_grouping(answers: list[bool]) -> None:
    groups = [len(list(group)) for _, group in itertools.groupby(answers)]
    assert longest_run(answers) == max(groups, default=0)


@given(st.lists(st.booleans(), min_size=12, max_size=60).filter(lambda outs: len(set(outs)) == 2))
def test_a_trend_along_one_axis_is_n_times_the_squared_correlation(outcomes: list[bool]) -> None:
    right, place = np.array(outcomes, dtype=float), np.arange(len(outcomes), dtype=float)
    known = chi2.sf(len(outcomes) * linregress(place, right).rvalue ** 2, 1)
    assert trend(right, place[:, None]) == pytest.approx(known)


def test_equal_outcomes_have_no_trend() -> None:
    assert trend(np.ones(20), np.arange(20.0)[:, None]) == 1


def test_too_few_outcomes_cannot_tell_a_trend() -> None:
    assert math.isnan(trend(np.arange(10.0), np.arange(10.0)[:, None]))
