"""Learning curves held against each other (G24)."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from affekt.measures.exchange import needed, rising, worth

SIZES = np.array([10.0, 100.0, 1000.0])
CURVE = np.array([0.2, 0.4, 0.8])


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_the_nearest_rising_curve_is_that_of_isotonic_regression(scores: list[float]) -> None:
    wanted = IsotonicRegression().fit_transform(np.arange(len(scores)), scores)
    assert rising(np.array(scores)) == pytest.approx(wanted, abs=1e-9)


def test_many_curves_go_together() -> None:
    many = np.array([[0.1, 0.5, 0.3], [0.4, 0.2, 0.9]])
    assert rising(many).tolist() == [rising(one).tolist() for one in many]


@pytest.mark.parametrize(
    ("level", "labels"),
    [(0.2, 10), (0.3, 10**1.5), (0.4, 100), (0.6, 10**2.5), (0.8, 1000), (0.1, 0), (0.9, math.inf)],
)
def test_between_two_sizes_the_score_is_straight_over_the_logarithm(
    level: float, labels: float
) -> None:
    assert needed(SIZES, CURVE, np.array(level)) == pytest.approx(labels)


def test_of_a_flat_piece_its_beginning_counts() -> None:
    assert needed(SIZES, np.array([0.2, 0.4, 0.4]), np.array(0.4)) == pytest.approx(100)


def test_a_score_that_is_no_number_gives_none() -> None:
    assert math.isnan(needed(SIZES, np.array([0.2, math.nan, 0.8]), np.array(0.4)))


def test_a_curve_ten_times_as_dear_is_told_with_its_interval() -> None:
    dice = np.random.default_rng(1)
    scores = CURVE + dice.normal(0, 0.01, (500, 3))
    found = worth(SIZES, np.vstack([CURVE, scores]), np.full(501, 0.6))
    assert found.needed == pytest.approx(10**2.5)
    assert found.interval.low < 10**2.5 < found.interval.high


def test_an_interval_may_end_where_nothing_was_measured() -> None:
    scores = np.array([[0.2, 0.4, 0.6]] + [[0.2, 0.4, 0.5]] * 5 + [[0.2, 0.4, 0.7]] * 5)
    found = worth(SIZES, scores, np.full(11, 0.6))
    assert found.needed == pytest.approx(1000)
    assert found.interval.low == pytest.approx(10 ** (2 + 2 / 3))
    assert found.interval.high == math.inf


def test_without_rounds_there_is_no_interval() -> None:
    found = worth(SIZES, CURVE[None], np.array([0.4]))
    assert found.needed == pytest.approx(100)
    assert math.isnan(found.interval.low)
