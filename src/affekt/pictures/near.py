"""Near copies among 64-bit hashes of one kind: every pair within some bits, and what joins up."""

from typing import Any

import numpy as np
from jaxtyping import Int32
from numba import njit

from affekt.pictures.bands import Hashes, Pairs, Rows, blocks


def near_pairs(hashes: Hashes, bits: int, *, workers: int | None = None) -> Pairs:
    """Give every pair of hashes that differ in at most `bits` places (0 … 16).

    Equal hashes are one: the first row of each value stands for it in all pairs, and every other
    row of the value makes one pair, of distance 0, with that first row. So a million equal
    pictures are a million pairs and not half a billion. Memory grows with the hashes and the pairs
    found.
    """
    first, which = _collapsed(hashes)
    rows = np.arange(len(hashes), dtype=np.int32)
    again = np.flatnonzero(first[which] != rows).astype(np.int32)
    found = [Pairs(first[which[again]], again, np.zeros(len(again), np.uint8))]
    for block in blocks(hashes[first], bits, workers=workers):
        left, right = first[block.left], first[block.right]
        found.append(Pairs(np.minimum(left, right), np.maximum(left, right), block.distance))
    left, right, distance = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((right, left))
    return Pairs(left[order], right[order], distance[order])


def components(
    n: int, left: Rows, right: Rows, start: Int32[np.ndarray, " image"] | None = None
) -> Int32[np.ndarray, " image"]:
    """Give, for each of `n` rows, the smallest row number that pairs join it to.

    `start` is an earlier answer that the pairs add to.
    """
    parent = np.arange(n, dtype=np.int32) if start is None else start.copy()
    join(parent, np.asarray(left, np.int32), np.asarray(right, np.int32))
    return roots(parent)


def roots(parent: Int32[np.ndarray, " image"]) -> Int32[np.ndarray, " image"]:
    """Give the root of each row's tree."""
    return np.asarray(_roots(parent), np.int32)


def _collapsed(
    hashes: Hashes,
) -> tuple[Int32[np.ndarray, " value"], Int32[np.ndarray, " image"]]:
    """Give the first row of each value, and for each row the number of its value."""
    _, first, which = np.unique(hashes, return_index=True, return_inverse=True)
    return first.astype(np.int32), which.astype(np.int32)


@njit(cache=True, nogil=True)
def join(parent: Any, left: Any, right: Any) -> None:  # pragma: no cover  (compiled)
    """Join the trees of every pair, the smaller root on top."""
    for pair in range(len(left)):
        one, two = left[pair], right[pair]
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        while parent[two] != two:
            parent[two] = parent[parent[two]]
            two = parent[two]
        parent[max(one, two)] = min(one, two)


@njit(cache=True, nogil=True)
def _roots(parent: Any) -> Any:  # pragma: no cover  (compiled)
    """Give the root of each row's tree; roots are smaller than their children."""
    roots = parent.copy()
    for row in range(len(roots)):
        roots[row] = roots[roots[row]]
    return roots
