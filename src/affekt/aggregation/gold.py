"""Mistakes that workers share: they agree with each other, but not with gold."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from affekt.aggregation.votes import NONE, Votes, counts_of

MIN_TASKS = 10  # gold tasks; fewer say nothing
CORRELATED = 0.1  # from here on five votes are worth less than four
CERTAIN = 3.0  # standard deviations from what independent mistakes would show


class SharedMistakes(NamedTuple):
    """What gold says of the agreement.

    Attributes:
        tasks: Gold tasks with at least two votes.
        agreement: Share of pairs of workers who agree on them.
        right: Share of votes on them that are right.
        correlation: Of the mistakes of two workers on one task; 0 when they are independent.
        wrong: Codes of the tasks on which more than half of the votes are wrong.
        warnings: One sentence for each sign of shared mistakes.
    """

    tasks: int
    agreement: float
    right: float
    correlation: float
    wrong: Int[np.ndarray, " wrong"]
    warnings: tuple[str, ...]


class _Marked(NamedTuple):
    """The gold tasks: votes, wrong votes, true label, and the share of wrong votes it has."""

    n: Int[np.ndarray, " task"]
    wrong: Int[np.ndarray, " task"]
    truth: Int[np.ndarray, " task"]
    error: Float[np.ndarray, " label"]


def shared_mistakes(votes: Votes, gold: Int[np.ndarray, " task"]) -> SharedMistakes:
    r"""Whether workers agree with each other but not with gold (C32).

    There are two signs. Most votes on the tasks of one true label say something else. And mistakes
    are correlated: with :math:`w_i` wrong of :math:`n_i` votes and :math:`e_k` the share of wrong
    votes on true label :math:`k`, :math:`\rho = \sum_i \left[ \frac{(w_i - n_i e)^2}{e (1 - e)} -
    n_i \right] / \sum_i n_i (n_i - 1)`, 0 for independent mistakes. Tasks of different difficulty
    are such a correlation too: for a model that knows workers alone they are the same.

    Args:
        votes: All votes.
        gold: Known label of each task, `NONE` where it is not known.

    Returns:
        NaN for shares without gold tasks of two votes; the correlation is NaN too when no vote, or
        every vote, is wrong. Without `MIN_TASKS` tasks there are no warnings.
    """
    counts = counts_of(votes)
    n = counts.sum(axis=1)
    (tasks,) = np.nonzero((gold != NONE) & (n >= 2))
    if not tasks.size:
        return SharedMistakes(0, np.nan, np.nan, np.nan, tasks, ())
    counts, n, truth = counts[tasks], n[tasks], gold[tasks]
    wrong = n - counts[np.arange(tasks.size), truth]
    error = np.bincount(truth, wrong) / np.maximum(np.bincount(truth, n), 1)
    marked = _Marked(n, wrong, truth, error)
    correlation, deviations = _correlation(marked)
    return SharedMistakes(
        tasks.size,
        float(((counts * (counts - 1)).sum(axis=1) / (n * (n - 1))).mean()),
        float(1 - wrong.sum() / n.sum()),
        correlation,
        tasks[2 * wrong > n],
        _by_label(marked) + _by_task(marked, correlation, deviations),
    )


def _correlation(marked: _Marked) -> tuple[float, float]:
    """Give the correlation of mistakes, and its distance from 0 in standard deviations."""
    error = marked.error[marked.truth]
    told = (error > 0) & (error < 1)
    n, wrong, error = marked.n[told], marked.wrong[told], error[told]
    if not n.size:
        return np.nan, 0.0
    excess = ((wrong - n * error) ** 2 / (error * (1 - error)) - n).sum()
    pairs = (n * (n - 1)).sum()
    return float(excess / pairs), float(excess / np.sqrt(2 * pairs))


def _by_label(marked: _Marked) -> tuple[str, ...]:
    n = np.bincount(marked.truth)
    return tuple(
        f"on {n[label]} gold tasks of label {label} only {1 - marked.error[label]:.0%} of the "
        "votes are right: workers agree on another label, so ask another question or leave it out"
        for label in np.flatnonzero((n >= MIN_TASKS) & (marked.error > 0.5))
    )


def _by_task(marked: _Marked, correlation: float, deviations: float) -> tuple[str, ...]:
    few = marked.n.size < MIN_TASKS
    if few or not correlation > CORRELATED or deviations <= CERTAIN:
        return ()
    return (
        f"on {marked.n.size} gold tasks the mistakes of two workers have a correlation of "
        f"{correlation:.2f}: workers agree with each other but not with gold, so trust no "
        "probability that was fitted without gold",
    )
