"""Two numbers a worker and one a class: the recommended label of yes/no votes."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from affekt.aggregation import em
from affekt.aggregation.votes import Chances, Labelled, PerTask, Votes


class Beta(NamedTuple):
    """What is assumed of a share before anything is seen: its mean, and as how many votes."""

    mean: float
    weight: float

    def after(self, hits: np.ndarray, n: np.ndarray) -> np.ndarray:
        """Give the mean after ``hits`` of ``n``."""
        share: np.ndarray = (hits + self.mean * self.weight) / (n + self.weight)
        return share

    def of_each(self, hits: np.ndarray, n: np.ndarray) -> np.ndarray:
        """Give the mean of each worker, seen as one of a crowd whose own mean is learned first."""
        crowd = float(self.after(hits.sum(), n.sum()))
        return Beta(crowd, self.weight).after(hits, n)


class Priors(NamedTuple):
    """What is assumed of the crowd, of which each worker is one, and of classes."""

    sensitivity: Beta = Beta(0.8, 8.0)
    specificity: Beta = Beta(0.8, 8.0)
    prevalence: Beta = Beta(0.5, 2.0)


class Rates(NamedTuple):
    """How often YES is true in each class, and how often each worker sees it."""

    prevalence: Float[np.ndarray, " class"]
    sensitivity: Float[np.ndarray, " worker"]
    specificity: Float[np.ndarray, " worker"]


def two_sided(
    votes: Votes,
    group: PerTask | None = None,
    *,
    gold: em.Gold | None = None,
    priors: Priors = Priors(),  # noqa: B008  (a frozen value)
    rounds: int = em.ROUNDS,
) -> Labelled:
    r"""Labels of yes/no votes under a sensitivity and a specificity a worker.

    :math:`\operatorname{logit} p_i = \operatorname{logit} \pi_{c(i)} + \sum_{v} \log
    \frac{P(v \mid \text{yes})}{P(v \mid \text{no})}` with one prevalence :math:`\pi_c` a class.
    Rates are means of Beta posteriors; a worker of few votes stays near the mean of the crowd, and
    a crowd of few votes near the prior.
    ``workers`` holds ``votes``, ``sensitivity`` and ``specificity``; ``prior`` has a row a class.

    Args:
        votes: Votes with label 1 for YES and 0 for NO.
        group: Class of each task, codes from 0; all alike when not given.
        gold: Known label of each task, `affekt.aggregation.votes.NONE` where it is not known.
        priors: What is assumed before anything is seen.
        rounds: Most rounds.

    References:
        Raykar et al. (2010), Learning from crowds, Journal of Machine Learning Research 11,
        section 2 (two-coin model, with Beta priors).
    """
    if votes.labels != 2:
        raise ValueError(f"two_sided: {votes.labels} labels; 2 are allowed, use dawid_skene")
    classes = np.zeros(votes.tasks, dtype=int) if group is None else group
    has_votes = np.bincount(votes.task, minlength=votes.tasks) > 0
    n_class = np.bincount(classes, has_votes)
    cells = votes.worker * 2 + votes.label
    seen = np.bincount(cells, minlength=2 * votes.workers)

    def learn(chances: Chances) -> Rates:
        felt = chances[1]
        yes = np.bincount(cells, felt[votes.task], seen.size).reshape(-1, 2)
        no = seen.reshape(-1, 2) - yes
        return Rates(
            priors.prevalence.after(np.bincount(classes, felt * has_votes), n_class),
            priors.sensitivity.of_each(yes[:, 1], yes.sum(axis=1)),
            priors.specificity.of_each(no[:, 0], no.sum(axis=1)),
        )

    def judge(rates: Rates) -> em.Step:
        weights = np.log([1 - rates.sensitivity, rates.sensitivity])
        weights -= np.log([rates.specificity, 1 - rates.specificity])
        odds = em.sums_by_task(votes, weights.T.ravel()[cells])
        prior = np.log([1 - rates.prevalence, rates.prevalence])[:, classes]
        return em.Step(prior, np.stack([np.zeros(votes.tasks), odds]))

    fitted, rates = em.fit(votes, learn, judge, gold=gold, rounds=rounds)
    workers = {"sensitivity": rates.sensitivity, "specificity": rates.specificity}
    return em.told(votes, fitted, workers, np.stack([1 - rates.prevalence, rates.prevalence], 1))
