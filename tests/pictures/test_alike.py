"""Pictures alike by two hashes: held against naive lines, and an end in time (B51)."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.pictures.alike import (
    Limit,
    Links,
    Prints,
    alike_components,
    alike_keepers,
    unconfirmed,
)

LIMITS = st.builds(
    lambda bits, dhash, phash: Limit(bits, dhash, phash),
    st.integers(0, 10),
    st.sampled_from([3, 8, 16, 64]),
    st.sampled_from([3, 8, 16, 64]),
)
MANY = settings(deadline=None, max_examples=40)


def clustered(seed: int, count: int = 90) -> Prints:
    """Give hashes of which many are near each other by one hash, by both or not at all."""
    generator = np.random.default_rng(seed)
    words = generator.integers(0, 1 << 64, (2, 4, count), dtype=np.uint64)
    centres = (word[0][generator.integers(0, 5, count)] for word in words)
    flips = (word[1] & word[2] & word[3] for word in words)
    phash, dhash = (centre ^ flip for centre, flip in zip(centres, flips, strict=True))
    phash[:9], dhash[:9] = phash[9:18], dhash[9:18]
    return Prints(phash, dhash)


def bits_between(prints: Prints, one: int, two: int) -> tuple[int, int]:
    return (
        (int(prints.phash[one]) ^ int(prints.phash[two])).bit_count(),
        (int(prints.dhash[one]) ^ int(prints.dhash[two])).bit_count(),
    )


def is_alike(prints: Prints, limit: Limit, one: int, two: int) -> bool:
    phash, dhash = bits_between(prints, one, two)
    by_phash = phash <= limit.bits and dhash <= limit.dhash
    return by_phash or (dhash <= limit.bits and phash <= limit.phash)


def naive_components(n: int, pairs: list[tuple[int, int]]) -> list[int]:
    names = list(range(n))
    for one, two in pairs:
        kept, gone = sorted((names[one], names[two]))
        names = [kept if name == gone else name for name in names]
    return names


@given(seed=st.integers(0, 10_000), limit=LIMITS)
@MANY
def test_components_are_those_of_all_pairs(seed: int, limit: Limit) -> None:
    prints = clustered(seed)
    n = len(prints.phash)
    pairs = [pair for pair in combinations(range(n), 2) if is_alike(prints, limit, *pair)]
    assert alike_components(prints, limit).tolist() == naive_components(n, pairs)


@given(seed=st.integers(0, 10_000), limit=LIMITS)
@MANY
def test_keepers_are_those_of_ten_naive_lines(seed: int, limit: Limit) -> None:
    prints = clustered(seed)
    kinds = np.random.default_rng(seed).integers(-1, 3, (len(prints.phash), 2)).astype(np.int32)
    links = Links(np.array([5, 40, 7], np.int32), np.array([60, 12, 80], np.int32))
    linked = {(60, 5), (40, 12), (80, 7)}
    naive: list[int] = []
    for row in range(len(prints.phash)):
        near = [
            one
            for one in range(row)
            if naive[one] == one
            and (is_alike(prints, limit, one, row) or (row, one) in linked)
            and all(-1 in (a, b) or a == b for a, b in zip(kinds[one], kinds[row], strict=True))
        ]
        naive.append(near[0] if near else row)
    assert alike_keepers(prints, limit, kinds, links).tolist() == naive


@given(seed=st.integers(0, 10_000), limit=LIMITS)
@MANY
def test_what_only_one_hash_calls_near_is_unconfirmed(seed: int, limit: Limit) -> None:
    whole = clustered(seed)
    prints = whole.of(np.arange(9, 90))  # no two are equal
    wanted = {}
    for pair in combinations(range(81), 2):
        phash, dhash = bits_between(prints, *pair)
        if phash <= limit.bits and dhash > limit.dhash:
            wanted[pair] = phash
        if dhash <= limit.bits and phash > limit.phash:
            wanted[pair] = dhash
    told = {
        (one, two): distance
        for block in unconfirmed(prints, limit)
        for one, two, distance in zip(*(column.tolist() for column in block), strict=True)
    }
    assert told == wanted


def test_links_join_components() -> None:
    prints = Prints(*np.random.default_rng(2).integers(0, 1 << 64, (2, 5), dtype=np.uint64))
    links = Links(np.array([3], np.int32), np.array([1], np.int32))
    assert alike_components(prints, Limit(4, 8, 8), links).tolist() == [0, 1, 2, 1, 4]


@pytest.mark.parametrize("size", [0, 1])
def test_nothing_and_one_are_themselves(size: int) -> None:
    prints, limit = Prints(np.zeros(size, np.uint64), np.zeros(size, np.uint64)), Limit(8, 16, 16)
    assert alike_components(prints, limit).tolist() == [0] * size
    assert alike_keepers(prints, limit).tolist() == [0] * size
    assert sum(len(block.left) for block in unconfirmed(prints, limit)) == 0


def test_all_equal_ends_in_time() -> None:
    """B51."""
    prints = Prints(np.full(100_000, 12345, np.uint64), np.full(100_000, 54321, np.uint64))
    assert not alike_components(prints, Limit(8, 16, 16)).any()
    assert not alike_keepers(prints, Limit(8, 16, 16)).any()


def test_all_different_ends_in_time() -> None:
    """B51."""
    words = np.random.default_rng(1).integers(0, 1 << 64, (2, 50_000), dtype=np.uint64)
    assert (alike_components(Prints(*words), Limit(4, 8, 8)) == np.arange(50_000)).all()
    assert (alike_keepers(Prints(*words), Limit(4, 8, 8)) == np.arange(50_000)).all()


def test_a_long_chain_is_one_component_but_many_keepers() -> None:
    """B51: each of 5,000 is 1 bit from the last; copies stay within the limit of their keeper."""
    flips = np.random.default_rng(1).integers(0, 64, 5_000)
    chain = np.bitwise_xor.accumulate(np.uint64(1) << flips.astype(np.uint64))
    prints = Prints(chain, chain)
    assert not alike_components(prints, Limit(1, 2, 2)).any()
    keeper = alike_keepers(prints, Limit(4, 8, 8))
    assert (np.bitwise_count(chain ^ chain[keeper]) <= 4).all()
    assert len(np.unique(keeper)) > 500


@pytest.mark.parametrize("workers", [1, 3])
def test_the_number_of_threads_changes_nothing(workers: int) -> None:
    prints = clustered(1, 3_000)
    one = alike_components(prints, Limit(6, 12, 12), workers=workers)
    assert (one == alike_components(prints, Limit(6, 12, 12), workers=2)).all()
