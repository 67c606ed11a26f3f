"""Tests of differences, held against statsmodels, scipy and enumeration (M72, G16)."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats import contingency_tables

from affekt.measures.comparison import corrected_t, mcnemar, sign_flips


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_exact_test_agrees_with_statsmodels(first: int, second: int) -> None:
    known = contingency_tables.mcnemar([[9, first], [second, 9]], exact=True).pvalue
    assert mcnemar(first, second) == pytest.approx(min(1.0, known))


def test_no_picture_that_tells_them_apart_is_no_difference() -> None:
    assert mcnemar(0, 0) == 1


def test_flipping_signs_agrees_with_all_flips_there_are() -> None:
    differences = np.array([0.5, 1.0, -0.25, 2.0, 0.75, 1.5])
    flips = np.array(list(itertools.product([-1, 1], repeat=6)))
    known = (np.abs(flips @ differences) >= differences.sum() - 1e-9).mean()
    found = sign_flips(differences, np.random.default_rng(1), rounds=20_000)
    assert found == pytest.approx(known, abs=0.01)


def test_flipping_single_pictures_is_the_exact_test() -> None:
    differences = np.repeat([1.0, -1.0, 0.0], [14, 5, 30])
    found = sign_flips(differences, np.random.default_rng(2), rounds=20_000)
    assert found == pytest.approx(mcnemar(14, 5), abs=0.01)


def test_a_p_value_is_never_zero_and_no_difference_gives_one() -> None:
    dice = np.random.default_rng(3)
    assert sign_flips(np.ones(60), dice, rounds=999) == 1 / 1000
    assert sign_flips(np.zeros(60), dice, rounds=999) == 1.0


def test_pictures_that_belong_together_count_once() -> None:
    """M72: ten pictures of one group say no more than one picture."""
    alone = sign_flips(np.ones(10), np.random.default_rng(4), rounds=2000)
    together = sign_flips(np.array([10.0]), np.random.default_rng(4), rounds=2000)
    assert alone < 0.01
    assert together == 1


@given(st.lists(st.floats(-1, 1), min_size=3, max_size=30).filter(lambda x: np.std(x) > 1e-6))
@settings(max_examples=30)
def test_without_shared_training_it_is_the_t_test_and_with_it_is_more_careful(
    differences: list[float],
) -> None:
    known = stats.ttest_1samp(differences, 0).pvalue
    rounds = np.array(differences)
    assert corrected_t(rounds, 0.0) == pytest.approx(known)
    assert corrected_t(rounds, 0.25) >= known - 1e-12


def test_the_correction_is_that_of_the_paper() -> None:
    rounds = np.array([0.02, 0.05, 0.01, 0.04, 0.03])
    t = rounds.mean() / math.sqrt((1 / 5 + 1 / 4) * rounds.var(ddof=1))
    assert corrected_t(rounds, 1 / 4) == pytest.approx(2 * stats.t.sf(t, 4))


@pytest.mark.parametrize(("rounds", "p"), [([0.1], np.nan), ([0.0, 0.0], 1.0), ([0.1, 0.1], 0.0)])
def test_edges_of_the_t_test(rounds: list[float], p: float) -> None:
    assert corrected_t(np.array(rounds), 0.25) == pytest.approx(p, nan_ok=True)
