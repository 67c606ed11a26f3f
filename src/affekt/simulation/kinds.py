"""Kinds of people as data: how often they are right, how long they take, and what changes that."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

SESSION = 200  # answers from fresh to as tired as somebody gets: ten pages of twenty


class Drift(NamedTuple):
    """How somebody's accuracy moves with the number of answers given, on the scale of log-odds.

    ``sine`` is a wave of its own phase for each person, ``walk`` a random walk of one step up or
    down every ``period`` answers, which begins at 0.
    """

    shape: Literal["none", "sine", "walk"] = "none"
    size: float = 0.0  # amplitude of the wave, length of a step; log-odds
    period: int = SESSION  # answers from wave to wave, from step to step


class Traits(NamedTuple):
    """How somebody answers; shares lie between 0 and 1."""

    skill: float  # share of right answers among eight in the qualification test
    sensitivity: float  # P(YES) when the emotion is felt
    specificity: float  # P(NO) when it is not
    seconds: float  # mean time an answer
    log_spread: float = 0.5  # standard deviation of the logarithm of the seconds
    fatigue: float = 0.0  # share of the way to coin flips at the end of a session
    haste: float = 0.0  # share of the time saved at the end of a session
    accounts: int = 1  # accounts of one person
    alike: float = 1.0  # share of pictures on which the accounts of one person answer as one
    skips: float = 0.0  # share of pictures they would rather not look at
    not_loaded: float = 0.0  # share of pictures that do not load for them
    drift: Drift = Drift()
    shifts: Mapping[str, float] = MappingProxyType({})  # emotion → log-odds added to accuracy


# Conventions of ours, not findings. A mean of 4.2 s is the median of published batches of ten
# pictures. The test lets one in twenty of the random people through.
KINDS: Mapping[str, Traits] = {
    "honest": Traits(0.60, 0.90, 0.95, 4.2),
    "hasty": Traits(0.40, 0.70, 0.85, 1.8),
    "random": Traits(0.30, 0.50, 0.50, 1.2),
    "always_yes": Traits(0.50, 1.00, 0.00, 0.9),
    "always_no": Traits(0.50, 0.00, 1.00, 0.9),
    "tired": Traits(0.60, 0.90, 0.95, 4.2, fatigue=0.7, haste=0.6),
    "adversary": Traits(0.60, 0.10, 0.05, 3.0),  # passes the test honestly, then lies
    "duplicate": Traits(0.50, 0.80, 0.85, 2.5, accounts=2),
}
