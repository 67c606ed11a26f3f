"""Money is exact."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.errors import UsageError
from affekt.planning.money import (
    FEES,
    Bill,
    Cap,
    bill,
    bonus_fee,
    cents,
    fair_reward,
    money,
    per_hour,
    reward_fee,
    top_up,
    under_cap,
)

amounts = st.decimals("0.01", "500", places=2)


def euro(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    ("exact", "rounded"), [("0.105", "0.11"), ("0.115", "0.12"), ("0.1049", "0.10"), ("2", "2.00")]
)
def test_half_a_cent_is_rounded_up(exact: str, rounded: str) -> None:
    """C38."""
    assert str(cents(euro(exact))) == rounded


@pytest.mark.parametrize(
    ("fees", "assignments", "fee"),
    [
        ("amt", 5, "0.20"),
        ("amt", 9, "0.20"),
        ("amt", 10, "0.40"),
        ("amt-masters", 9, "0.25"),
        ("amt-masters", 10, "0.45"),
        ("prolific", 10, "0.43"),
        ("prolific-academic", 5, "0.33"),
        ("local", 10, "0.00"),
    ],
)
def test_fees_on_a_reward_of_one(fees: str, assignments: int, fee: str) -> None:
    """C39."""
    assert reward_fee(FEES[fees], euro("1.00"), assignments=assignments) == euro(fee)


def test_amt_takes_a_cent_at_least() -> None:
    """C39."""
    assert reward_fee(FEES["amt"], euro("0.01")) == euro("0.01")
    assert bonus_fee(FEES["amt"], euro("0.02")) == euro("0.01")


def test_amt_takes_no_more_of_a_bonus_from_masters_or_from_ten_assignments() -> None:
    """C39."""
    assert bonus_fee(FEES["amt-masters"], euro("1.00")) == euro("0.20")


def test_nothing_costs_no_fee() -> None:
    assert reward_fee(FEES["amt"], euro("0.00")) == 0


def test_the_papers_votes_in_batches_of_twenty() -> None:
    """C38, C39, E8: 450,000 votes are 22,500 assignments."""
    assert bill(FEES["amt"], euro("0.25"), 22_500, assignments=5) == Bill(
        euro("5625.00"), euro("0.00"), euro("1125.00")
    )


def test_bonuses_are_lines_of_their_own() -> None:
    """C38."""
    made = bill(FEES["amt"], euro("0.10"), 3, bonus=euro("0.05"))
    assert made == Bill(euro("0.30"), euro("0.15"), euro("0.09"))
    assert made.total == euro("0.54")


@given(amounts, st.integers(0, 10_000), st.sampled_from(sorted(FEES)))
def test_a_bill_is_exactly_so_many_times_one_assignment(
    reward: Decimal, count: int, fees: str
) -> None:
    """C38, I10."""
    one, many = (bill(FEES[fees], reward, n) for n in (1, count))
    assert many.total == count * one.total
    assert many.total == cents(many.total)


@pytest.mark.parametrize("text", ["0.105", "-1", "NaN", "Infinity", "a", "", "1e400"])
def test_what_is_no_amount_in_cents_is_refused(text: str) -> None:
    """C38: a reward of 0.105 among them."""
    with pytest.raises(UsageError, match="in whole cents"):
        money(text, "--reward")


def test_an_amount_is_read_in_cents() -> None:
    assert str(money("0.2", "--reward")) == "0.20"


def test_ten_pictures_in_42_seconds_for_ten_cents_pay_857_an_hour() -> None:
    """C40."""
    assert per_hour(euro("0.10"), Decimal(42)) == euro("8.57")


@given(amounts, st.decimals("1", "30", places=2), st.integers(1, 3600))
def test_a_top_up_reaches_the_floor_and_not_a_cent_more(
    reward: Decimal, floor: Decimal, seconds: int
) -> None:
    """C40."""
    lifted = reward + top_up(reward, floor, Decimal(seconds))
    assert lifted * 3600 >= floor * seconds
    assert lifted == max(reward, fair_reward(floor, Decimal(seconds)))
    assert (fair_reward(floor, Decimal(seconds)) - euro("0.01")) * 3600 < floor * seconds


@pytest.mark.parametrize(
    ("spent", "wanted", "state"),
    [
        ("0", "89.99", Cap.WITHIN),
        ("80", "10", Cap.PAUSING),
        ("80", "20", Cap.PAUSING),
        ("80", "20.01", Cap.OVER),
    ],
)
def test_a_cap_pauses_at_nine_tenths_and_is_never_passed(
    spent: str, wanted: str, state: Cap
) -> None:
    """C41."""
    assert under_cap(euro("100"), euro(spent), euro(wanted)) is state
