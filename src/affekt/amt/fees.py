"""What the marketplace took on top of pay, as it was when it closed."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

CENT = Decimal("0.01")


class Fees(NamedTuple):
    """Shares of the reward."""

    share: Decimal = Decimal("0.20")  # of reward and bonus
    many_share: Decimal = Decimal("0.20")  # of the reward, more, from `many_from` assignments up
    many_from: int = 10
    masters_share: Decimal = Decimal("0.05")
    least: Decimal = CENT  # for each assignment and each bonus


AMT = Fees()


def of_assignment(
    reward: Decimal, assignments: int, *, masters: bool = False, fees: Fees = AMT
) -> Decimal:
    """Give the fee for one assignment of a batch that up to ``assignments`` people do.

    Rounded to the cent, a half upwards; a convention of ours.

    >>> of_assignment(Decimal("0.50"), 5), of_assignment(Decimal("0.50"), 10)
    (Decimal('0.10'), Decimal('0.20'))
    """
    share = fees.share + (fees.many_share if assignments >= fees.many_from else 0)
    share += fees.masters_share if masters else 0
    return max(fees.least, _cents(reward * share))


def of_bonus(bonus: Decimal, fees: Fees = AMT) -> Decimal:
    """Give the fee for one bonus."""
    return max(fees.least, _cents(bonus * fees.share))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
