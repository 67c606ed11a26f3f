"""Vocabularies: similarities against plain loops, medoids against what is known of them."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.blocks.vocabulary import (
    apart,
    histogram_similarity,
    medoids,
    occurrence,
    wiccest_similarity,
)

seeds = st.integers(0, 50)


def descriptors(n: int, seed: int = 1) -> np.ndarray:
    values: np.ndarray = np.random.default_rng(seed).uniform(0.05, 2, (n, 12))
    return values


def histograms(n: int, seed: int = 1) -> np.ndarray:
    counts = np.random.default_rng(seed).poisson(0.4, (n, 24, 101)) + np.eye(24, 101)
    shares: np.ndarray = (counts / counts.sum(axis=2, keepdims=True)).reshape(n, -1)
    return shares


def distances(n: int, seed: int = 1) -> np.ndarray:
    points = np.random.default_rng(seed).random((n, 2))
    far: np.ndarray = np.linalg.norm(points[:, None] - points, axis=2).astype(np.float32)
    return far


@pytest.mark.parametrize("at", [(0, 0), (3, 4), (6, 1)])
def test_edges_are_alike_by_the_ratios_of_widths_and_shapes(at: tuple[int, int]) -> None:
    regions, items = descriptors(7), descriptors(5, 2)
    one, other = regions[at[0]], items[at[1]]
    ratios = np.minimum(one, other) / np.maximum(one, other)
    found = wiccest_similarity(regions, items)[at]
    assert found == pytest.approx((ratios[:6] * ratios[6:]).mean(), rel=1e-5)


def test_two_regions_without_edges_are_alike_and_unlike_all_others() -> None:
    even, other = np.array([[0.0] * 6 + [2.0] * 6]), descriptors(1)
    assert wiccest_similarity(even, even)[0, 0] == 1
    assert wiccest_similarity(even, other)[0, 0] == 0


def test_histograms_are_alike_by_what_they_share() -> None:
    regions, items = histograms(9), histograms(4, 2)
    expected = [[np.minimum(one, other).sum() / 24 for other in items] for one in regions]
    np.testing.assert_allclose(histogram_similarity(regions, items), expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("similarity", "some"),
    [(wiccest_similarity, descriptors(150)), (histogram_similarity, histograms(150))],
    ids=["wiccest", "histograms"],
)
def test_what_is_compared_with_itself_is_alike(
    similarity: Callable[[np.ndarray, np.ndarray], np.ndarray], some: np.ndarray
) -> None:
    found = apart(some, similarity)
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_array_equal(found.diagonal(), 0)
    np.testing.assert_allclose(found, 1 - similarity(some, some), atol=1e-5)
    assert (found >= 0).all()
    assert (found <= 1).all()


def test_a_picture_is_told_by_mean_and_greatest_similarity_of_each_size() -> None:
    similarities = np.random.default_rng(1).random((130, 3)).astype(np.float32)
    found = occurrence(similarities).reshape(2, 3, 2)
    np.testing.assert_allclose(found[0, :, 0], similarities[:9].mean(axis=0), rtol=1e-6)
    np.testing.assert_array_equal(found[1, :, 1], similarities[9:].max(axis=0))


def test_the_medoids_of_three_heaps_are_one_of_each() -> None:
    heaps = np.repeat([[0.0, 0], [10, 0], [0, 10]], 20, axis=0)
    points = heaps + np.random.default_rng(1).normal(size=(60, 2))
    far = np.linalg.norm(points[:, None] - points, axis=2).astype(np.float32)
    assert (medoids(far, 3) // 20).tolist() == [0, 1, 2]


def test_one_medoid_is_the_most_central_region() -> None:
    far = distances(30)
    assert medoids(far, 1).tolist() == [far.sum(axis=0).argmin()]


@given(seeds, st.integers(1, 8))
@settings(max_examples=20, deadline=None)
def test_each_medoid_is_the_centre_of_what_is_nearest_to_it(seed: int, items: int) -> None:
    far = distances(40, seed)
    found = medoids(far, items)
    assert len(set(found)) == items
    nearest = far[:, found].argmin(axis=1)
    centres = [
        inside[far[np.ix_(inside, inside)].sum(axis=0, dtype=float).argmin()]
        for inside in (np.flatnonzero(nearest == at) for at in range(items))
    ]
    assert centres == found.tolist()


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_more_items_are_never_farther(seed: int) -> None:
    far = distances(30, seed)
    sums = [far[:, medoids(far, items)].min(axis=1).sum() for items in (1, 4, 30)]
    assert sums[0] >= sums[1] >= sums[2] == 0


def test_equal_regions_and_fewer_than_items_are_no_trouble() -> None:
    assert medoids(np.zeros((5, 5), np.float32), 3).tolist() == [0, 1, 2]
    assert medoids(distances(4), 16).tolist() == [0, 1, 2, 3]
