"""Who works in the emulator: what a population must say, and a small one of our own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple, Protocol

from affekt.amt.emulator.forms import Item
from affekt.errors import UsageError
from affekt.rank import rank_of, share_of


class Done(NamedTuple):
    """What somebody made of some items."""

    chosen: Mapping[str, str]  # field → choice; what is missing was left out
    seconds: Mapping[str, float]  # field → time spent on it


class Population(Protocol):
    """People who do not exist. The same question to the same person has the same answer."""

    def workers(self) -> Sequence[str]:
        """Give their marketplace ids, each an A and then capital letters and digits."""

    def test(self, worker: str, items: Sequence[Item]) -> Done:
        """Give a worker's answers to a test."""

    def answers(self, worker: str, items: Sequence[Item]) -> Done | None:
        """Give a worker's answers to a batch; None gives the batch back undone."""


class Manner(NamedTuple):
    """How people of one kind answer; conventions, not findings."""

    skill: float  # share of right answers in a test
    yes_if_felt: float
    yes_if_not: float
    seconds: float  # an item


MANNERS = {
    "honest": Manner(0.60, 0.90, 0.05, 4.2),  # 4.2 s: median of published batches of ten pictures
    "hasty": Manner(0.40, 0.70, 0.15, 1.8),
    "random": Manner(0.125, 0.50, 0.50, 1.2),
    "always_yes": Manner(0.50, 1.00, 1.00, 0.9),
    "always_no": Manner(0.50, 0.00, 0.00, 0.9),
    "adversary": Manner(0.60, 0.10, 0.90, 3.0),
}


USUAL = {"honest": 0.7, "hasty": 0.2, "random": 0.1}


@dataclass(frozen=True)
class People:
    """People of the kinds in `MANNERS`, in shares; drawn by rank.

    Attributes:
        seed: Everything follows from it.
        count: How many there are.
        shares: Kind → weight.
        right: Field → the answer that is right, where it is known: an emotion in a test, yes or no
            in a batch. Elsewhere a rank decides.
        felt: Share of pictures that are felt, where nothing is known.
    """

    seed: int
    count: int = 30
    shares: Mapping[str, float] | None = None
    right: Mapping[str, str] | None = None
    felt: float = 0.26

    def workers(self) -> Sequence[str]:
        """Give their ids."""
        return [_id(self.seed, number) for number in range(self.count)]

    def kind(self, worker: str) -> str:
        """Give the kind of a worker."""
        shares = self.shares or USUAL
        at = share_of(worker, self.seed, "kind") * sum(shares.values())
        for name, share in shares.items():
            at -= share
            if at < 0:
                return name
        return name

    def test(self, worker: str, items: Sequence[Item]) -> Done:
        """Give answers to a test: right with the skill of the kind, else any of the others."""
        manner = MANNERS[self.kind(worker)]
        chosen = {one.name: self._picked(worker, one, manner.skill) for one in items}
        return Done(chosen, {one.name: 2 * manner.seconds for one in items})

    def answers(self, worker: str, items: Sequence[Item]) -> Done | None:
        """Give votes on a batch; what asks for more than yes and no is given a random choice."""
        manner = MANNERS[self.kind(worker)]
        chosen = {one.name: self._vote(worker, one, manner) for one in items}
        pace = {
            one.name: manner.seconds * (0.5 + share_of(f"{worker}\n{one.name}", self.seed, "pace"))
            for one in items
        }
        return Done(chosen, pace)

    def _picked(self, worker: str, item: Item, skill: float) -> str:
        right = (self.right or {}).get(item.name)
        if right and share_of(f"{worker}\n{item.name}", self.seed, "test") < skill:
            return right
        others = [one for one in item.choices if one != right]
        return others[rank_of(f"{worker}\n{item.name}", self.seed, "guess") % len(others)]

    def _vote(self, worker: str, item: Item, manner: Manner) -> str:
        if not {"yes", "no"} <= set(item.choices):
            return item.choices[rank_of(f"{worker}\n{item.name}", self.seed) % len(item.choices)]
        by_rank = "yes" if share_of(item.name, self.seed, "felt") < self.felt else "no"
        is_felt = (self.right or {}).get(item.name, by_rank) == "yes"
        wants = manner.yes_if_felt if is_felt else manner.yes_if_not
        return "yes" if share_of(f"{worker}\n{item.name}", self.seed, "vote") < wants else "no"


def shares_of(text: str) -> dict[str, float]:
    """Give kind → weight of a text such as ``honest=8,always_yes=2``; the usual mix of ``""``.

    Raises:
        UsageError: It names no kind, or no share.
    """
    shares: dict[str, float] = {}
    for part in filter(None, text.split(",")):
        name, _, share = part.partition("=")
        if name.strip() not in MANNERS or not re.fullmatch(r"\s*\d+(\.\d+)?\s*", share):
            raise UsageError(f"the kind {part!r}: {', '.join(MANNERS)} with a weight are allowed")
        shares[name.strip()] = float(share)
    return shares or dict(USUAL)


def _id(seed: int, number: int) -> str:
    return "A" + sha256(f"{seed}\nworker\n{number}".encode()).hexdigest()[:13].upper()
