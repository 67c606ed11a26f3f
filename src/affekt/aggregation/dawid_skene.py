"""One confusion matrix a worker: which label they give for which true one."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from affekt.aggregation import em
from affekt.aggregation.votes import Chances, Labelled, Votes

SMOOTHING = 0.01  # votes added to every cell; keeps certainty from what was seen once


class Rates(NamedTuple):
    """Prior and confusion in logarithms."""

    log_prior: Float[np.ndarray, "label 1"]
    log_confusion: Float[np.ndarray, "label worker given"]


def dawid_skene(
    votes: Votes,
    *,
    gold: em.Gold | None = None,
    smoothing: float = SMOOTHING,
    rounds: int = em.ROUNDS,
) -> Labelled:
    r"""Labels under one confusion matrix a worker.

    :math:`p(t_i = k) \propto \pi_k \prod_{w, l} (\theta^w_{kl})^{n_{iwl}}`, in logarithms.
    ``workers`` holds ``votes``, ``confusion`` (worker, true, given) and ``accuracy``, its diagonal
    weighed by the prior. A worker without votes has even rows.

    References:
        Dawid and Skene (1979), Maximum likelihood estimation of observer error-rates using the EM
        algorithm, Applied Statistics 28, equations 2.3 to 2.5.
    Differs:
        ``smoothing`` votes are added to each cell of each confusion matrix and to the prior.
    """
    cells = votes.worker * votes.labels + votes.label
    shape = (votes.labels, votes.workers, votes.labels)

    def learn(chances: Chances) -> Rates:
        sums = [np.bincount(cells, row[votes.task], shape[1] * shape[2]) for row in chances]
        seen = np.reshape(sums, shape) + smoothing
        with np.errstate(invalid="ignore"):
            confusion = np.log(seen / seen.sum(axis=2, keepdims=True))
        return Rates(em.log_prior_of(votes, chances, smoothing), confusion)

    def judge(rates: Rates) -> em.Step:
        by_cell = rates.log_confusion.reshape(votes.labels, -1)
        evidence = [em.sums_by_task(votes, row[cells]) for row in by_cell]
        return em.Step(rates.log_prior, np.reshape(evidence, (votes.labels, votes.tasks)))

    fitted, rates = em.fit(votes, learn, judge, gold=gold, rounds=rounds)
    confusion, prior = np.exp(rates.log_confusion).transpose(1, 0, 2), np.exp(rates.log_prior).T
    accuracy = (np.diagonal(confusion, axis1=1, axis2=2) * prior).sum(axis=1)
    return em.told(votes, fitted, {"confusion": confusion, "accuracy": accuracy}, prior)
