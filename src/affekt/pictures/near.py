"""Near copies among 64-bit hashes: every pair within some bits, no pair missed, none by luck.

The 64 bits are dealt to a few bands. Two hashes that differ in at most ``bits`` places differ, in
at least one band, in at most that band's radius, because the radii are chosen so that otherwise
they would differ in more places altogether. So it is enough to look, band by band, into the
buckets whose key differs in at most the radius.

References:
    Norouzi, Punjani and Fleet (2012), Fast search in Hamming space with multi-index hashing, CVPR.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import combinations, pairwise
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Int32, UInt8, UInt64
from numba import njit, types
from numba.extending import intrinsic

WIDTH = 64
MOST_BITS = 16
WIDEST = 22  # bits of a band; more makes the bucket table bigger than the hashes
SLICES = 16  # pieces of a band that are searched, and given out, on their own

Hashes = UInt64[np.ndarray, " image"]
Rows = Int32[np.ndarray, " pair"]


class Pairs(NamedTuple):
    """Pairs of row numbers, ``left < right``, sorted, and how many bits they differ in."""

    left: Rows
    right: Rows
    distance: UInt8[np.ndarray, " pair"]


class Band(NamedTuple):
    """Some of the 64 bits: which, and how many of them may differ."""

    mask: int
    width: int
    radius: int


class Buckets(NamedTuple):
    """Hashes sorted by the bits of one band."""

    rows: Int32[np.ndarray, " image"]
    hashes: UInt64[np.ndarray, " image"]
    starts: Int32[np.ndarray, " key"]
    filled: Int32[np.ndarray, " key"]


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
    for block in _blocks(hashes[first], bits, workers):
        left, right = first[block.left], first[block.right]
        found.append(Pairs(np.minimum(left, right), np.maximum(left, right), block.distance))
    left, right, distance = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((right, left))
    return Pairs(left[order], right[order], distance[order])


def near_components(
    hashes: Hashes, bits: int, *, workers: int | None = None
) -> Int32[np.ndarray, " image"]:
    """Give, for each hash, the first row that is joined to it by steps of at most `bits`.

    The same as `components` of `near_pairs`, without holding the pairs.
    """
    first, which = _collapsed(hashes)
    parent = np.arange(len(first), dtype=np.int32)
    for block in _blocks(hashes[first], bits, workers):
        _join(parent, block.left, block.right)
    return _first_rows(first[_roots(parent)][which])


def components(n: int, left: Rows, right: Rows) -> Int32[np.ndarray, " image"]:
    """Give, for each of `n` rows, the smallest row number that pairs join it to."""
    parent = np.arange(n, dtype=np.int32)
    _join(parent, np.asarray(left, np.int32), np.asarray(right, np.int32))
    return np.asarray(_roots(parent), np.int32)


def keepers(hashes: Hashes, bits: int) -> Int32[np.ndarray, " image"]:
    """Give, for each hash in order of preference, the row of the keeper that stands for it.

    One after the other: a hash within `bits` of a keeper is represented by the first such keeper,
    any other becomes a keeper itself. So every copy is within the limit of its keeper, and no two
    keepers are within the limit of each other. A chain whose ends differ by more is not one group:
    it is cut where the next link is too far from the keeper.
    """
    bands = [band for band in _bands(bits, len(hashes)) if band.radius >= 0]
    size = max(len(_differences(band.width, band.radius)) for band in bands)
    differences = np.zeros((len(bands), size), np.int64)
    counts = np.zeros(len(bands), np.int64)
    for number, band in enumerate(bands):
        of_band = _differences(band.width, band.radius)
        differences[number, : len(of_band)] = of_band
        counts[number] = len(of_band)
    masks = np.array([band.mask for band in bands], np.uint64)
    heads = np.full((len(bands), 1 << max(band.width for band in bands)), -1, np.int32)
    return np.asarray(_keepers(hashes, bits, masks, differences, counts, heads), np.int32)


def _collapsed(
    hashes: Hashes,
) -> tuple[Int32[np.ndarray, " value"], Int32[np.ndarray, " image"]]:
    """Give the first row of each value, and for each row the number of its value."""
    _, first, which = np.unique(hashes, return_index=True, return_inverse=True)
    return first.astype(np.int32), which.astype(np.int32)


def _first_rows(groups: Int32[np.ndarray, " image"]) -> Int32[np.ndarray, " image"]:
    """Name each group by its smallest row."""
    _, first, which = np.unique(groups, return_index=True, return_inverse=True)
    return first[which].astype(np.int32)


def _blocks(values: Hashes, bits: int, workers: int | None) -> Iterator[Pairs]:
    """Give the pairs among distinct values piece by piece, each pair once."""
    bands = _bands(bits, len(values))
    masks = np.array([band.mask for band in bands], np.uint64)
    radii = np.array([band.radius for band in bands], np.int64)
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        for number, band in enumerate(bands):
            if band.radius < 0:
                continue
            buckets = Buckets(*_sorted(values, np.uint64(band.mask), band.width))
            differences = _differences(band.width, band.radius)
            cuts = np.linspace(0, len(buckets.filled), SLICES + 1).astype(np.int64)
            tasks = [
                pool.submit(_search, buckets, differences, low, high, bits, number, masks, radii)
                for low, high in pairwise(cuts)
            ]
            for task in tasks:
                yield Pairs(*task.result())


@cache
def _differences(width: int, radius: int) -> Any:
    """Give every key difference of at most `radius` of `width` bits."""
    return np.array(
        [
            sum(1 << place for place in places)
            for size in range(radius + 1)
            for places in combinations(range(width), size)
        ],
        np.int64,
    )


def _bands(bits: int, n: int) -> list[Band]:
    """Deal the 64 bits to the number of bands that costs least for `n` hashes."""
    if not 0 <= bits <= MOST_BITS:
        raise ValueError(f"bits is {bits!r}; 0 to {MOST_BITS} are possible")
    fewest = -(-WIDTH // WIDEST)
    return min((_dealt(count, bits) for count in range(fewest, 17)), key=lambda b: _cost(b, n))


def _dealt(count: int, bits: int) -> list[Band]:
    """Deal the bits in turn, so that a band holds no neighbours; radii + 1 sum up to bits + 1."""
    bands = []
    for number in range(count):
        places = range(number, WIDTH, count)
        radius = (bits + 1) // count - 1 + (number >= count - (bits + 1) % count)
        bands.append(Band(sum(1 << place for place in places), len(places), radius))
    return bands


def _cost(bands: list[Band], n: int) -> float:
    """Estimate the work: bucket pairs visited and hashes compared."""
    cost = 0.0
    for band in bands:
        if band.radius >= 0:
            n_keys = 1 << band.width
            n_differences = len(_differences(band.width, band.radius))
            cost += 4 * n_keys + n_differences * (min(n, n_keys) + n * n / n_keys)
    return cost


def _counting_ones(_: Any, word: Any) -> Any:
    """Count the one bits of a word, by the processor's own instruction."""

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


_ones: Any = intrinsic(_counting_ones)


@njit(cache=True, nogil=True)
def _key(word: Any, mask: Any) -> Any:  # pragma: no cover  (compiled)
    """Gather the bits of a band into a small number."""
    key, place = np.int64(0), np.int64(0)
    while mask != np.uint64(0):
        lowest = mask & (~mask + np.uint64(1))
        if word & lowest:
            key |= np.int64(1) << place
        place += 1
        mask ^= lowest
    return key


@njit(cache=True, nogil=True)
def _sorted(values: Any, mask: Any, width: Any) -> Any:  # pragma: no cover  (compiled)
    """Sort by the key of one band, by counting."""
    n, n_keys = len(values), 1 << width
    keys = np.empty(n, np.int32)
    starts = np.zeros(n_keys + 1, np.int32)
    for row in range(n):
        keys[row] = _key(values[row], mask)
        starts[keys[row] + 1] += 1
    n_filled = 0
    for key in range(n_keys):
        n_filled += starts[key + 1] > 0
        starts[key + 1] += starts[key]
    filled = np.empty(n_filled, np.int32)
    n_filled = 0
    for key in range(n_keys):
        if starts[key + 1] > starts[key]:
            filled[n_filled] = key
            n_filled += 1
    rows, hashes, free = np.empty(n, np.int32), np.empty(n, np.uint64), starts[:-1].copy()
    for row in range(n):
        place = free[keys[row]]
        free[keys[row]] += 1
        rows[place], hashes[place] = row, values[row]
    return rows, hashes, starts, filled


@njit(cache=True, nogil=True)
def _is_known(different: Any, number: Any, masks: Any, radii: Any) -> Any:  # pragma: no cover
    """Tell whether an earlier band has found this pair already (compiled)."""
    for earlier in range(number):
        if np.int64(_ones(different & masks[earlier])) <= radii[earlier]:
            return True
    return False


@njit(cache=True, nogil=True)
def _search(  # noqa: PLR0913  (compiled; a tuple would be slower)
    buckets: Any,
    differences: Any,
    low: Any,
    high: Any,
    bits: Any,
    number: Any,
    masks: Any,
    radii: Any,
) -> Any:  # pragma: no cover  (compiled)
    """Compare a piece of the buckets with those that differ little, difference by difference.

    For one difference the neighbours of rising keys rise too, so memory is read nearly in order.
    """
    rows, hashes, starts, filled = buckets
    left, right = np.empty(256, np.int32), np.empty(256, np.int32)
    distance = np.empty(256, np.uint8)
    n = 0
    for difference in differences:
        for at in range(low, high):
            key = filled[at]
            other = key ^ difference
            if other < key:
                continue
            for one in range(starts[key], starts[key + 1]):
                begin = one + 1 if other == key else starts[other]
                for two in range(begin, starts[other + 1]):
                    different = hashes[one] ^ hashes[two]
                    count = np.int64(_ones(different))
                    if count > bits or _is_known(different, number, masks, radii):
                        continue
                    if n == len(left):
                        left = np.concatenate((left, np.empty(n, np.int32)))
                        right = np.concatenate((right, np.empty(n, np.int32)))
                        distance = np.concatenate((distance, np.empty(n, np.uint8)))
                    left[n], right[n], distance[n] = rows[one], rows[two], count
                    n += 1
    return left[:n], right[:n], distance[:n]


@njit(cache=True, nogil=True)
def _keepers(
    hashes: Any, bits: Any, masks: Any, differences: Any, counts: Any, heads: Any
) -> Any:  # pragma: no cover  (compiled)
    """Look each hash up among the keepers so far; buckets are linked lists, newest first."""
    n_bands = len(masks)
    keeper = np.arange(len(hashes)).astype(np.int32)
    links = np.empty((n_bands, len(hashes)), np.int32)
    keys = np.empty(n_bands, np.int64)
    for row in range(len(hashes)):
        best = row
        for band in range(n_bands):
            keys[band] = _key(hashes[row], masks[band])
            for number in range(counts[band]):
                other = heads[band, keys[band] ^ differences[band, number]]
                while other >= 0:
                    if other < best and np.int64(_ones(hashes[row] ^ hashes[other])) <= bits:
                        best = other
                    other = links[band, other]
        keeper[row] = best
        if best == row:
            for band in range(n_bands):
                links[band, row] = heads[band, keys[band]]
                heads[band, keys[band]] = row
    return keeper


@njit(cache=True, nogil=True)
def _join(parent: Any, left: Any, right: Any) -> None:  # pragma: no cover  (compiled)
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
