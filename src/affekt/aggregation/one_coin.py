"""One number a worker: how often they are right, whatever is true."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from affekt.aggregation import em
from affekt.aggregation.dawid_skene import SMOOTHING, dawid_skene
from affekt.aggregation.votes import Chances, Labelled, Votes

LOPSIDED = 0.1  # difference between labels in how often votes are right


class Coins(NamedTuple):
    """Prior in logarithms, and how often each worker is right."""

    log_prior: Float[np.ndarray, "label 1"]
    accuracy: Float[np.ndarray, " worker"]


def one_coin(
    votes: Votes,
    *,
    gold: em.Gold | None = None,
    smoothing: float = SMOOTHING,
    rounds: int = em.ROUNDS,
) -> Labelled:
    """Labels under one accuracy a worker, mistakes spread evenly over the other labels.

    It warns where the votes are right much more often for some true labels than for others: this
    model then takes the difficult ones for others. ``workers`` holds ``votes`` and ``accuracy``.

    References:
        Zhang, Chen, Zhou and Jordan (2014), Spectral methods meet EM, NeurIPS, section 2 (the
        one-coin model).
    """
    others = max(votes.labels - 1, 1)
    n = np.bincount(votes.worker, minlength=votes.workers)
    cells = votes.label * votes.tasks + votes.task

    def learn(chances: Chances) -> Coins:
        right = np.bincount(votes.worker, chances.ravel()[cells], votes.workers)
        accuracy = (right + smoothing) / (n + 2 * smoothing)
        return Coins(em.log_prior_of(votes, chances, smoothing), accuracy)

    def judge(coins: Coins) -> em.Step:
        gain = np.log(coins.accuracy) - np.log((1 - coins.accuracy) / others)
        evidence = np.bincount(cells, gain[votes.worker], votes.labels * votes.tasks)
        return em.Step(coins.log_prior, evidence.reshape(votes.labels, votes.tasks))

    fitted, coins = em.fit(votes, learn, judge, gold=gold, rounds=rounds)
    labelled = em.told(votes, fitted, {"accuracy": coins.accuracy}, np.exp(coins.log_prior).T)
    return labelled._replace(warnings=labelled.warnings + _lopsided(votes, gold, rounds))


def _lopsided(votes: Votes, gold: em.Gold | None, rounds: int) -> tuple[str, ...]:
    """Warn by one confusion matrix for all workers, which does not assume what it tests."""
    if not votes.task.size or votes.labels < 2:
        return ()
    pooled = votes._replace(worker=np.zeros_like(votes.worker), workers=1)
    recalls = np.diagonal(dawid_skene(pooled, gold=gold, rounds=rounds).workers["confusion"][0])
    low, high = int(recalls.argmin()), int(recalls.argmax())
    if recalls[high] - recalls[low] <= LOPSIDED:
        return ()
    return (
        f"mistakes are lopsided: votes are right in {recalls[low]:.0%} of the tasks with label "
        f"{low} and in {recalls[high]:.0%} of those with label {high}, and one-coin takes them for "
        "even; use two-sided or Dawid-Skene",
    )
