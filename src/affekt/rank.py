"""The one source of random order: pictures are ranked by ``sha256(seed, id)`` and cut.

A draw made this way depends on nothing but the seed and the identifiers: not on row order, threads,
machine or library version. A longer cut contains the shorter one, and a new picture never reshuffles
the old ones.
"""

from collections.abc import Iterable
from hashlib import sha256


def rank_of(identifier: str, seed: int, purpose: str = "") -> int:
    """Place of one identifier in the random order of a seed: 0 … 2**63 - 1, uniform.

    ``purpose`` makes independent orders from one seed (``"sample"``, ``"split"``), so that what is drawn
    first is not also what is split first.

    >>> rank_of("b", seed=2016) == rank_of("b", seed=2016)
    True
    >>> rank_of("b", seed=2016) == rank_of("b", seed=2017)
    False
    """
    digest = sha256(f"{seed}\n{purpose}\n{identifier}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def share_of(identifier: str, seed: int, purpose: str = "") -> float:
    """Place of one identifier as a share, 0 ≤ share < 1, uniform; see `rank_of`."""
    return (rank_of(identifier, seed, purpose) >> 10) / 2**53


def ranked(identifiers: Iterable[str], seed: int, purpose: str = "") -> list[str]:
    """Give the identifiers in the random order of a seed; equal ones stay, side by side.

    >>> ranked(["a", "b", "c"], seed=1) == ranked(["c", "a", "b"], seed=1)
    True
    """
    return sorted(identifiers, key=lambda name: (rank_of(name, seed, purpose), name))
