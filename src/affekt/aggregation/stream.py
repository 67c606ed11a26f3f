"""The two-sided posterior of a task the moment a vote comes in."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from math import exp, log
from typing import NamedTuple

from affekt.aggregation.two_sided import Beta, Priors


class Standing(NamedTuple):
    """What is known of one task: votes, and the probability of YES."""

    yes: int
    no: int
    posterior: float

    @property
    def majority(self) -> bool | None:
        """Whether more said YES than NO; None for a tie."""
        return None if self.yes == self.no else self.yes > self.no


@dataclass
class _Seen:
    """Expected hits among expected trials of one share."""

    hits: float = 0.0
    n: float = 0.0

    def mean(self, prior: Beta) -> float:
        return (self.hits + prior.mean * prior.weight) / (self.n + prior.weight)

    def add(self, hits: float, n: float) -> None:
        self.hits += hits
        self.n += n


@dataclass
class _Worker:
    on_yes: _Seen = field(default_factory=_Seen)
    on_no: _Seen = field(default_factory=_Seen)


@dataclass
class _Task:
    group: Hashable
    votes: list[tuple[_Worker, bool]] = field(default_factory=list)
    posterior: float = 0.0


class Stream:
    r"""Votes one at a time: incremental EM of the model of `affekt.aggregation.two_sided`.

    `add` takes back what the task had taught about its workers and its class, finds its posterior
    anew and teaches that; it costs as much as the task has votes. Other tasks keep the posterior of
    their last vote. The label of a finished campaign is that of the batch model, which goes on
    until nothing changes; on the same votes both lie close to each other.

    Differs:
        The prior of a worker stays as given; a mean of the crowd that is learned from first
        impressions would confirm them.

    References:
        Neal and Hinton (1998), A view of the EM algorithm that justifies incremental, sparse, and
        other variants, in Learning in Graphical Models.
    """

    def __init__(self, priors: Priors = Priors()) -> None:  # noqa: B008  (a frozen value)
        self.priors = priors
        self._tasks: dict[Hashable, _Task] = {}
        self._workers: dict[Hashable, _Worker] = {}
        self._groups: dict[Hashable, _Seen] = {}

    def add(self, task: Hashable, worker: Hashable, felt: bool, group: Hashable = None) -> Standing:
        """Take one vote; give the standing of its task. ``group`` is that of the first vote."""
        known = self._tasks.setdefault(task, _Task(group))
        self._teach(known, -1.0)
        known.votes.append((self._workers.setdefault(worker, _Worker()), felt))
        known.posterior = self._posterior(known)
        self._teach(known, 1.0)
        return self.standing(task)

    def standing(self, task: Hashable) -> Standing:
        """Give votes and posterior of a task as of its last vote.

        Raises:
            KeyError: The task has no votes.
        """
        known = self._tasks[task]
        yes = sum(felt for _, felt in known.votes)
        return Standing(yes, len(known.votes) - yes, known.posterior)

    def rates(self, worker: Hashable) -> tuple[float, float]:
        """Give sensitivity and specificity of a worker; the prior's of an unknown one."""
        known = self._workers.get(worker, _Worker())
        return (
            known.on_yes.mean(self.priors.sensitivity),
            known.on_no.mean(self.priors.specificity),
        )

    def _posterior(self, task: _Task) -> float:
        share = self._groups.get(task.group, _Seen()).mean(self.priors.prevalence)
        odds = log(share / (1 - share))
        for worker, felt in task.votes:
            seen = worker.on_yes.mean(self.priors.sensitivity)
            unseen = worker.on_no.mean(self.priors.specificity)
            odds += log(seen / (1 - unseen)) if felt else log((1 - seen) / unseen)
        return 1 / (1 + exp(-odds)) if odds > -700 else 0.0

    def _teach(self, task: _Task, sign: float) -> None:
        """Count the votes of a task for its workers and its class, or take the count back."""
        if not task.votes:
            return
        p = task.posterior
        self._groups.setdefault(task.group, _Seen()).add(sign * p, sign)
        for worker, felt in task.votes:
            worker.on_yes.add(sign * p * felt, sign * p)
            worker.on_no.add(sign * (1 - p) * (not felt), sign * (1 - p))
