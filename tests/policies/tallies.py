"""Votes on one question, counted as a policy wants them; shared by its exam and its tests."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from affekt.policies import UNDECIDED, Policy, Tally


class Ballot(NamedTuple):
    """One answer, and how well the worker answers who gave it."""

    felt: bool
    sensitivity: float = 0.8
    specificity: float = 0.8


class Walk(NamedTuple):
    """How a question was asked until it was settled: the waves, and what came of them."""

    waves: tuple[int, ...]
    verdict: int

    @property
    def votes(self) -> int:
        return sum(self.waves)


def counted(policy: Policy, ballots: Iterable[Ballot], emotion: str = "awe") -> Tally:
    """The tally of one question."""
    given = list(ballots)
    log_odds = policy.start(emotion) + sum(policy.weight(*ballot) for ballot in given)
    yes = sum(ballot.felt for ballot in given)
    return Tally(np.array([yes]), np.array([len(given) - yes]), np.array([log_odds]))


def joined(tallies: Sequence[Tally]) -> Tally:
    """Many questions, one row each."""
    return Tally(*(np.concatenate(column) for column in zip(*tallies, strict=True)))


def room(policy: Policy, ballots: Iterable[Ballot]) -> int:
    """How many more votes may be asked for behind these."""
    return int(policy.places(counted(policy, ballots))[0])


def verdict(policy: Policy, ballots: Iterable[Ballot]) -> int:
    """What these votes decide."""
    return int(policy.verdicts(counted(policy, ballots))[0])


def walk(policy: Policy, ballots: Sequence[Ballot], at_once: int = 1_000) -> Walk:
    """Ask for as many as may be asked, at most ``at_once``, until it is settled."""
    waves: list[int] = []
    while wave := min(at_once, room(policy, ballots[: sum(waves)])):
        waves.append(wave)
        assert sum(waves) <= len(ballots), "more votes are asked for than it can need"
    return Walk(tuple(waves), verdict(policy, ballots[: sum(waves)]))


def is_settled(policy: Policy, ballots: Sequence[Ballot]) -> bool:
    """Whether it is decided, or has all the votes it can get."""
    return verdict(policy, ballots) != UNDECIDED or len(ballots) >= policy.most()


def asked(policy: Policy, ballots: Sequence[Ballot]) -> Iterator[Sequence[Ballot]]:
    """Give the votes there were at each moment of asking one by one, from none to settled."""
    yield from (ballots[:n] for n in range(walk(policy, ballots, at_once=1).votes + 1))
