"""What every label model takes and gives: codes of votes in, a probability for each label out."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

NONE = -1  # in place of a label: undecided, or not known
TIED_WITHIN = 1e-9  # two probabilities so near are one; sums of logarithms are no nearer

Codes = Int[np.ndarray, " vote"]
PerTask = Int[np.ndarray, " task"]
Counts = Int[np.ndarray, "task label"]
Chances = Float[np.ndarray, "label task"]  # transposed: one label is one run of memory
Probabilities = Float[np.ndarray, "task label"]


class Votes(NamedTuple):
    """Votes as codes, one row each, sorted by task, worker and label; made by `coded`."""

    task: Codes
    worker: Codes
    label: Codes
    tasks: int
    workers: int
    labels: int


class Labelled(NamedTuple):
    """What a label model says.

    Attributes:
        labels: Code of the label; `NONE` without votes, and where the rule for ties says so.
        probabilities: Of each label, 0–1, summing to 1; of a task without votes the model's prior,
            and NaN where the model has none.
        votes: Votes used.
        is_tied: Whether the best two labels were equal before the rule for ties.
        workers: Name of a number → that number for each worker, or an array with worker as its
            first axis; NaN for a worker without votes where nothing is assumed of one.
        prior: Probability of each label before any vote, one row a class of tasks.
        iterations: Rounds until it stopped; 0 where there are none.
        converged: Whether it stopped by itself.
        warnings: What the reader must know, one sentence each.
    """

    labels: PerTask
    probabilities: Probabilities
    votes: PerTask
    is_tied: Bool[np.ndarray, " task"]
    workers: Mapping[str, np.ndarray]
    prior: Float[np.ndarray, "class label"]
    iterations: int = 0
    converged: bool = True
    warnings: tuple[str, ...] = ()


class Sizes(NamedTuple):
    """How many tasks, workers and labels there are, those without a vote too."""

    tasks: int
    workers: int
    labels: int


def coded(task: Codes, worker: Codes, label: Codes, sizes: Sizes | None = None) -> Votes:
    """Give the votes in the one order that all sums are taken in.

    Args:
        task: Codes from 0.
        worker: Codes from 0.
        label: Codes from 0.
        sizes: Numbers of codes; one more than the largest code when not given.

    Raises:
        ValueError: A code is negative or not below its size, or the lengths differ.
    """
    if not task.size == worker.size == label.size:
        raise ValueError(f"coded: {task.size}, {worker.size}, {label.size} codes; give as many")
    columns = (task, worker, label)
    wanted = sizes or Sizes(*(int(codes.max(initial=NONE)) + 1 for codes in columns))
    for name, codes, size in zip(Sizes._fields, columns, wanted, strict=True):
        if codes.size and not 0 <= codes.min() <= codes.max() < size:
            raise ValueError(
                f"coded: {name} {codes.min()} to {codes.max()}; 0 to {size - 1} are allowed"
            )
    order = np.lexsort((label, worker, task))
    return Votes(task[order], worker[order], label[order], *wanted)


def counts_of(votes: Votes) -> Counts:
    """How often each task got each label."""
    cells = votes.task * votes.labels + votes.label
    counts: Counts = np.bincount(cells, minlength=votes.tasks * votes.labels)
    return counts.reshape(votes.tasks, votes.labels)


def shares_of(counts: Counts) -> Probabilities:
    """Share of votes for each label: the soft label by votes; NaN without votes."""
    n = counts.sum(axis=1, keepdims=True).astype(float)
    n[n == 0] = np.nan
    shares: Probabilities = counts / n
    return shares


def chosen(
    probabilities: Probabilities, votes: PerTask
) -> tuple[PerTask, Bool[np.ndarray, " task"]]:
    """Give the most probable label, of equal ones the first, and whether there were equal ones."""
    if not probabilities.size:
        return np.full(votes.size, NONE), np.zeros(votes.size, dtype=bool)
    best = probabilities.max(axis=1, keepdims=True)
    is_best = probabilities >= best - TIED_WITHIN
    has_votes = votes > 0
    labels = np.where(has_votes, is_best.argmax(axis=1), NONE)
    return labels, has_votes & (is_best.sum(axis=1) > 1)
