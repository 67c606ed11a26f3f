"""Whether pay is fair: what an hour brings the median person, and what is missing (C40)."""

from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, text

from affekt.campaign.audit import note
from affekt.campaign.ledger import DIGITS, check_cap, put, rounded
from affekt.campaign.live import Live
from affekt.journal.clock import MICROSECONDS

HOUR = 3600
BATCHES = text(
    """SELECT a.id, a.worker, a.submitted_at - a.started_at AS took, p.amount,
        COALESCE((SELECT sum(CAST(b.amount AS NUMERIC)) FROM payments b
            WHERE b.assignment = a.id AND b.kind = 'bonus' AND b.state <> 'voided'), 0) AS topped
    FROM assignments a JOIN payments p ON p.assignment = a.id
    WHERE a.campaign = :campaign AND p.kind = 'batch' AND p.key = 'batch ' || a.id
        AND p.state <> 'voided' AND p.currency = :currency
        AND a.state IN ('submitted', 'approved', 'rejected')
    ORDER BY a.id"""
)


class FairPay(NamedTuple):
    """What an hour of work brings; NaN seconds and no rates where no paid batch was handed in."""

    currency: str
    n_batches: int
    median_seconds: float  # for a whole batch
    slow_seconds: float  # the 75th percentile
    hourly_at_median: Decimal | None
    hourly_at_slow: Decimal | None
    floor: Decimal
    is_under: bool  # the median person earns less than the floor


class _Batch(NamedTuple):
    id: int
    worker: int
    seconds: Fraction  # for a whole batch at this pace
    amount: Fraction
    topped: Fraction


def fair_pay(live: Live) -> FairPay:
    """Give the hourly rates at the median and the slow pace, top-ups included.

    The pace is the time from the claim to handing in, scaled to a whole batch where part of it was
    answered.
    """
    with live.database.read() as connection:
        return _fair_pay(live, _batches(connection, live))


def top_up(live: Live, actor: str) -> Decimal:
    """Add to every batch what lifts the median person to the floor, and give the sum.

    Each batch gets the same for the same work, rounded up. Again it adds nothing, unless the median
    has grown.

    Raises:
        NotTaken: ``cap`` where all of it together would exceed what the campaign may cost; then
            nobody gets anything.
    """
    return live.database.write(lambda to: _top_up(to, live, actor))


def _fair_pay(live: Live, batches: list[_Batch]) -> FairPay:
    pay = live.asking.pay
    if not batches:
        return FairPay(
            pay.currency, 0, np.nan, np.nan, None, None, pay.floor_per_hour, is_under=False
        )
    median, slow = _pace(batches)
    amount = sum((one.amount for one in batches), Fraction(0))
    topped = sum((one.topped for one in batches), Fraction(0))
    whole = Fraction(pay.per_batch) * (amount + topped) / amount
    at_median, at_slow = (rounded(whole * HOUR / one, pay.currency) for one in (median, slow))
    return FairPay(
        pay.currency,
        len(batches),
        float(median),
        float(slow),
        at_median,
        at_slow,
        pay.floor_per_hour,
        is_under=whole * HOUR / median < Fraction(pay.floor_per_hour),
    )


def _top_up(to: Connection, live: Live, actor: str) -> Decimal:
    pay, batches = live.asking.pay, _batches(to, live)
    if not batches:
        return Decimal(0)
    median, _ = _pace(batches)
    missing = Fraction(pay.floor_per_hour) * median / HOUR / Fraction(pay.per_batch) - 1
    digits = DIGITS.get(pay.currency, 2)
    given: dict[_Batch, Decimal] = {}
    for one in batches:
        wanted = ceil(one.amount * missing * 10**digits) - one.topped * 10**digits
        if wanted > 0:
            given[one] = Decimal(int(wanted)).scaleb(-digits)
    total = sum(given.values(), Decimal(0))
    if not given:
        return total
    check_cap(to, live, total)
    reason = f"top-up to {pay.floor_per_hour} {pay.currency} an hour"
    for one, amount in given.items():
        key = f"top-up {one.id} from {rounded(one.topped, pay.currency)}"
        line = {"assignment": one.id, "kind": "bonus", "reason": reason, "amount": amount}
        put(to, live, one.worker, key, line)
    after = {"batches": len(given), "amount": str(total)}
    note(to, live, actor, "top up", f"campaign {live.number}", reason, None, after)
    return total


def _batches(connection: Connection, live: Live) -> list[_Batch]:
    pay = live.asking.pay
    names = {"campaign": live.number, "currency": pay.currency}
    return [
        _Batch(
            row.id,
            row.worker,
            Fraction(max(row.took, 1), MICROSECONDS)
            * Fraction(pay.per_batch)
            / Fraction(row.amount),
            Fraction(row.amount),
            Fraction(str(row.topped)),
        )
        for row in connection.execute(BATCHES, names)
        if pay.per_batch
    ]


def _pace(batches: list[_Batch]) -> tuple[Fraction, Fraction]:
    """Give the median and the 75th percentile of the seconds, between neighbours by distance."""
    seconds = sorted(one.seconds for one in batches)
    return _quantile(seconds, Fraction(1, 2)), _quantile(seconds, Fraction(3, 4))


def _quantile(ordered: list[Fraction], share: Fraction) -> Fraction:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
