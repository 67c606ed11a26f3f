"""Who is near whom among points, and what a flat map of them keeps of it.

Distances are Euclidean, and a point is never its own neighbour.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

AT_ONCE = 2_000_000  # distances in memory together, 16 MB

Points = Float[np.ndarray, "point axis"]
Places = Float[np.ndarray, "point 2"]
Near = Int[np.ndarray, "point neighbour"]
Apart = Float[np.ndarray, "row point"]  # squared distances from some points to all
Some = Int[np.ndarray, "row neighbour"]


class Compared(NamedTuple):
    """A map held against the space it was made from.

    Attributes:
        near: Numbers of the nearest points of each point in space, nearest first.
        near_on_map: The same on the map.
        recall: Share of a point's neighbours on the map that are its neighbours in space, 0–1.
        trust: What each point adds to trustworthiness; their mean is it.
    """

    near: Near
    near_on_map: Near
    recall: Float[np.ndarray, " point"]
    trust: Float[np.ndarray, " point"]


def compared(space: Points, flat: Places, neighbours: int) -> Compared:
    r"""Hold a map against the space it was made from, neighbour by neighbour.

    Trustworthiness is :math:`1 - \frac{2}{nk(2n-3k-1)} \sum_i \sum_j \max(0, r_{ij} - k)` over the
    k neighbours j of i on the map, of rank r in space: 1 where all neighbours on the map are
    neighbours, about 0.5 where the map is chance. A rank is one more than the number of points
    that are nearer, so that a tie costs nothing.

    Args:
        space: One row a point; finite.
        flat: Its place on the map, in the same order.
        neighbours: k; below half the number of points.

    Returns:
        NaN as recall and trust of every point where k is 0.

    Raises:
        ValueError: There are too few points for so many neighbours.

    References:
        Venna and Kaski (2001), Neighborhood preservation in nonlinear projection methods, ICANN.
    """
    n = len(space)
    if len(flat) != n or neighbours < 0 or (neighbours and 2 * neighbours >= n):
        raise ValueError(
            f"compared: {neighbours} neighbours of {n} points and {len(flat)} places; as many "
            "places as points and less than half as many neighbours are needed"
        )
    if not neighbours:
        nobody, unknown = np.zeros((n, 0), dtype=np.int64), np.full(n, np.nan)
        return Compared(nobody, nobody, unknown, unknown)
    on_map = nearest(flat, neighbours)
    near, ranks = np.empty_like(on_map), np.empty_like(on_map)
    for first, apart in _apart(space):
        rows = slice(first, first + len(apart))
        near[rows] = _least(apart, neighbours)
        ranks[rows] = _ranks(apart, on_map[rows])
    beyond = np.maximum(ranks - neighbours, 0).sum(axis=1)
    worst = neighbours * (2 * n - 3 * neighbours - 1)
    return Compared(near, on_map, (ranks <= neighbours).mean(axis=1), 1 - 2 * beyond / worst)


def nearest(points: Points, neighbours: int) -> Near:
    """Give the numbers of the nearest points of each point, nearest first.

    Of points that are equally near the one with the lower number comes first.
    """
    found = [_least(apart, neighbours) for _, apart in _apart(points)]
    return np.concatenate([np.zeros((0, neighbours), dtype=np.int64), *found])


def _apart(points: Points) -> Iterator[tuple[int, Apart]]:
    """Give squared distances to all points, some rows at once, and the number of the first row."""
    n, axes = points.shape
    at_once = max(1, AT_ONCE // max(n, 1))
    lengths = np.square(points).sum(axis=1)
    for first in range(0, n, at_once):
        some = points[first : first + at_once]
        if axes <= 3:  # few enough to subtract, which rounds nothing away
            apart = np.zeros((len(some), n))
            for axis in range(axes):
                apart += np.square(some[:, axis, None] - points[None, :, axis])
        else:
            apart = lengths[first : first + at_once, None] + lengths - 2 * some @ points.T
        rows = np.arange(len(some))
        apart[rows, first + rows] = np.inf
        yield first, apart


def _least(apart: Apart, neighbours: int) -> Some:
    found = np.empty((len(apart), neighbours), dtype=np.int64)
    for number, row in enumerate(apart):
        limit = np.partition(row, neighbours - 1)[neighbours - 1]
        within = np.flatnonzero(row <= limit)
        found[number] = within[np.argsort(row[within], kind="stable")[:neighbours]]
    return found


def _ranks(apart: Apart, of: Some) -> Some:
    """Give the rank of some points by distance, from 1."""
    ranks = np.empty_like(of)
    for column in range(of.shape[1]):
        own = np.take_along_axis(apart, of[:, column, None], axis=1)
        ranks[:, column] = 1 + np.count_nonzero(apart < own, axis=1)
    return ranks


def right_by_vote(codes: Int[np.ndarray, " point"], near: Near) -> Float[np.ndarray, " point"]:
    """Tell how right the most frequent code among each point's neighbours is, 0–1.

    Codes that are equally frequent share the vote: with two of them, one of which is right, it is
    0.5. NaN without neighbours.
    """
    if not near.shape[1]:
        return np.full(len(codes), np.nan)
    votes = np.zeros((len(codes), int(codes.max(initial=0)) + 1), dtype=np.int64)
    np.add.at(votes, (np.arange(len(codes))[:, None], codes[near]), 1)
    leads = votes == votes.max(axis=1, keepdims=True)
    right: Float[np.ndarray, " point"] = leads[np.arange(len(codes)), codes] / leads.sum(axis=1)
    return right


def alike(codes: Int[np.ndarray, " point"], near: Near) -> Float[np.ndarray, " point"]:
    """Give the share of each point's neighbours that have its code, 0–1; NaN without neighbours."""
    if not near.shape[1]:
        return np.full(len(codes), np.nan)
    return np.asarray((codes[near] == codes[:, None]).mean(axis=1))


def alike_by_chance(codes: Int[np.ndarray, " point"]) -> float:
    """Give the share of pairs that have the same code: what `alike` is for neighbours by lot."""
    counts, n = np.bincount(codes), len(codes)
    return float((counts * (counts - 1)).sum() / (n * (n - 1))) if n > 1 else float("nan")


def alike_at_most(codes: Int[np.ndarray, " point"], neighbours: int) -> float:
    """Give the largest mean of `alike` there can be: small groups have too few other members."""
    if not neighbours or not len(codes):
        return float("nan")
    others = np.bincount(codes)[codes] - 1
    return float(np.minimum(others, neighbours).mean() / neighbours)
