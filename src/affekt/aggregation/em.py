"""Expectation and maximisation, as all label models with hidden labels do it; gold is clamped."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import numpy as np
from jaxtyping import Float, Int

from affekt.aggregation.votes import (
    NONE,
    Chances,
    Labelled,
    PerTask,
    Votes,
    chosen,
    counts_of,
)

ROUNDS = 200
TOLERANCE = 1e-6  # mean change of a probability in a round
MIN_GOLD = 10  # fewer say nothing of how sure one may be
WORTH = 2.0  # gain in log-likelihood that one parameter must bring, about 95 %

P = TypeVar("P")
Gold = Int[np.ndarray, " task"]


class Step(NamedTuple):
    """What the parameters say of each task: before its votes, and by them."""

    log_prior: Float[np.ndarray, "label _"]  # one column, or one a task
    evidence: Chances  # summed log-likelihood of the votes


class Fitted(NamedTuple):
    """Where the rounds ended."""

    chances: Chances
    iterations: int
    converged: bool
    sharpness: float
    warnings: tuple[str, ...]


def fit(
    votes: Votes,
    learn: Callable[[Chances], P],
    judge: Callable[[P], Step],
    *,
    gold: Gold | None = None,
    rounds: int = ROUNDS,
) -> tuple[Fitted, P]:
    r"""Take turns between parameters and probabilities of labels, from the shares of votes on.

    With gold, the known labels are fixed in every round, and the evidence :math:`e` of all votes is
    taken to a power at the end: probabilities are :math:`\pi \, e^\gamma`, with the
    :math:`0 < \gamma \le 1` under which the gold is most likely. Workers who make the same mistakes
    are no independent evidence; :math:`\gamma` is what is left of it.

    Args:
        votes: The votes.
        learn: Gives the parameters under probabilities of labels.
        judge: Gives the evidence under parameters.
        gold: Known label of each task, `NONE` where it is not known.
        rounds: Most rounds.
    """
    known = np.full(votes.tasks, NONE) if gold is None else gold
    chances = clamped(_start(votes), known)
    change, used = np.inf, 0
    parameters = learn(chances)
    while used < rounds and change > TOLERANCE:
        step = judge(parameters)
        before, chances = chances, clamped(normalised(step.log_prior + step.evidence), known)
        change = float(np.abs(chances - before).mean()) if chances.size else 0.0
        parameters, used = learn(chances), used + 1
    step = judge(parameters)
    sharpness, warnings = _sharpness(step, known, np.bincount(votes.task, minlength=votes.tasks))
    chances = clamped(normalised(step.log_prior + sharpness * step.evidence), known)
    if change > TOLERANCE:
        warnings += (f"not settled after {rounds} rounds; give more rounds or read with care",)
    return Fitted(chances, used, change <= TOLERANCE, sharpness, warnings), parameters


def normalised(scores: Chances) -> Chances:
    """Give probabilities from logarithms; without overflow, however many votes a task has."""
    if not scores.size:
        return scores
    chances: Chances = np.exp(scores - scores.max(axis=0))
    chances /= chances.sum(axis=0)
    return chances


def clamped(chances: Chances, known: Gold) -> Chances:
    """Give the probabilities with 1 for what is known."""
    (tasks,) = np.nonzero(known != NONE)
    if tasks.size:
        chances[:, tasks] = 0.0
        chances[known[tasks], tasks] = 1.0
    return chances


def sums_by_task(votes: Votes, weights: Float[np.ndarray, " vote"]) -> Float[np.ndarray, " task"]:
    """Sum of a number over the votes of each task."""
    sums: Float[np.ndarray, " task"] = np.bincount(votes.task, weights, votes.tasks)
    return sums


def log_prior_of(votes: Votes, chances: Chances, smoothing: float) -> Float[np.ndarray, "label 1"]:
    """Logarithm of how frequent each label is among the tasks with votes."""
    has_votes = np.bincount(votes.task, minlength=votes.tasks) > 0
    mass = chances @ has_votes.astype(float) + smoothing
    logs: Float[np.ndarray, "label 1"] = np.log(mass / mass.sum())[:, None]
    return logs


def told(
    votes: Votes,
    fitted: Fitted,
    workers: dict[str, np.ndarray],
    prior: Float[np.ndarray, "class label"],
) -> Labelled:
    """Give a fit in the form of all label models."""
    n = np.bincount(votes.task, minlength=votes.tasks)
    probabilities = np.ascontiguousarray(fitted.chances.T)
    labels, is_tied = chosen(probabilities, n)
    return Labelled(
        labels,
        probabilities,
        n,
        is_tied,
        {"votes": np.bincount(votes.worker, minlength=votes.workers), **workers},
        prior,
        fitted.iterations,
        fitted.converged,
        fitted.warnings,
    )


def _start(votes: Votes) -> Chances:
    """Give shares of votes; equal ones without votes."""
    counts = counts_of(votes).T.astype(float)
    counts[:, counts.sum(axis=0) == 0] = 1.0
    shares: Chances = counts / counts.sum(axis=0) if counts.size else counts
    return shares


def _sharpness(step: Step, known: Gold, n_votes: PerTask) -> tuple[float, tuple[str, ...]]:
    """Give the power under which gold is most likely; 1 unless a lower one is clearly better."""
    (tasks,) = np.nonzero((known != NONE) & (n_votes > 0))
    if tasks.size < MIN_GOLD:
        few = f"only {tasks.size} gold tasks have votes; {MIN_GOLD} or more tell shared mistakes"
        return 1.0, (few,) if (known != NONE).any() else ()
    prior = np.broadcast_to(step.log_prior, step.evidence.shape)[:, tasks]
    evidence, right = step.evidence[:, tasks], (known[tasks], np.arange(tasks.size))
    powers = np.linspace(0.02, 1.0, 50)
    likely = np.array([_log(normalised(prior + power * evidence)[right]) for power in powers])
    best = int(likely.argmax())
    if likely[best] < likely[-1] + WORTH:
        return 1.0, ()
    return float(powers[best]), (
        f"on {tasks.size} gold tasks the votes are weaker evidence than they look: mistakes are "
        f"shared, so the evidence of all votes was taken to the power {powers[best]:.2f}",
    )


def _log(chances: np.ndarray) -> float:
    return float(np.log(np.maximum(chances, 1e-12)).sum())
