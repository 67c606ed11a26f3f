"""Search among 64-bit words: every pair within some bits, no pair missed, none by luck.

The 64 bits are dealt to a few bands. Two words that differ in at most ``bits`` places differ, in
at least one band, in at most that band's radius, because the radii are chosen so that otherwise
they would differ in more places altogether. So it is enough to look, band by band, into the
buckets whose key differs in at most the radius.

References:
    Norouzi, Punjani and Fleet (2012), Fast search in Hamming space with multi-index hashing, CVPR.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from itertools import combinations, pairwise
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Int32, UInt8, UInt64
from numba import njit, types
from numba.extending import intrinsic

from affekt.pictures.phash import MOST_BITS, WIDTH

WIDEST = 22  # bits of a band; more makes the bucket table bigger than the words
SLICES = 16  # pieces of a band that are searched, and given out, on their own
PER_BLOCK = 1 << 20  # pairs given out at a time, so that a mass of near copies fits in memory

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
    """Words sorted by the bits of one band."""

    rows: Int32[np.ndarray, " image"]
    words: UInt64[np.ndarray, " image"]
    starts: Int32[np.ndarray, " key"]
    filled: Int32[np.ndarray, " key"]
    longest: int


class Also(NamedTuple):
    """Second words of the same rows: they differ in more than `above` and at most `most` bits."""

    words: Hashes
    above: int
    most: int


def blocks(
    words: Hashes, bits: int, also: Also | None = None, *, workers: int | None = None
) -> Iterator[Pairs]:
    """Give the pairs within `bits` piece by piece, each pair once; best where no two are equal."""
    bands = dealt_bands(bits, len(words))
    masks = np.array([band.mask for band in bands], np.uint64)
    radii = np.array([band.radius for band in bands], np.int64)
    above, most = (also.above, also.most) if also else (-1, WIDTH)
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        for number, band in enumerate(bands):
            if band.radius < 0:
                continue
            buckets = Buckets(*_sorted(words, np.uint64(band.mask), band.width))
            others = also.words[buckets.rows] if also else buckets.words
            sought = Sought(
                differences_of(band), bits, number, masks, radii, above, most, PER_BLOCK
            )
            pieces = list(
                pairwise(np.linspace(0, len(buckets.filled), SLICES + 1).astype(np.int64))
            )
            marks = [np.array([0, low, 0]) for low, _ in pieces]
            search = partial(_search, buckets, others, sought)
            for piece, mark, found in zip(
                pieces, marks, pool.map(search, pieces, marks), strict=True
            ):
                yield Pairs(*found)
                while mark[0] < len(sought.differences):
                    yield Pairs(*search(piece, mark))


class Sought(NamedTuple):
    """What `_search` needs to know besides the words."""

    differences: Any
    bits: int
    number: int
    masks: Any
    radii: Any
    above: int
    most: int
    per_block: int


def differences_of(band: Band) -> Any:
    """Give every key difference of at most the band's radius."""
    return _differences(band.width, band.radius)


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


def dealt_bands(bits: int, n: int) -> list[Band]:
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


ones: Any = intrinsic(_counting_ones)


@njit(cache=True, nogil=True)
def key_of(word: Any, mask: Any) -> Any:  # pragma: no cover  (compiled)
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
def _sorted(words: Any, mask: Any, width: Any) -> Any:  # pragma: no cover  (compiled)
    """Sort by the key of one band, by counting."""
    n, n_keys = len(words), 1 << width
    keys = np.empty(n, np.int32)
    starts = np.zeros(n_keys + 1, np.int32)
    for row in range(n):
        keys[row] = key_of(words[row], mask)
        starts[keys[row] + 1] += 1
    n_filled = 0
    for key in range(n_keys):
        n_filled += starts[key + 1] > 0
        starts[key + 1] += starts[key]
    filled = np.empty(n_filled, np.int32)
    n_filled, longest = 0, np.int64(0)
    for key in range(n_keys):
        longest = max(longest, starts[key + 1] - starts[key])
        if starts[key + 1] > starts[key]:
            filled[n_filled] = key
            n_filled += 1
    rows, placed, free = np.empty(n, np.int32), np.empty(n, np.uint64), starts[:-1].copy()
    for row in range(n):
        place = free[keys[row]]
        free[keys[row]] += 1
        rows[place], placed[place] = row, words[row]
    return rows, placed, starts, filled, longest


@njit(cache=True, nogil=True)
def _search(
    buckets: Any, others: Any, sought: Any, piece: Any, progress: Any
) -> Any:  # pragma: no cover  (compiled)
    """Compare a piece of the buckets with those that differ little, difference by difference.

    For one difference the neighbours of rising keys rise too, so memory is read nearly in order.
    Stops early when enough is found; `progress` says where to go on.
    """
    rows, words, starts, filled, longest = buckets
    differences, bits, per_block = sought.differences, sought.bits, sought.per_block
    low, high = piece
    begin_at, begin_one = progress[1], progress[2]
    room = per_block + longest  # what is not written to takes no memory
    left, right = np.empty(room, np.int32), np.empty(room, np.int32)
    distance, n = np.empty(room, np.uint8), 0
    for number in range(progress[0], len(differences)):
        difference = differences[number]
        for at in range(begin_at, high):
            key = filled[at]
            other = key ^ difference
            if other < key:
                continue
            end = starts[other + 1]
            for one in range(max(begin_one, starts[key]), starts[key + 1]):
                if n >= per_block:
                    progress[0], progress[1], progress[2] = number, at, one
                    return left[:n], right[:n], distance[:n]
                for two in range(one + 1 if other == key else starts[other], end):
                    count = np.int64(ones(words[one] ^ words[two]))
                    if count <= bits and _fits(others, words, one, two, sought):
                        left[n], right[n], distance[n] = rows[one], rows[two], count
                        n += 1
            begin_one = 0
        begin_at = low
    progress[0] = len(differences)
    return left[:n], right[:n], distance[:n]


@njit(cache=True, nogil=True)
def _fits(
    others: Any, words: Any, one: Any, two: Any, sought: Any
) -> Any:  # pragma: no cover  (compiled)
    """Tell whether the second words fit too, and no earlier band has found the pair already."""
    apart = np.int64(ones(others[one] ^ others[two]))
    if apart <= sought.above or apart > sought.most:
        return False
    different = words[one] ^ words[two]
    for earlier in range(sought.number):
        if np.int64(ones(different & sought.masks[earlier])) <= sought.radii[earlier]:
            return False
    return True
