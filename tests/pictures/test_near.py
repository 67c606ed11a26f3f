"""Near copies: exact recall against brute force, and an end in time on the worst input (B51)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import UInt64

from affekt.pictures import bands
from affekt.pictures.near import components, near_pairs

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


def test_components_are_named_by_their_smallest_row() -> None:
    left, right = np.array([3, 1, 4], np.int32), np.array([4, 2, 5], np.int32)
    assert components(7, left, right).tolist() == [0, 1, 1, 3, 3, 3, 6]


def test_components_add_to_an_earlier_answer() -> None:
    start = np.array([0, 1, 1, 3, 3], np.int32)
    one, two = np.array([2], np.int32), np.array([4], np.int32)
    assert components(5, one, two, start).tolist() == [0, 1, 1, 1, 1]
    assert start.tolist() == [0, 1, 1, 3, 3]


@pytest.mark.parametrize("size", [0, 1])
def test_nothing_and_one_have_no_pairs(size: int) -> None:
    assert told(np.zeros(size, np.uint64), 8) == {}


@pytest.mark.parametrize("bits", [-1, 17])
def test_other_distances_are_a_programmers_mistake(bits: int) -> None:
    with pytest.raises(ValueError, match="0 to 16"):
        near_pairs(np.zeros(3, np.uint64), bits)


def test_all_equal_ends_in_time() -> None:
    """B51."""
    hashes = np.full(200_000, 12345, np.uint64)
    assert len(near_pairs(hashes, 8).left) == 199_999


def test_all_different_ends_in_time() -> None:
    """B51."""
    hashes = np.random.default_rng(1).integers(0, 1 << 64, 50_000, dtype=np.uint64)
    assert len(near_pairs(hashes, 4).left) == 0


@pytest.mark.parametrize("per_block", [1, 50, 900])
def test_a_mass_of_near_hashes_comes_in_pieces(
    per_block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """256 words in four buckets of the first band; a search that stopped goes on where it was."""
    monkeypatch.setattr(bands, "PER_BLOCK", per_block)
    numbers = np.arange(1 << 8, dtype=np.uint64)
    first = bands.dealt_bands(8, len(numbers))[0].mask
    places = [place for place in range(64) if first >> place & 1][:2]
    places += [place for place in range(64) if not first >> place & 1][:6]
    words = np.bitwise_or.reduce(
        [(numbers >> np.uint64(at) & np.uint64(1)) << np.uint64(to) for at, to in enumerate(places)]
    )
    pieces = list(bands.blocks(words, 8))
    assert max(len(piece.left) for piece in pieces) <= per_block + 256
    names = np.concatenate([piece.left.astype(np.int64) * 256 + piece.right for piece in pieces])
    assert len(np.unique(names)) == len(names) == 256 * 255 // 2


@pytest.mark.parametrize("workers", [1, 3])
def test_the_number_of_threads_changes_nothing(workers: int) -> None:
    hashes = clustered(1, 3_000)
    one, other = near_pairs(hashes, 6, workers=workers), near_pairs(hashes, 6, workers=2)
    assert all((left == right).all() for left, right in zip(one, other, strict=True))
