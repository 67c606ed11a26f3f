"""The one source of random order: pictures are ranked by ``sha256(seed, id)`` and cut.

A draw made this way depends on nothing but the seed and the identifiers: not on row order, threads,
machine or library version. A longer cut contains the shorter one, and a new picture never
reshuffles the old ones.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256

import numpy as np
from jaxtyping import Float, Int


def rank_of(identifier: str, seed: int, purpose: str = "") -> int:
    """Place of one identifier in the random order of a seed: 0 … 2**63 - 1, uniform.

    ``purpose`` makes independent orders from one seed (``"sample"``, ``"split"``), so that what is
    drawn first is not also what is split first.

    >>> rank_of("b", seed=2016) == rank_of("b", seed=2016)
    True
    >>> rank_of("b", seed=2016) == rank_of("b", seed=2017)
    False
    """
    digest = sha256(f"{seed}\n{purpose}\n{identifier}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def ranks_of(
    identifiers: Iterable[str], seed: int, purpose: str = ""
) -> Int[np.ndarray, " identifier"]:
    """Place of each of many identifiers, as `rank_of` gives it for one; several times as fast.

    >>> ranks_of(["a", "b"], seed=1).tolist() == [rank_of("a", seed=1), rank_of("b", seed=1)]
    True
    """
    before = f"{seed}\n{purpose}\n".encode()
    digests = b"".join([sha256(before + name.encode()).digest() for name in identifiers])
    return (np.frombuffer(digests, ">u8")[::4] >> np.uint64(1)).astype(np.int64)


def share_of(identifier: str, seed: int, purpose: str = "") -> float:
    """Place of one identifier as a share, 0 ≤ share < 1, uniform; see `rank_of`."""
    return (rank_of(identifier, seed, purpose) >> 10) / 2**53


def shares_of(
    identifiers: Iterable[str], seed: int, purpose: str = ""
) -> Float[np.ndarray, " identifier"]:
    """Place of each of many identifiers as a share, as `share_of` gives it for one.

    >>> shares_of(["a", "b"], seed=1).tolist() == [share_of("a", seed=1), share_of("b", seed=1)]
    True
    """
    shares: Float[np.ndarray, " identifier"] = (ranks_of(identifiers, seed, purpose) >> 10) / 2**53
    return shares


def ranked(identifiers: Iterable[str], seed: int, purpose: str = "") -> list[str]:
    """Give the identifiers in the random order of a seed; equal ones stay, side by side.

    >>> ranked(["a", "b", "c"], seed=1) == ranked(["c", "a", "b"], seed=1)
    True
    """
    return sorted(identifiers, key=lambda name: (rank_of(name, seed, purpose), name))


def dealt(
    groups: Sequence[str], labels: Sequence[str], hands: int, *, seed: int, purpose: str = "deal"
) -> list[int]:
    """Give each row one of the hands 0 … hands - 1: groups stay whole, labels are spread evenly.

    Groups are dealt one by one, large ones first and equal ones in the random order of the seed,
    each to the hand that holds least of what the group brings, as shares of the label's rows; then
    to the smallest hand, then to the first. Without groups of several rows, no label differs by
    more than one row between two hands. With one label for all, only sizes are balanced.

    >>> dealt(["a", "a", "b", "c"], ["x", "x", "x", "x"], 2, seed=1)[:2]
    [0, 0]
    """
    holds: dict[str, Counter[str]] = {}
    for group, label in zip(groups, labels, strict=True):
        holds.setdefault(group, Counter())[label] += 1
    all_rows = Counter(labels)
    dealt_rows = [Counter[str]() for _ in range(hands)]
    sizes = [0] * hands
    hand_of: dict[str, int] = {}
    for group in sorted(ranked(holds, seed, purpose), key=lambda name: -holds[name].total()):
        brought = holds[group]
        crowding = [
            sum(n * rows[label] / all_rows[label] ** 2 for label, n in sorted(brought.items()))
            for rows in dealt_rows
        ]
        hand = min(range(hands), key=lambda at: (crowding[at], sizes[at], at))
        hand_of[group] = hand
        dealt_rows[hand].update(brought)
        sizes[hand] += brought.total()
    return [hand_of[group] for group in groups]
