"""How asking ends under a policy: exact, by walking through all counts of YES and NO."""

from collections.abc import Callable
from math import comb
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from affekt.policies import KEEP, Policy, Tally

Counts = Int[np.ndarray, " count"]
Chances = Float[np.ndarray, " count"]
NextYes = Callable[[Counts, Counts], Chances]  # YES and NO so far → chance that the next is YES


class Rates(NamedTuple):
    """How well workers answer: P(YES when it is felt), P(NO when it is not)."""

    sensitivity: float
    specificity: float


USUAL = Rates(0.85, 0.85)  # between the 0.80 and 0.90 of people who try


class Ends(NamedTuple):
    """How asking one question ends."""

    votes: float  # mean number
    kept: float  # chance, 0-1


class Outlook(NamedTuple):
    """What a policy is expected to give on questions of which some are felt."""

    votes: float  # mean number a question
    kept: float  # share of questions kept
    accuracy: float  # share decided as they truly are; what is not kept counts as dropped
    precision: float  # share of the kept that is felt; NaN where nothing is kept
    recall: float  # share of the felt that is kept; NaN where nothing is felt


def at_least(least: int, of: int, chance: float) -> float:
    """Give P(at least ``least`` of ``of`` succeed), each with ``chance``; 1 for none at least.

    >>> round(at_least(3, 5, 0.8), 3)
    0.942
    """
    return sum(comb(of, n) * chance**n * (1 - chance) ** (of - n) for n in range(least, of + 1))


def ends(policy: Policy, says_yes: NextYes, *, rates: Rates, emotion: str = "") -> Ends:
    """Give the mean votes and the chance to be kept, over every way the answers can come.

    Args:
        policy: Anything that decides by a tally.
        says_yes: What the next answer is; it may depend on those so far.
        rates: What the policy believes of every worker; only `bayes` looks at them.
        emotion: Which emotion is asked about; only `bayes` looks at it.
    """
    start = policy.start(emotion)
    per_yes, per_no = (policy.weight(felt, *rates) for felt in (True, False))
    mass, votes, kept = np.ones(1), 0.0, 0.0  # mass[y]: chance to be here with y YES, unsettled
    for n in range(policy.most() + 1):
        yes = np.arange(n + 1)
        no = n - yes
        tally = Tally(yes, no, start + yes * per_yes + no * per_no)
        is_over = policy.places(tally) == 0
        is_kept = policy.verdicts(tally) == KEEP
        votes += n * float(mass[is_over].sum())
        kept += float(mass[is_over & is_kept].sum())
        mass = np.where(is_over, 0.0, mass)
        next_yes = says_yes(yes, no)
        mass = np.append(mass * (1 - next_yes), 0.0) + np.append(0.0, mass * next_yes)
    return Ends(votes, kept)


def outlook(policy: Policy, rates: Rates, prevalence: float, *, emotion: str = "") -> Outlook:
    """Give what a policy is expected to give with equal, independent workers.

    Args:
        policy: When to stop, and how to decide.
        rates: How every worker answers.
        prevalence: Share of the questions that are truly felt, 0-1.
        emotion: Which emotion is asked about; only `bayes` looks at it.
    """
    felt = ends(policy, always(rates.sensitivity), rates=rates, emotion=emotion)
    other = ends(policy, always(1 - rates.specificity), rates=rates, emotion=emotion)
    true_kept, false_kept = prevalence * felt.kept, (1 - prevalence) * other.kept
    kept = true_kept + false_kept
    return Outlook(
        votes=prevalence * felt.votes + (1 - prevalence) * other.votes,
        kept=kept,
        accuracy=true_kept + (1 - prevalence) * (1 - other.kept),
        precision=true_kept / kept if kept else float("nan"),
        recall=felt.kept if prevalence else float("nan"),
    )


def always(chance: float) -> NextYes:
    """Every answer is YES with one chance, whatever came before."""
    return lambda yes, no: np.full(len(yes), chance)


def urn(mean: float, rho: float) -> NextYes:
    r"""Questions differ: their YES rates are Beta with this mean and correlation of two answers.

    The next answer is YES with :math:`(m(1-\rho) + \rho y) / (1 - \rho + \rho(y + n))`, the rule of
    succession of Pólya's urn, so the number of YES is beta-binomial.

    Args:
        mean: Mean YES rate, 0-1.
        rho: Correlation of two answers to one question, 0 ≤ rho < 1; 0 is `always`.

    References:
        Skellam (1948), A probability distribution derived from the binomial distribution by
        regarding the probability of success as variable, JRSS B 10.
    """
    return lambda yes, no: (mean * (1 - rho) + rho * yes) / (1 - rho + rho * (yes + no))
