from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.quality.pay import fair_pay, hourly


def test_pay_is_told_at_the_median_and_at_the_slow_quarter() -> None:
    """C40: a cent in 4 s is 9.00 an hour, in 5 s 7.20."""
    told = fair_pay(pl.Series([3.0, 4.0, 4.0, 5.0, 6.0]), Decimal("0.01"), "USD")
    assert (told.at_median, told.at_slow, told.warning) == (Decimal("9.00"), Decimal("7.20"), None)


def test_a_slow_quarter_under_the_floor_is_warned_of() -> None:
    """C40."""
    told = fair_pay(pl.Series([4.0, 5.0]), Decimal("0.01"), "USD", Decimal(8))
    assert told.warning is not None
    assert "7.58 USD or less, under the floor of 8 USD" in told.warning


def test_without_a_measured_time_there_is_no_rate() -> None:
    told = fair_pay(pl.Series([None, 0.0, float("nan")]), Decimal("0.01"), "USD", Decimal(8))
    assert (told.at_median, told.warning) == (None, None)


@given(st.decimals("0.001", "10", places=3), st.floats(0.1, 1000))
def test_an_hour_is_the_pay_of_its_answers_to_the_cent(pay: Decimal, seconds: float) -> None:
    assert float(hourly(pay, seconds)) == pytest.approx(float(pay) * 3600 / seconds, abs=0.0051)


def test_no_time_at_all_has_no_rate() -> None:
    with pytest.raises(ValueError, match="more than 0"):
        hourly(Decimal(1), 0)
