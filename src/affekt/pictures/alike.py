"""Pictures alike by two hashes at once: what is a copy of what, and what belongs together.

One hash finds candidates and the other one confirms them, both ways round. So a copy is found
where a watermark or a cut edge has changed one hash much and the other little, and two pictures
that are simple enough to share one hash are no copies.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Int32
from numba import njit

from affekt.pictures.bands import (
    Also,
    Hashes,
    Pairs,
    Rows,
    blocks,
    dealt_bands,
    differences_of,
    key_of,
    ones,
)
from affekt.pictures.near import components, join, roots
from affekt.pictures.phash import WIDTH

Group = Int32[np.ndarray, " image"]
Kinds = Int32[np.ndarray, "image kind"]


class Prints(NamedTuple):
    """Both hashes of each picture."""

    phash: Hashes
    dhash: Hashes

    def of(self, rows: Any) -> "Prints":
        """Give the hashes of some pictures."""
        return Prints(self.phash[rows], self.dhash[rows])


class Limit(NamedTuple):
    """Two pictures are alike when one hash is within `bits` and the other not too far.

    Attributes:
        bits: Bits in which the hash that finds them differs at most (0 … 16).
        dhash: Bits in which the difference hash may differ where the perceptual one is near.
        phash: Bits in which the perceptual hash may differ where the difference hash is near.
    """

    bits: int
    dhash: int
    phash: int


class Links(NamedTuple):
    """Pairs of rows that are alike for another reason than their hashes."""

    left: Rows
    right: Rows


NO_LINKS = Links(np.empty(0, np.int32), np.empty(0, np.int32))


def alike_pairs(prints: Prints, limit: Limit, *, workers: int | None = None) -> Iterator[Pairs]:
    """Give every pair of rows that is alike, each once, piece by piece.

    The distance is that of the hash that is near. Equal pictures are pairs as well, so that many
    equal ones are very many pairs.
    """
    yield from _alike(prints, limit, workers)


def alike_components(
    prints: Prints, limit: Limit, links: Links = NO_LINKS, *, workers: int | None = None
) -> Group:
    """Give, for each picture, the first row that is joined to it by steps within the limit."""
    first, which = _collapsed(prints)
    parent = np.arange(len(first), dtype=np.int32)
    for block in _alike(prints.of(first), limit, workers):
        join(parent, block.left, block.right)
    return components(len(which), *links, start=first[roots(parent)][which])


def alike_keepers(
    prints: Prints, limit: Limit, kinds: Kinds | None = None, links: Links = NO_LINKS
) -> Group:
    """Give, for each picture in order of preference, the row of the keeper that stands for it.

    One after the other: a picture that is alike, or linked, to a keeper is represented by the
    first such keeper, any other becomes a keeper itself. So every copy is alike its own keeper,
    and no two keepers are alike. A chain whose ends are too far apart is no single group: it is
    cut where the next link is too far from the keeper.

    Args:
        prints: Hashes, the best picture first.
        limit: What is alike.
        kinds: Only pictures that agree in every column are compared; -1 agrees with all.
        links: Pairs that count as alike whatever their hashes say.
    """
    n = len(prints.phash)
    kinds = np.empty((n, 0), np.int32) if kinds is None else kinds
    bands = [band for band in dealt_bands(limit.bits, n) if band.radius >= 0]
    differences = [differences_of(band) for band in bands]
    table = np.zeros((len(bands), max(len(of_band) for of_band in differences)), np.int64)
    for number, of_band in enumerate(differences):
        table[number, : len(of_band)] = of_band
    counts = np.array([len(of_band) for of_band in differences], np.int64)
    masks = np.array([band.mask for band in bands], np.uint64)
    heads = np.full((2, len(bands), 1 << max(band.width for band in bands)), -1, np.int32)
    most = np.array([limit.dhash, limit.phash], np.int64)
    search = (limit.bits, most, masks, table, counts)
    return np.asarray(_keepers(np.stack(prints), search, heads, kinds, _neighbours(n, links)))


def unconfirmed(prints: Prints, limit: Limit, *, workers: int | None = None) -> Iterator[Pairs]:
    """Give the pairs that one hash calls near and the other one too far, piece by piece.

    Of equal hashes the first row alone takes part: its equals are alike already. The distance is
    that of the hash that is near.
    """
    first, _ = _collapsed(prints)
    phash, dhash = prints.of(first)
    searches = ((phash, Also(dhash, limit.dhash, WIDTH)), (dhash, Also(phash, limit.phash, WIDTH)))
    for words, also in searches:
        for block in blocks(words, limit.bits, also, workers=workers):
            left, right = first[block.left], first[block.right]
            yield Pairs(np.minimum(left, right), np.maximum(left, right), block.distance)


def _alike(prints: Prints, limit: Limit, workers: int | None) -> Iterator[Pairs]:
    phash, dhash = prints
    yield from blocks(phash, limit.bits, Also(dhash, -1, limit.dhash), workers=workers)
    # What both hashes call near was found already, unless the first search asks for more.
    above = limit.bits if limit.dhash >= limit.bits else -1
    yield from blocks(dhash, limit.bits, Also(phash, above, limit.phash), workers=workers)


def _collapsed(prints: Prints) -> tuple[Group, Group]:
    """Give the first row of each pair of hashes, rising, and for each row the pair's number."""
    order = np.lexsort(prints[::-1]).astype(np.int32)  # stable: equal ones stay in order
    phash, dhash = prints.of(order)
    is_new = np.ones(len(order), bool)
    is_new[1:] = (phash[1:] != phash[:-1]) | (dhash[1:] != dhash[:-1])
    is_first = np.zeros(len(order), bool)
    is_first[order[is_new]] = True
    number = np.cumsum(is_first, dtype=np.int32) - np.int32(1)
    which = np.empty(len(order), np.int32)
    which[order] = number[order[is_new]][np.cumsum(is_new) - 1]
    return np.flatnonzero(is_first).astype(np.int32), which


def _neighbours(n: int, links: Links) -> tuple[Group, Group]:
    """Give the links from each row to earlier ones, as begins and ends in one list."""
    later = np.maximum(*links)
    starts = np.zeros(n + 1, np.int32)
    starts[1:] = np.cumsum(np.bincount(later, minlength=n))
    return starts, np.minimum(*links)[np.argsort(later, kind="stable")].astype(np.int32)


@njit(cache=True, nogil=True)
def _may_meet(kinds: Any, one: Any, two: Any) -> Any:  # pragma: no cover  (compiled)
    """Tell whether two pictures agree in every kind."""
    for column in range(kinds.shape[1]):
        left, right = kinds[one, column], kinds[two, column]
        if left >= 0 and right >= 0 and left != right:
            return False
    return True


@njit(cache=True, nogil=True)
def _keepers(
    words: Any, search: Any, heads: Any, kinds: Any, links: Any
) -> Any:  # pragma: no cover  (compiled)
    """Look each picture up among the keepers so far; buckets are linked lists, newest first."""
    masks, n = search[2], words.shape[1]
    keeper = np.arange(n).astype(np.int32)
    nexts = np.empty((2, len(masks), n), np.int32)
    for row in range(n):
        best = _linked_keeper(row, keeper, kinds, links)
        for which in range(2):
            best = _near_keeper(
                words, which, (row, best), search, heads[which], nexts[which], kinds
            )
        keeper[row] = best
        if best == row:
            for which in range(2):
                for band in range(len(masks)):
                    key = key_of(words[which, row], masks[band])
                    nexts[which, band, row] = heads[which, band, key]
                    heads[which, band, key] = row
    return keeper


@njit(cache=True, nogil=True)
def _linked_keeper(
    row: Any, keeper: Any, kinds: Any, links: Any
) -> Any:  # pragma: no cover  (compiled)
    """Give the first keeper that a link leads to, the row itself when none does."""
    begins, linked = links
    best = row
    for at in range(begins[row], begins[row + 1]):
        other = linked[at]
        if other < best and keeper[other] == other and _may_meet(kinds, row, other):
            best = other
    return best


@njit(cache=True, nogil=True)
def _near_keeper(  # noqa: PLR0913  (compiled; a tuple would be slower)
    words: Any, which: Any, so_far: Any, search: Any, heads: Any, nexts: Any, kinds: Any
) -> Any:  # pragma: no cover  (compiled)
    """Give the first keeper that one of the two hashes leads to, if it comes before `so_far`."""
    bits, most, masks, differences, counts = search
    row, best = so_far
    mine, also = words[which], words[1 - which]
    for band in range(len(masks)):
        key = key_of(mine[row], masks[band])
        for number in range(counts[band]):
            other = heads[band, key ^ differences[band, number]]
            while other >= 0:
                if (
                    other < best
                    and np.int64(ones(mine[row] ^ mine[other])) <= bits
                    and np.int64(ones(also[row] ^ also[other])) <= most[which]
                    and _may_meet(kinds, row, other)
                ):
                    best = other
                other = nexts[band, other]
    return best
