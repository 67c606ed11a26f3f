"""Near copies: exact recall against brute force, and an end in time on the worst input (B51)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import UInt64

from affekt.pictures.near import components, keepers, near_components, near_pairs

Hashes = UInt64[np.ndarray, " image"]


def clustered(seed: int, count: int = 120) -> Hashes:
    """Give hashes of which many are near each other, some equal."""
    generator = np.random.default_rng(seed)
    words = generator.integers(0, 1 << 64, (4, count), dtype=np.uint64)
    centres = words[0][generator.integers(0, 6, count)]
    flips = words[1] & words[2] & words[3]
    flips[: count // 10] = 0
    return np.asarray(generator.permutation(centres ^ flips))


def brute(hashes: Hashes, bits: int) -> dict[tuple[int, int], int]:
    """Give all pairs, the slow way."""
    distance = np.bitwise_count(hashes[:, None] ^ hashes[None, :])
    left, right = np.nonzero(np.triu(distance <= bits, 1))
    return {
        (int(one), int(two)): int(distance[one, two]) for one, two in zip(left, right, strict=True)
    }


def told(hashes: Hashes, bits: int) -> dict[tuple[int, int], int]:
    pairs = near_pairs(hashes, bits)
    found = zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)
    return dict(zip(found, pairs.distance.tolist(), strict=True))


@given(seed=st.integers(0, 10_000), bits=st.integers(0, 16))
@settings(deadline=None, max_examples=60)
def test_every_pair_is_found_and_no_other(seed: int, bits: int) -> None:
    hashes = np.unique(clustered(seed))
    assert told(hashes, bits) == brute(hashes, bits)


@given(seed=st.integers(0, 10_000), bits=st.integers(0, 16))
@settings(deadline=None, max_examples=30)
def test_equal_hashes_are_pairs_with_their_first(seed: int, bits: int) -> None:
    hashes = clustered(seed)
    first = {row: int(np.flatnonzero(hashes == hashes[row])[0]) for row in range(len(hashes))}
    wanted = {
        (one, two): distance
        for (one, two), distance in brute(hashes, bits).items()
        if (first[one] == one and first[two] == two) or (distance == 0 and first[two] == one)
    }
    assert told(hashes, bits) == wanted


@given(seed=st.integers(0, 10_000), bits=st.integers(0, 16))
@settings(deadline=None, max_examples=30)
def test_components_are_the_same_with_and_without_pairs(seed: int, bits: int) -> None:
    hashes = clustered(seed)
    every = list(brute(hashes, bits))
    left, right = (np.array([pair[side] for pair in every], np.int32) for side in (0, 1))
    assert (components(len(hashes), left, right) == near_components(hashes, bits)).all()


@given(seed=st.integers(0, 10_000), bits=st.integers(0, 16))
@settings(deadline=None, max_examples=30)
def test_keepers_are_those_of_ten_naive_lines(seed: int, bits: int) -> None:
    hashes = clustered(seed)
    naive: list[int] = []
    for row, word in enumerate(hashes.tolist()):
        near = [
            one
            for one in range(row)
            if naive[one] == one and (int(hashes[one]) ^ word).bit_count() <= bits
        ]
        naive.append(near[0] if near else row)
    assert keepers(hashes, bits).tolist() == naive


@pytest.mark.parametrize("size", [0, 1])
def test_nothing_and_one_have_no_pairs(size: int) -> None:
    hashes = np.zeros(size, np.uint64)
    assert told(hashes, 8) == {}
    assert near_components(hashes, 8).tolist() == keepers(hashes, 8).tolist() == [0] * size


@pytest.mark.parametrize("bits", [-1, 17])
def test_other_distances_are_a_programmers_mistake(bits: int) -> None:
    with pytest.raises(ValueError, match="0 to 16"):
        near_pairs(np.zeros(3, np.uint64), bits)


def test_all_equal_ends_in_time() -> None:
    """B51."""
    hashes = np.full(200_000, 12345, np.uint64)
    assert len(near_pairs(hashes, 8).left) == 199_999
    assert not keepers(hashes, 8).any()
    assert not near_components(hashes, 8).any()


def test_all_different_ends_in_time() -> None:
    """B51."""
    hashes = np.random.default_rng(1).integers(0, 1 << 64, 50_000, dtype=np.uint64)
    assert len(near_pairs(hashes, 4).left) == 0
    assert (keepers(hashes, 4) == np.arange(50_000)).all()


def test_a_long_chain_is_one_component_but_many_keepers() -> None:
    """B51: each of 5,000 is 1 bit from the last; copies stay within the limit of their keeper."""
    flips = np.random.default_rng(1).integers(0, 64, 5_000)
    chain = np.bitwise_xor.accumulate(np.uint64(1) << flips.astype(np.uint64))
    assert not near_components(chain, 1).any()
    keeper = keepers(chain, 4)
    assert (np.bitwise_count(chain ^ chain[keeper]) <= 4).all()
    assert len(np.unique(keeper)) > 500


@pytest.mark.parametrize("workers", [1, 3])
def test_the_number_of_threads_changes_nothing(workers: int) -> None:
    hashes = clustered(1, 3_000)
    one, other = near_pairs(hashes, 6, workers=workers), near_pairs(hashes, 6, workers=2)
    assert all((left == right).all() for left, right in zip(one, other, strict=True))
