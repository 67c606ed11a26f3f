import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import r2_score

from affekt.measures import ratings

VALUES = st.lists(
    st.tuples(st.floats(1, 7, width=16), st.floats(-3, 12, width=16)), min_size=3, max_size=30
)


def sums(truth: list[float], said: list[float], weights: list[float] | None = None) -> np.ndarray:
    weighed = np.array(weights or [1.0] * len(truth))
    summed: np.ndarray = ratings.parts(np.array(truth), np.array(said), weighed).sum(axis=0)
    return summed


def slow_concordance(truth: np.ndarray, said: np.ndarray) -> float:
    """Lin (1989), eq. 2, written out."""
    cov = float(np.mean((truth - truth.mean()) * (said - said.mean())))
    below = float(truth.var() + said.var() + (truth.mean() - said.mean()) ** 2)
    return 2 * cov / below


@given(VALUES)
def test_all_three_agree_with_what_others_compute(rows: list[tuple[float, float]]) -> None:
    truth, said = (np.array(one) + np.arange(len(rows)) for one in zip(*rows, strict=True))
    found = sums(truth.tolist(), said.tolist())
    known = stats.pearsonr(truth, said).statistic if min(np.ptp(truth), np.ptp(said)) > 0 else None
    r = float(ratings.correlation(found))
    assert r == pytest.approx(math.nan if known is None else known, abs=1e-6, nan_ok=True)
    assert ratings.concordance(found) == pytest.approx(slow_concordance(truth, said), abs=1e-9)


@given(VALUES)
def test_determination_agrees_with_scikit_learn(rows: list[tuple[float, float]]) -> None:
    truth, said = (list(one) for one in zip(*rows, strict=True))
    truth[0] = 20.0
    found = float(ratings.determination(sums(truth, said)))
    assert found == pytest.approx(r2_score(truth, said), rel=1e-6, abs=1e-6)


def test_perfect_estimates_give_one() -> None:
    found = sums([1.0, 2.0, 4.0], [1.0, 2.0, 4.0])
    assert ratings.correlation(found) == pytest.approx(1)
    assert ratings.determination(found) == pytest.approx(1)
    assert ratings.concordance(found) == pytest.approx(1)


def test_a_shift_costs_concordance_and_determination_but_no_correlation() -> None:
    found = sums([1.0, 2.0, 3.0], [2.0, 3.0, 4.0])
    assert ratings.correlation(found) == pytest.approx(1)
    assert ratings.concordance(found) == pytest.approx(4 / 7)
    assert ratings.determination(found) == pytest.approx(-0.5)


def test_always_the_mean_explains_nothing() -> None:
    found = sums([1.1, 2.1, 3.1], [2.1, 2.1, 2.1])
    assert math.isnan(ratings.correlation(found))
    assert ratings.determination(found) == pytest.approx(0)
    assert ratings.concordance(found) == pytest.approx(0)


def test_a_constant_truth_has_no_correlation_and_no_determination() -> None:
    found = sums([5.1, 5.1, 5.1], [4.0, 5.0, 6.0])
    assert math.isnan(ratings.correlation(found))
    assert math.isnan(ratings.determination(found))


def test_no_pictures_give_no_number() -> None:
    found = sums([], [])
    assert math.isnan(ratings.correlation(found))
    assert math.isnan(ratings.determination(found))
    assert math.isnan(ratings.concordance(found))


def test_a_weight_is_as_good_as_a_copy() -> None:
    heavy = sums([1.0, 2.0, 5.0], [2.0, 2.5, 3.0], [1.0, 2.0, 1.0])
    copied = sums([1.0, 2.0, 2.0, 5.0], [2.0, 2.5, 2.5, 3.0])
    assert ratings.correlation(heavy) == pytest.approx(float(ratings.correlation(copied)))
    assert ratings.concordance(heavy) == pytest.approx(float(ratings.concordance(copied)))


def test_rounds_are_measured_at_once() -> None:
    one, other = sums([1.0, 2.0, 5.0], [2.0, 1.0, 3.0]), sums([1.0, 2.0, 3.0], [3.0, 2.0, 1.0])
    found = ratings.correlation(np.array([one, other]))
    assert found == pytest.approx([float(ratings.correlation(one)), -1.0])
