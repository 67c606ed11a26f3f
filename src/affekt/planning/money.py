"""Money of a campaign, exact: decimals only, rounded half up to the cent where a line is made."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

from affekt.errors import UsageError

CENT = Decimal("0.01")
ROUNDING = "half up to the cent, each line by itself"
HOUR_SECONDS = 3600
PAUSE_AT = Decimal("0.90")  # share of the spending cap at which a campaign pauses
NOTHING = Decimal(0)


class Fees(NamedTuple):
    """What a marketplace takes on top of what a worker gets."""

    about: str
    on_reward: Decimal = NOTHING  # share of the reward of each assignment
    on_bonus: Decimal = NOTHING  # share of each bonus
    on_many: Decimal = NOTHING  # further share of the reward from `many` assignments a batch up
    many: int = 10
    least: Decimal = NOTHING  # for each assignment and each bonus that is charged at all


FEES: Mapping[str, Fees] = {
    "local": Fees("your own workers: no marketplace, no fee"),
    "amt": Fees(
        "Amazon Mechanical Turk until 2026: 20 %, 40 % from ten assignments up, a cent at least",
        Decimal("0.20"), Decimal("0.20"), Decimal("0.20"), least=CENT,
    ),
    "amt-masters": Fees(
        "Amazon Mechanical Turk until 2026, Masters only: 5 % of the reward more",
        Decimal("0.25"), Decimal("0.20"), Decimal("0.20"), least=CENT,
    ),
    "prolific": Fees("Prolific in 2026: 42.8 %", Decimal("0.428"), Decimal("0.428")),
    "prolific-academic": Fees(
        "Prolific in 2026, academic: 33.3 %", Decimal("0.333"), Decimal("0.333")
    ),
}  # fmt: skip


class Cap(StrEnum):
    """What a spending cap says to the next thing that costs."""

    WITHIN = "within"
    PAUSING = "pausing"  # it is paid, and then the campaign pauses
    OVER = "over"  # it is not paid


class Bill(NamedTuple):
    """What some assignments and bonuses cost."""

    rewards: Decimal
    bonuses: Decimal
    fees: Decimal

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.rewards + self.bonuses + self.fees


def cents(amount: Decimal) -> Decimal:
    """Give an amount in whole cents, half a cent up.

    >>> cents(Decimal("0.105")), cents(Decimal("0.104"))
    (Decimal('0.11'), Decimal('0.10'))
    """
    return amount.quantize(CENT, ROUND_HALF_UP)


def money(text: str, what: str) -> Decimal:
    """Read an amount that somebody wrote.

    Raises:
        UsageError: It is no number, negative, endless or finer than a cent.
    """
    try:
        amount = Decimal(text)
        is_fine = amount.is_finite() and amount >= 0 and amount == cents(amount)
    except ArithmeticError:
        is_fine = False
    if not is_fine:
        raise UsageError(f"{what} is {text!r}; an amount such as 0.10, in whole cents, is expected")
    return cents(amount)


def reward_fee(fees: Fees, reward: Decimal, *, assignments: int = 1) -> Decimal:
    """Give the fee on one assignment of a batch that so many people do."""
    share = fees.on_reward + (fees.on_many if assignments >= fees.many else NOTHING)
    return _fee(reward, share, fees.least)


def bonus_fee(fees: Fees, bonus: Decimal) -> Decimal:
    """Give the fee on one bonus."""
    return _fee(bonus, fees.on_bonus, fees.least)


def bill(
    fees: Fees, reward: Decimal, count: int, *, assignments: int = 1, bonus: Decimal = NOTHING
) -> Bill:
    """Give the cost of ``count`` assignments, each with a bonus of its own where there is one.

    Args:
        fees: Of the marketplace.
        reward: For one assignment of one batch.
        count: Assignments paid.
        assignments: People who do one batch, for fees that rise with them.
        bonus: On top of each reward.
    """
    each = reward_fee(fees, reward, assignments=assignments) + bonus_fee(fees, bonus)
    return Bill(reward * count, bonus * count, each * count)


def per_hour(reward: Decimal, seconds: Decimal) -> Decimal:
    """Give what an hour of such work pays.

    >>> per_hour(Decimal("0.10"), Decimal(42))
    Decimal('8.57')
    """
    return cents(reward * HOUR_SECONDS / seconds)


def fair_reward(floor_per_hour: Decimal, seconds: Decimal) -> Decimal:
    """Give the least reward that pays a floor, in whole cents, rounded up so as to reach it."""
    return (floor_per_hour * seconds / HOUR_SECONDS).quantize(CENT, ROUND_CEILING)


def top_up(reward: Decimal, floor_per_hour: Decimal, seconds: Decimal) -> Decimal:
    """Give the bonus that lifts one assignment to a floor; 0 where the reward reaches it.

    >>> top_up(Decimal("0.10"), Decimal(12), Decimal(42))
    Decimal('0.04')
    """
    return max(fair_reward(floor_per_hour, seconds) - reward, Decimal("0.00"))


def under_cap(cap: Decimal, spent: Decimal, wanted: Decimal) -> Cap:
    """Say whether what is wanted may be paid; to be asked before publishing and each payment."""
    after = spent + wanted
    if after > cap:
        return Cap.OVER
    return Cap.PAUSING if after >= PAUSE_AT * cap else Cap.WITHIN


def _fee(amount: Decimal, share: Decimal, least: Decimal) -> Decimal:
    if not amount or not share:
        return Decimal("0.00")
    return max(cents(amount * share), least)
