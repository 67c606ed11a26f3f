"""How many votes stopping early saves, from nothing but the shares that are kept."""

from collections.abc import Iterable
from typing import NamedTuple

from affekt.planning.chances import Rates, ends, urn
from affekt.policies import Policy
from affekt.policies.curtailed import Curtailed
from affekt.policies.fixed import Fixed

HALVINGS = 40  # of the interval 0-1: finer than 1e-12
NO_MATTER = Rates(0.5, 0.5)  # neither policy here looks at who answers


class Asked(NamedTuple):
    """Some questions of one kind, and the share of them kept."""

    items: int
    kept: float


def yes_rate(kept: float, rho: float = 0.0, policy: Policy | None = None) -> float:
    """Give the mean YES rate at which a policy keeps that share, by bisection.

    Args:
        kept: Share kept, 0-1.
        rho: Correlation of two answers to one question, 0 ≤ rho < 1.
        policy: What kept them; by default the paper's, three of five.
    """
    if kept in (0, 1):
        return float(kept)
    asked = policy or Fixed()
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        is_under = ends(asked, urn(middle, rho), rates=NO_MATTER).kept < kept
        low, high = (middle, high) if is_under else (low, middle)
    return (low + high) / 2


def saving(mix: Iterable[Asked], rho: float = 0.0, policy: Curtailed | None = None) -> float:
    """Give the share of all votes that `curtailed` does not ask for, 0-1; 0 for no questions.

    Args:
        mix: Kinds of questions, each with the share that this policy keeps.
        rho: Correlation of two answers to one question of a kind, 0 ≤ rho < 1; 0 where all of a
            kind share one YES rate, which saves least.
        policy: By default three of five.
    """
    early = policy or Curtailed()
    every, used = 0.0, 0.0
    for asked in mix:
        rate = yes_rate(asked.kept, rho, early)
        every += asked.items * early.most()
        used += asked.items * ends(early, urn(rate, rho), rates=NO_MATTER).votes
    return 1 - used / every if every else 0.0
