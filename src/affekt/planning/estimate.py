"""What a campaign is expected to ask, cost, take and keep, emotion by emotion, before it starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import NamedTuple

from affekt.planning.chances import USUAL, Outlook, Rates, outlook
from affekt.planning.money import FEES, Bill, bill, cents, fair_reward
from affekt.planning.precision import FLOOR, Likely, Remedy, likely, votes_to_reach
from affekt.planning.savings import Asked
from affekt.policies import Policy
from affekt.policies.bayes import Bayes

SECONDS = 4.2  # an answer: published batches of ten pictures, median 42 s
SLOW_SECONDS = 6.3  # at the 75th percentile: half as much again, a convention of ours
FLOOR_PER_HOUR = Decimal("8.00")  # a convention of ours, no law's; yours goes here
SURE = 0.01  # a prior is never nearer to 0 or 1: no vote could move it


@dataclass(frozen=True)
class Terms:
    """What is assumed of workers and agreed with them.

    Attributes:
        rates: How every worker answers.
        batch: Pictures that a person does in one go.
        reward: For one batch; None for the least that pays the floor to a slow worker.
        fees: A name in `FEES`.
        currency: Of every amount.
        gold_rate: Share of the pictures in a batch whose answer is known, 0 ≤ rate < 1.
        seconds: Median time an answer.
        slow_seconds: 75th percentile of the time an answer.
        floor_per_hour: Least pay an hour that is thought fair.
        precision_floor: Share of right pictures among the kept under which to warn.
        candidates: People who are paid for the qualification test.
        test_questions: Pictures in that test.
    """

    rates: Rates = USUAL
    batch: int = 20
    reward: Decimal | None = None
    fees: str = "local"
    currency: str = "USD"
    gold_rate: float = 0.1
    seconds: float = SECONDS
    slow_seconds: float = SLOW_SECONDS
    floor_per_hour: Decimal = FLOOR_PER_HOUR
    precision_floor: float = FLOOR
    candidates: int = 0
    test_questions: int = 20

    def paid(self) -> Decimal:
        """Give the reward of one batch."""
        return self.fair(self.batch) if self.reward is None else self.reward

    def fair(self, pictures: int) -> Decimal:
        """Give the least reward for some pictures that pays the floor to a slow worker."""
        return fair_reward(self.floor_per_hour, Decimal(str(self.slow_seconds)) * pictures)


class Row(NamedTuple):
    """What is expected of one emotion.

    Attributes:
        cost: Its share of the batches, which mix emotions.
        is_possible: Whether such workers could keep the share that is known to be kept.
        remedy: The votes that would reach the wanted precision, where it is missed and they can.
    """

    emotion: str
    items: int
    votes_each: float
    votes: float
    hours: float
    cost: Decimal
    kept: float
    kept_share: float
    prevalence: float
    precision: float
    is_possible: bool
    is_precise: bool
    remedy: Remedy | None


class Sum(NamedTuple):
    """What is expected of all emotions together."""

    items: int
    votes: float
    answers: int  # votes and answers to gold
    assignments: int
    hours: float
    bill: Bill
    kept: float
    accuracy: float
    precision: float


class Estimate(NamedTuple):
    """One policy on one mix of questions."""

    policy: Policy
    rows: tuple[Row, ...]
    total: Sum
    tests: Bill  # of the qualification


def estimate(policy: Policy, mix: Mapping[str, Asked], terms: Terms) -> Estimate:
    """Give what a policy is expected to ask, cost and keep.

    Args:
        policy: When to stop asking.
        mix: Emotion → questions, and the share of them that three of five would keep.
        terms: What is assumed of workers and agreed with them.
    """
    truths = {name: likely(asked.kept, terms.rates) for name, asked in mix.items()}
    views = {
        name: outlook(policy, terms.rates, truth.prevalence, emotion=name)
        for name, truth in truths.items()
    }
    each = bill(FEES[terms.fees], terms.paid(), 1, assignments=policy.most()).total
    rows = tuple(
        _row(name, asked.items, truths[name], views[name], terms=terms, each=each)
        for name, asked in mix.items()
    )
    tests = bill(FEES[terms.fees], terms.fair(terms.test_questions), terms.candidates)
    return Estimate(policy, rows, _sum(policy, rows, views, terms), tests)


def with_priors(policy: Policy, mix: Mapping[str, Asked], terms: Terms) -> Policy:
    """Give `bayes` the expected share of each emotion where it was given none; others as they are.

    A share is kept one in a hundred away from 0 and from 1.
    """
    if not isinstance(policy, Bayes) or policy.priors:
        return policy
    shares = {name: likely(asked.kept, terms.rates).prevalence for name, asked in mix.items()}
    priors = {name: min(1 - SURE, max(SURE, share)) for name, share in shares.items()}
    return policy.model_copy(update={"priors": priors})


def _row(
    name: str, items: int, truth: Likely, view: Outlook, *, terms: Terms, each: Decimal
) -> Row:
    votes = items * view.votes
    answers = votes / (1 - terms.gold_rate)
    is_precise = view.precision >= terms.precision_floor
    return Row(
        emotion=name,
        items=items,
        votes_each=view.votes,
        votes=votes,
        hours=answers * terms.seconds / 3600,
        cost=cents(each * Decimal(answers / terms.batch)),
        kept=items * view.kept,
        kept_share=view.kept,
        prevalence=truth.prevalence,
        precision=view.precision,
        is_possible=truth.is_possible,
        is_precise=is_precise,
        remedy=None
        if is_precise
        else votes_to_reach(terms.precision_floor, truth.prevalence, terms.rates),
    )


def _sum(policy: Policy, rows: tuple[Row, ...], views: Mapping[str, Outlook], terms: Terms) -> Sum:
    items, votes = sum(row.items for row in rows), sum(row.votes for row in rows)
    kept = sum(row.kept for row in rows)
    answers = ceil(round(votes / (1 - terms.gold_rate), 6))  # no answer more by rounding
    assignments = ceil(answers / terms.batch)
    right = sum(row.items * views[row.emotion].accuracy for row in rows)
    true = sum(row.kept * row.precision for row in rows if row.kept)
    return Sum(
        items=items,
        votes=votes,
        answers=answers,
        assignments=assignments,
        hours=answers * terms.seconds / 3600,
        bill=bill(FEES[terms.fees], terms.paid(), assignments, assignments=policy.most()),
        kept=kept,
        accuracy=right / items if items else float("nan"),
        precision=true / kept if kept else float("nan"),
    )
