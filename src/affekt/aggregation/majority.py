"""The label most workers gave, each worker counting the same or by how well they agree."""

from typing import Literal, NamedTuple, get_args

import numpy as np
from jaxtyping import Bool, Float, Int

from affekt.aggregation.votes import (
    NONE,
    TIED_WITHIN,
    Labelled,
    PerTask,
    Votes,
    counts_of,
    shares_of,
)

TieRule = Literal["lowest", "random", "none", "prior"]
TIE_RULES: tuple[TieRule, ...] = get_args(TieRule)


class Ties(NamedTuple):
    """What decides between labels with equally many votes.

    Attributes:
        rule: ``lowest`` takes the first label, ``random`` one by ``chance``, ``none`` no label,
            ``prior`` the label with most votes over all tasks, of equal ones the first.
        chance: A random number from 0 for each task, from `affekt.rank`; needed by ``random``.
    """

    rule: TieRule = "lowest"
    chance: Int[np.ndarray, " task"] | None = None


def majority(votes: Votes, ties: Ties = Ties()) -> Labelled:  # noqa: B008  (a frozen value)
    """The label with most votes; its probability is its share of votes.

    ``workers`` holds ``votes`` and ``agreement``, the share of a worker's votes that are the label.
    """
    counts = counts_of(votes)
    return _by_weight(votes, counts.astype(float), ties, shares_of(counts))


def weighted_majority(votes: Votes, ties: Ties = Ties()) -> Labelled:  # noqa: B008
    """The label with most weight, where a worker weighs as much as they agree with the majority.

    Probabilities are shares of the weight. ``workers`` holds ``votes``, ``agreement`` with these
    labels, and ``weight``.

    References:
        Appen (2021), Calculating worker agreement with aggregate (Wawa).
    """
    weight = majority(votes, ties).workers["agreement"]
    cells = votes.task * votes.labels + votes.label
    weighed = np.nan_to_num(weight)[votes.worker]
    sums = np.bincount(cells, weighed, votes.tasks * votes.labels)
    sums = sums.reshape(votes.tasks, votes.labels)
    counts = counts_of(votes)
    total = sums.sum(axis=1, keepdims=True)
    # Where nobody weighs anything the plain votes are all there is.
    shares = np.divide(sums, total, out=shares_of(counts), where=total > 0)
    sums = np.where(total > 0, sums, counts.astype(float))
    labelled = _by_weight(votes, sums, ties, shares)
    return labelled._replace(workers={**labelled.workers, "weight": weight})


def _by_weight(
    votes: Votes,
    sums: Float[np.ndarray, "task label"],
    ties: Ties,
    probabilities: Float[np.ndarray, "task label"],
) -> Labelled:
    n = np.bincount(votes.task, minlength=votes.tasks)
    totals = np.bincount(votes.label, minlength=votes.labels)
    is_best = sums >= sums.max(axis=1, keepdims=True, initial=0) - TIED_WITHIN * n[:, None]
    is_best &= (n > 0)[:, None]
    labels = _decided(is_best, totals, ties)
    return Labelled(
        labels,
        probabilities,
        n,
        is_best.sum(axis=1) > 1,
        _workers(votes, labels),
        (totals / max(totals.sum(), 1))[None, :],
    )


def _decided(is_best: Bool[np.ndarray, "task label"], totals: np.ndarray, ties: Ties) -> PerTask:
    n_best = is_best.sum(axis=1)
    if not is_best.size:
        return np.full(len(is_best), NONE)
    if ties.rule == "prior":
        labels = np.where(is_best, totals, NONE).argmax(axis=1)
    elif ties.rule == "random":
        if ties.chance is None:
            raise ValueError("majority: ties by chance need a random number for each task")
        place = ties.chance % np.maximum(n_best, 1)
        labels = (is_best.cumsum(axis=1) > place[:, None]).argmax(axis=1)
    else:
        labels = is_best.argmax(axis=1)
    undecided = (n_best == 0) | ((n_best > 1) & (ties.rule == "none"))
    return np.where(undecided, NONE, labels)


def _workers(votes: Votes, labels: PerTask) -> dict[str, np.ndarray]:
    """Give votes and agreement of each worker; undecided tasks say nothing of a worker."""
    n = np.bincount(votes.worker, minlength=votes.workers)
    is_judged = labels[votes.task] != NONE
    judged = np.bincount(votes.worker, is_judged, votes.workers)
    agreed = np.bincount(votes.worker, labels[votes.task] == votes.label, votes.workers)
    agreement = np.divide(agreed, judged, out=np.full(votes.workers, np.nan), where=judged > 0)
    return {"votes": n, "agreement": agreement}
