"""A map against its space: by scikit-learn, by a naive count, and at its edges (M82)."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.manifold import trustworthiness

from affekt.measures import neighbours
from affekt.measures.neighbours import (
    alike,
    alike_at_most,
    alike_by_chance,
    compared,
    nearest,
    right_by_vote,
)

seeds = st.integers(0, 2**32 - 1)


def drawn(seed: int, n: int, axes: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, axes))


def naive(points: np.ndarray, k: int) -> list[list[int]]:
    apart = [[float(np.square(a - b).sum()) for b in points] for a in points]
    others = [[j for j in range(len(points)) if j != i] for i in range(len(points))]
    return [sorted(rest, key=lambda j: (apart[i][j], j))[:k] for i, rest in enumerate(others)]


@settings(max_examples=12, deadline=None)
@given(seeds, st.integers(5, 40), st.integers(1, 9))
def test_trustworthiness_is_that_of_scikit_learn(seed: int, n: int, axes: int) -> None:
    space, flat, k = drawn(seed, n, axes), drawn(seed + 1, n, 2), min(10, (n - 1) // 2)
    found = compared(space, flat, k)
    assert found.trust.mean() == pytest.approx(trustworthiness(space, flat, n_neighbors=k))
    near = naive(space, k)
    assert found.near.tolist() == near
    shared = [len({*a} & {*b}) / k for a, b in zip(near, naive(flat, k), strict=True)]
    assert found.recall.tolist() == pytest.approx(shared)


def test_a_map_that_is_the_space_is_trusted_wholly() -> None:
    points = drawn(1, 30, 2)
    found = compared(points, points, 10)
    assert found.trust.tolist() == found.recall.tolist() == [1.0] * 30


def test_points_in_blocks_have_the_same_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    points = drawn(2, 25, 6)
    whole = nearest(points, 4)
    monkeypatch.setattr(neighbours, "AT_ONCE", 60)
    assert nearest(points, 4).tolist() == whole.tolist()


@pytest.mark.parametrize("axes", [1, 2, 5])
def test_points_that_are_all_alike_cost_nothing_and_come_in_order(axes: int) -> None:
    """P12: ties."""
    found = compared(np.zeros((6, axes)), np.zeros((6, 2)), 2)
    assert found.near.tolist() == [[1, 2], [0, 2], [0, 1], [0, 1], [0, 1], [0, 1]]
    assert found.trust.tolist() == found.recall.tolist() == [1.0] * 6


@pytest.mark.parametrize("n", [0, 1, 2])
def test_without_neighbours_nothing_is_known(n: int) -> None:
    """P12: one picture, none."""
    found = compared(np.ones((n, 3)), np.ones((n, 2)), 0)
    assert found.near.shape == found.near_on_map.shape == (n, 0)
    assert np.isnan(found.trust).all()
    codes = np.zeros(n, dtype=int)
    assert np.isnan(right_by_vote(codes, found.near)).all()
    assert np.isnan(alike(codes, found.near)).all()
    assert math.isnan(alike_at_most(codes, 0))


def test_too_many_neighbours_are_refused() -> None:
    with pytest.raises(ValueError, match="3 neighbours of 6 points"):
        compared(np.ones((6, 2)), np.ones((6, 2)), 3)


def test_labels_that_are_equally_frequent_share_the_vote() -> None:
    codes = np.array([0, 0, 1, 1, 2])
    near = np.array([[1, 2], [0, 4], [0, 1], [2, 3], [4, 4]])
    assert right_by_vote(codes, near).tolist() == [0.5, 0.5, 0.0, 1.0, 1.0]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=3, max_size=14), seeds)
def test_chance_is_the_mean_over_all_others_and_the_most_is_never_passed(
    words: list[int], seed: int
) -> None:
    codes = np.array(words)
    everybody = np.array([[j for j in range(len(codes)) if j != i] for i in range(len(codes))])
    assert alike(codes, everybody).mean() == pytest.approx(alike_by_chance(codes))
    near = np.array([np.random.default_rng(seed).permutation(row)[:2] for row in everybody])
    assert alike(codes, near).mean() <= alike_at_most(codes, 2) + 1e-12


def test_the_most_is_reached_by_neighbours_that_are_alike_where_there_are_any() -> None:
    codes = np.array([0, 0, 1])
    assert alike_at_most(codes, 2) == pytest.approx((1 / 2 + 1 / 2 + 0) / 3)
