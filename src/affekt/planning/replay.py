"""Runs a policy over votes that were recorded: what would it have asked, and decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int

from affekt.errors import UsageError
from affekt.planning.chances import USUAL, Rates
from affekt.planning.recorded import Recorded
from affekt.policies import KEEP, UNDECIDED, Policy, Tally
from affekt.policies.curtailed import Curtailed
from affekt.policies.fixed import Fixed
from affekt.rank import ranks_of

NONE = -1  # no further vote was recorded
Laid = Int[np.ndarray, "question vote"]  # codes of labels in the order of the votes, `NONE` behind


@dataclass(frozen=True)
class Wish:
    """How recorded votes are to be replayed.

    Attributes:
        policy: When to stop.
        rates: What it believes of every worker; only `bayes` looks at them.
        yes: The label that means YES; "" for every label in turn.
        cut: Ratings from here on mean YES; None where labels are no ratings.
        draw: Votes drawn of each task; 0 for all, in their order.
        seed: Of the draw.
    """

    policy: Policy
    rates: Rates = USUAL
    yes: str = ""
    cut: float | None = None
    draw: int = 0
    seed: int = 0


class Played(NamedTuple):
    """How each question ended."""

    votes: Int[np.ndarray, " question"]
    verdicts: Int[np.ndarray, " question"]


class Outcome(NamedTuple):
    """One policy beside a fixed number of votes, on the questions of one class.

    Attributes:
        too_few: Questions whose votes ran out before either of them had settled it; these are not
            counted below.
        saved: Share of the votes of ``fixed`` that were not needed; negative where more were.
        unequal: Questions that are decided in another way.
    """

    name: str
    questions: int
    too_few: int
    votes_fixed: int
    votes: int
    saved: float
    kept_fixed: int
    kept: int
    unequal: int


def replay(recorded: Recorded, wish: Wish) -> list[Outcome]:
    """Give what a policy makes of recorded votes, class by class, and of all of them at last.

    A class is the kind of a task where the file tells it, else the label that means YES.

    Raises:
        UsageError: No vote is YES, or a label is no rating.
    """
    laid = lay_out(recorded, draw=wish.draw, seed=wish.seed)
    outcomes = [
        _outcome(name, laid[rows], is_yes, wish) for name, rows, is_yes in _classes(recorded, wish)
    ]
    return [*outcomes, _all(outcomes)] if len(outcomes) > 1 else outcomes


def lay_out(recorded: Recorded, *, draw: int = 0, seed: int = 0) -> Laid:
    """Give the votes of each task in one row: in their order, or ``draw`` of them by rank.

    A draw depends on the seed and on who voted on what, not on the order in the file. A task with
    fewer votes has all it has.
    """
    order = np.arange(len(recorded.task))
    if draw:
        names = (
            f"{recorded.tasks[task]}\n{voter}"
            for task, voter in zip(recorded.task.tolist(), recorded.voters, strict=True)
        )
        order = np.lexsort((order, ranks_of(names, seed, "replay")))
    order = order[np.argsort(recorded.task[order], kind="stable")]
    task = recorded.task[order]
    sizes = np.bincount(task, minlength=len(recorded.tasks))
    place = np.arange(len(task)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    laid = np.full((len(sizes), int(sizes.max(initial=0))), NONE)
    laid[task, place] = recorded.label[order]
    return laid[:, :draw] if draw else laid


def play(
    policy: Policy, laid: Laid, is_yes: Bool[np.ndarray, " label"], *, rates: Rates, emotion: str
) -> Played:
    """Give each question its votes, one by one, until it is settled or they run out."""
    per_yes, per_no = (policy.weight(felt, *rates) for felt in (True, False))
    start, size = policy.start(emotion), len(laid)
    yes, no = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for column in laid.T[: policy.most()]:
        is_asked = policy.places(_tally(yes, no, start, per_yes, per_no)) > 0
        is_vote = is_asked & (column != NONE)
        yes += is_vote & is_yes[column]
        no += is_vote & ~is_yes[column]
    return Played(yes + no, policy.verdicts(_tally(yes, no, start, per_yes, per_no)))


def beside(policy: Policy) -> Fixed:
    """Give the fixed number of votes that a policy is held against: its own, else the paper's."""
    if isinstance(policy, Curtailed | Fixed):
        return Fixed(votes=policy.votes, keep_at=policy.keep_at)
    return Fixed()


def _tally(
    yes: Int[np.ndarray, " question"], no: Int[np.ndarray, " question"],
    start: float, per_yes: float, per_no: float,
) -> Tally:  # fmt: skip
    return Tally(yes, no, start + yes * per_yes + no * per_no)


def _outcome(name: str, laid: Laid, is_yes: Bool[np.ndarray, " label"], wish: Wish) -> Outcome:
    fixed = play(beside(wish.policy), laid, is_yes, rates=wish.rates, emotion=name)
    other = play(wish.policy, laid, is_yes, rates=wish.rates, emotion=name)
    is_told = (fixed.verdicts != UNDECIDED) & (other.verdicts != UNDECIDED)
    votes_fixed, votes = int(fixed.votes[is_told].sum()), int(other.votes[is_told].sum())
    return Outcome(
        name=name,
        questions=int(is_told.sum()),
        too_few=int((~is_told).sum()),
        votes_fixed=votes_fixed,
        votes=votes,
        saved=_saved(votes_fixed, votes),
        kept_fixed=int((fixed.verdicts[is_told] == KEEP).sum()),
        kept=int((other.verdicts[is_told] == KEEP).sum()),
        unequal=int((fixed.verdicts != other.verdicts)[is_told].sum()),
    )


def _all(outcomes: list[Outcome]) -> Outcome:
    _, questions, too_few, votes_fixed, votes, _, kept_fixed, kept, unequal = zip(
        *outcomes, strict=True
    )
    return Outcome(
        "all", sum(questions), sum(too_few), sum(votes_fixed), sum(votes),
        _saved(sum(votes_fixed), sum(votes)), sum(kept_fixed), sum(kept), sum(unequal),
    )  # fmt: skip


def _saved(votes_fixed: int, votes: int) -> float:
    return 1 - votes / votes_fixed if votes_fixed else 0.0


def _classes(
    recorded: Recorded, wish: Wish
) -> Iterator[tuple[str, Bool[np.ndarray, " question"], Bool[np.ndarray, " label"]]]:
    """Give each class, its tasks, and which labels mean YES in it."""
    kinds = np.array(recorded.kinds, dtype=object)
    for said, is_yes in _questions(recorded, wish):
        for kind in sorted(set(recorded.kinds)):
            yield (kind or said), kinds == kind, is_yes


def _questions(recorded: Recorded, wish: Wish) -> Iterator[tuple[str, Bool[np.ndarray, " label"]]]:
    names = np.array(recorded.labels, dtype=object)
    if wish.cut is not None:
        yield f"{wish.cut:g} or more", _ratings(recorded.labels) >= wish.cut
    elif not wish.yes:
        yield from ((label, names == label) for label in recorded.labels)
    elif wish.yes in recorded.labels:
        yield wish.yes, names == wish.yes
    else:
        raise UsageError(
            f"no vote says {wish.yes!r}; the labels are {', '.join(recorded.labels[:20])}"
        )


def _ratings(labels: tuple[str, ...]) -> np.ndarray:
    try:
        return np.array([float(label) for label in labels])
    except ValueError as trouble:
        raise UsageError(
            f"a label is no rating ({trouble}); name the one that means YES by --yes instead"
        ) from trouble
