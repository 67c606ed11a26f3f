"""Shares of votes, and the emotion that has most of them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

TIED = 1e-9  # shares that differ less are equal: fractions of a few votes, up to rounding


class Counted(NamedTuple):
    """Which emotion has most votes, None in a tie, and each one's share in taxonomy order."""

    emotion: str | None
    shares: tuple[float, ...]


def counted(votes: Mapping[str, float], names: Sequence[str]) -> Counted:
    """Count votes or shares, not all of them 0, and give their shares in the order of ``names``.

    >>> counted({"fear": 3, "awe": 1}, ("awe", "fear"))
    Counted(emotion='fear', shares=(0.25, 0.75))
    >>> counted({"fear": 1, "awe": 1}, ("awe", "fear")).emotion is None
    True
    """
    total = sum(votes.values())
    of = {name: one / total for name, one in votes.items()}
    most = [name for name, share in of.items() if share >= max(of.values()) - TIED]
    return Counted(most[0] if len(most) == 1 else None, tuple(of[name] for name in names))
