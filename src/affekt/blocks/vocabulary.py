"""Regions compared with the items of a vocabulary, and how a vocabulary is learned from regions."""

from collections.abc import Callable
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Float32, Int
from numba import njit

from affekt.blocks.regions import SIZES

Descriptors = Float[np.ndarray, "region value"]
Items = Float[np.ndarray, "item value"]
Distances = Float32[np.ndarray, "region region"]
Similarities = Float32[np.ndarray, "region item"]

AT_ONCE = 128  # items whose histograms stay in the processor's cache
MOST_ROUNDS = 100
LEAST_WIDTH = 1e-100


def wiccest_similarity(regions: Descriptors, items: Items) -> Similarities:
    r"""Give how alike edges are, 0–1.

    It is the mean over six responses of
    :math:`\frac{\min(\beta_1, \beta_2)}{\max(\beta_1, \beta_2)}
    \cdot \frac{\min(\gamma_1, \gamma_2)}{\max(\gamma_1, \gamma_2)}`. Two widths of 0 are alike.

    References:
        van Gemert, Geusebroek, Veenman, Snoek and Smeulders (2006), Robust scene categorization by
        learning image statistics in context, CVPR workshop.
    """
    turned = np.ascontiguousarray(_no_zero(items).T)
    alike: Similarities = _ratios(_no_zero(regions), turned)
    return alike


def histogram_similarity(
    regions: Descriptors, items: Items, *, histograms: int = 24
) -> Similarities:
    """Give the mean intersection of histograms, 0–1.

    Args:
        regions: Histograms of shares, one behind the other.
        items: The same.
        histograms: How many each row holds; each sums to 1.
    """
    left = np.ascontiguousarray(regions, np.float32)
    alike = [
        _intersections(left, np.ascontiguousarray(items[start : start + AT_ONCE].T, np.float32))
        for start in range(0, len(items), AT_ONCE)
    ]
    return np.concatenate(alike, axis=1) / np.float32(histograms)


def occurrence(similarities: Similarities) -> Float[np.ndarray, " value"]:
    """Give mean and maximum over the regions of each size: by size, by item, mean then maximum.

    Args:
        similarities: Of the 130 regions of a picture.

    References:
        van Gemert et al. (2006); Yanulevskaya et al. (2008).
    """
    told = [
        [similarities[size.rows].mean(axis=0, dtype=float), similarities[size.rows].max(axis=0)]
        for size in SIZES
    ]
    return np.array(told).transpose(0, 2, 1).ravel()


def apart(
    descriptors: Descriptors, similarity: Callable[[Descriptors, Items], Similarities]
) -> Distances:
    """Give 1 - similarity of any two regions, 0 on the diagonal, the same in both directions."""
    distances = np.zeros((len(descriptors), len(descriptors)), np.float32)
    for start in range(0, len(descriptors), AT_ONCE):
        block = slice(start, start + AT_ONCE)
        far = np.maximum(1 - similarity(descriptors[start:], descriptors[block]), 0)
        distances[start:, block], distances[block, start:] = far, far.T
    np.fill_diagonal(distances, 0)
    return distances


def medoids(distances: Distances, items: int) -> Int[np.ndarray, " item"]:
    """Give the rows of those regions from which all are near: the items of a vocabulary.

    Each of the first items is the one that brings most; then every region goes to its nearest item,
    and each group is told by its most central region, until nothing moves. On ties the earlier one.
    Fewer come back where there are fewer regions.

    Args:
        distances: Symmetric, 0 on the diagonal.
        items: How many are wanted, 1 at least.

    References:
        Kaufman and Rousseeuw (1990), Finding Groups in Data, ch. 2, for the first items; Park and
        Jun (2009), A simple and fast algorithm for K-medoids clustering, Expert Systems with
        Applications 36, for the rounds.
    """
    found = _first(distances, min(items, len(distances)))
    for _ in range(MOST_ROUNDS):
        nearest = distances[:, found].argmin(axis=1)
        after = [_central(distances, nearest == at, own) for at, own in enumerate(found)]
        if after == found:
            break
        found = after
    return np.sort(np.array(found))


def _no_zero(descriptors: Descriptors) -> Float[np.ndarray, "region value"]:
    """Give the same as float64, each 0 as a number so small that only another 0 is like it."""
    return np.maximum(descriptors.astype(np.float64), LEAST_WIDTH)


def _first(distances: Distances, items: int) -> list[int]:
    """Give items one by one, each where the sum of distances falls most."""
    found = [int(distances.sum(axis=0, dtype=float).argmin())]
    while len(found) < items:
        gains = _gains(distances, distances[:, found].min(axis=1))
        gains[found] = -1
        found.append(int(gains.argmax()))
    return found


def _central(distances: Distances, is_inside: np.ndarray, own: int) -> int:
    """Give the region of a group from which the others are nearest; its item where it has none."""
    inside = np.flatnonzero(is_inside)
    if not inside.size:
        return own
    return int(inside[distances[np.ix_(inside, inside)].sum(axis=0, dtype=float).argmin()])


@njit(cache=True, nogil=True)
@no_type_check
def _gains(
    distances: np.ndarray, nearest: np.ndarray
) -> np.ndarray:  # pragma: no cover  (compiled)
    """Give by how much the sum of distances falls with each region as one more item."""
    gains = np.zeros(distances.shape[1])
    for row in range(len(distances)):
        for other in range(distances.shape[1]):
            gains[other] += max(nearest[row] - distances[row, other], 0.0)
    return gains


@njit(cache=True, nogil=True)
@no_type_check
def _intersections(
    regions: np.ndarray, turned: np.ndarray
) -> np.ndarray:  # pragma: no cover  (compiled)
    """Give the sums of the lesser values; ``turned`` has a row a bin and a column an item."""
    sums = np.zeros((len(regions), turned.shape[1]), np.float32)
    for region in range(len(regions)):
        for at in range(len(turned)):
            value = regions[region, at]
            if value > 0:  # most bins of most histograms are empty
                for item in range(turned.shape[1]):
                    sums[region, item] += min(value, turned[at, item])
    return sums


@njit(cache=True, nogil=True)
@no_type_check
def _ratios(regions: np.ndarray, turned: np.ndarray) -> np.ndarray:  # pragma: no cover  (compiled)
    """Give the mean product of ratios of widths and shapes; ``turned`` has a column an item."""
    half = len(turned) // 2
    sums = np.zeros((len(regions), turned.shape[1]))
    for region in range(len(regions)):
        for at in range(half):
            width, shape = regions[region, at], regions[region, half + at]
            for item in range(turned.shape[1]):
                wide, pointed = turned[at, item], turned[half + at, item]
                least, most = min(width, wide), max(width, wide)
                sums[region, item] += least * min(shape, pointed) / (most * max(shape, pointed))
    return (sums / half).astype(np.float32)
