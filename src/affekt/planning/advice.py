"""What somebody should know before a campaign starts, one sentence each, with its remedy."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from affekt.planning.estimate import Estimate, Row, Terms
from affekt.planning.money import Cap, per_hour, top_up, under_cap


class Pay(NamedTuple):
    """What one batch pays.

    Attributes:
        reward: For one batch.
        per_hour: At the median time.
        per_hour_slow: At the 75th percentile of the time.
        top_up: Bonus that lifts one batch to the floor at the 75th percentile; 0 where none is due.
    """

    reward: Decimal
    per_hour: Decimal
    per_hour_slow: Decimal
    top_up: Decimal


def pay(terms: Terms) -> Pay:
    """Give what one batch pays, and what it lacks to the floor."""
    reward = terms.paid()
    usual, slow = (
        Decimal(str(seconds)) * terms.batch for seconds in (terms.seconds, terms.slow_seconds)
    )
    lacking = top_up(reward, terms.floor_per_hour, slow)
    return Pay(reward, per_hour(reward, usual), per_hour(reward, slow), lacking)


def cost(planned: Estimate) -> Decimal:
    """Give the cost of the votes and of the tests."""
    return planned.total.bill.total + planned.tests.total


def advice(planned: Estimate, terms: Terms, cap: Decimal | None = None) -> list[str]:
    """Give every warning; empty where there is nothing to say."""
    said = [sentence for row in planned.rows for sentence in _of_row(row, terms)]
    return [*said, *_of_pay(terms), *_of_cap(planned, terms, cap)]


def _of_row(row: Row, terms: Terms) -> Iterator[str]:
    if not row.is_possible:
        yield (
            f"{row.emotion}: workers of these rates could not keep the expected share, whatever is "
            f"felt; told is what {row.prevalence:.0%} felt would give; change the rates or --kept"
        )
    if row.is_precise or not row.items:
        return
    told = (
        f"{row.emotion}: {row.precision:.2f} of the kept are expected to be right, under "
        f"{terms.precision_floor:g}"
    )
    if row.remedy:
        yield f"{told}; {row.remedy.votes} votes a question would reach {row.remedy.precision:.2f}"
    else:
        yield f"{told}; no number of votes reaches it, only better workers do"


def _of_pay(terms: Terms) -> Iterator[str]:
    paid = pay(terms)
    if paid.top_up:
        yield (
            f"a batch pays a slow worker {paid.per_hour_slow} {terms.currency} an hour, under "
            f"{terms.floor_per_hour}; a bonus of {paid.top_up}, or a reward of "
            f"{paid.reward + paid.top_up}, reaches it"
        )


def _of_cap(planned: Estimate, terms: Terms, cap: Decimal | None) -> Iterator[str]:
    if cap is None:
        return
    state = under_cap(cap, Decimal(0), cost(planned))
    told = f"{cost(planned):,} {terms.currency} expected, the cap is {cap:,}"
    if state is Cap.OVER:
        yield f"{told}: raise it, or ask less"
    if state is Cap.PAUSING:
        yield f"{told}: the campaign would pause at nine tenths of it"
