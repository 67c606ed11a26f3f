"""What an hour of answering comes to, and whether that is under the floor."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

import polars as pl

CENT = Decimal("0.01")


class FairPay(NamedTuple):
    """Pay of an hour, from measured times; None when no time was measured."""

    currency: str
    at_median: Decimal | None
    at_slow: Decimal | None  # at the time that a quarter of answers exceed
    warning: str | None  # a sentence when the slower rate is under the floor


def hourly(per_answer: Decimal, seconds: float) -> Decimal:
    """Give the pay of an hour of such answers, rounded half up to the cent.

    >>> hourly(Decimal("0.01"), 4.2)
    Decimal('8.57')
    """
    if not seconds > 0:
        raise ValueError(f"hourly: {seconds!r} s an answer; more than 0 is needed")
    return (per_answer * 3600 / Decimal(str(seconds))).quantize(CENT, ROUND_HALF_UP)


def fair_pay(
    seconds: pl.Series, per_answer: Decimal, currency: str, floor_per_hour: Decimal | None = None
) -> FairPay:
    """Hold pay against the median and the 75th percentile of the time of an answer (C40).

    Args:
        seconds: Time of each answer, skips among them; null and 0 do not count.
        per_answer: Pay of a batch over its answers.
        currency: As it is told.
        floor_per_hour: What an hour should come to at least.
    """
    told = seconds.cast(pl.Float64).fill_nan(None).drop_nulls()
    told = told.filter(told > 0)
    if told.is_empty():
        return FairPay(currency, None, None, None)
    middle, slow = (
        hourly(per_answer, round(float(told.quantile(share, "linear") or 0), 6))
        for share in (0.5, 0.75)
    )
    warning = None
    if floor_per_hour is not None and slow < floor_per_hour:
        warning = (
            f"a quarter of answers take so long that an hour comes to {slow} {currency} or less, "
            f"under the floor of {floor_per_hour} {currency}; raise the pay or add a bonus"
        )
    return FairPay(currency, middle, slow, warning)
