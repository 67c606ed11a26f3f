"""Where a score comes from: maps add up to it, and are compared by ranks (M75, G19)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from affekt.measures.saliency import (
    Affine,
    centred,
    class_activation_map,
    most_marked,
    rank_correlation,
)

SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS, st.integers(1, 9), st.integers(1, 5), st.integers(2, 5))
@settings(max_examples=30)
def test_the_mean_of_a_map_and_the_bias_are_the_score(
    seed: int, channels: int, side: int, emotions: int
) -> None:
    """M75: Zhou et al. (2016), equation 2."""
    dice = np.random.default_rng(seed)
    seen = dice.normal(size=(channels, side, side))
    scores = Affine(dice.normal(size=(channels, emotions)), dice.normal(size=emotions))
    asked = seen.mean(axis=(1, 2)) @ scores.weights + scores.biases
    maps = [class_activation_map(seen, one) for one in scores.weights.T]
    assert np.allclose([one.mean() for one in maps] + scores.biases, asked)


@given(SEEDS, st.integers(1, 4))
@settings(max_examples=30)
def test_what_moves_all_scores_alike_moves_no_map(seed: int, known: int) -> None:
    """A softmax answers the same, and so does the map."""
    dice = np.random.default_rng(seed)
    is_known = np.arange(4) < known
    weights, biases = dice.normal(size=(6, 4)), dice.normal(size=4)
    moved = Affine(weights + dice.normal(size=(6, 1)), biases + 3.0)
    one, other = (centred(each, is_known) for each in (Affine(weights, biases), moved))
    assert np.allclose(one.weights, other.weights)
    assert np.allclose(one.biases, other.biases)
    assert np.allclose(one.weights.sum(axis=1), 0)
    assert not one.weights[:, ~is_known].any()
    gaps = one.weights[:, :known] - one.weights[:, :1]
    assert np.allclose(gaps, weights[:, :known] - weights[:, :1])


def test_without_a_known_emotion_nothing_speaks_for_any() -> None:
    found = centred(Affine(np.ones((3, 2)), np.ones(2)), np.zeros(2, bool))
    assert not found.weights.any()
    assert not found.biases.any()


@given(st.lists(st.integers(0, 4), min_size=2, max_size=12), SEEDS)
@settings(max_examples=40)
def test_rank_correlation_is_that_of_scipy_with_ties(values: list[int], seed: int) -> None:
    one = np.array(values, float)
    other = np.random.default_rng(seed).integers(0, 4, one.size).astype(float)
    found = rank_correlation(one, other)
    if np.ptp(one) and np.ptp(other):
        assert found == pytest.approx(stats.spearmanr(one, other).statistic)
    else:
        assert np.isnan(found)


def test_a_map_of_one_cell_or_none_has_no_order() -> None:
    """P12."""
    assert np.isnan(rank_correlation(np.ones((1, 1)), np.ones((1, 1))))
    assert np.isnan(rank_correlation(np.ones((0, 0)), np.ones((0, 0))))


def test_the_highest_cells_are_marked_and_of_equal_ones_the_first() -> None:
    grid = np.array([[1.0, 5.0], [5.0, -9.0]])
    assert most_marked(grid, 1).tolist() == [[False, True], [False, False]]
    assert most_marked(grid, 3).tolist() == [[True, True], [True, False]]
    assert not most_marked(grid, 0).any()
