"""Buckets of tokens: how many at once, how many for good."""

import pytest

from affekt.site.rates import RATES, Rates


def test_a_burst_is_let_in_and_the_next_one_waits() -> None:
    """C69."""
    rates = Rates()
    burst = int(RATES["door"].burst)
    assert [rates.wait("door", "a", 0.0) for _ in range(burst)] == [0.0] * burst
    assert rates.wait("door", "a", 0.0) == pytest.approx(1 / RATES["door"].per_second)


def test_waiting_fills_the_bucket_again_up_to_its_rim() -> None:
    rates = Rates()
    for _ in range(int(RATES["door"].burst)):
        rates.wait("door", "a", 0.0)
    assert rates.wait("door", "a", 6.1) == 0.0
    assert rates.wait("door", "a", 6.1) > 0


def test_callers_and_kinds_do_not_share_a_bucket() -> None:
    rates = Rates()
    for _ in range(int(RATES["door"].burst)):
        rates.wait("door", "a", 0.0)
    assert rates.wait("door", "b", 0.0) == 0.0
    assert rates.wait("test", "a", 0.0) == 0.0


def test_callers_are_not_remembered_by_name() -> None:
    """C70."""
    rates = Rates()
    rates.wait("address", "192.0.2.7", 0.0)
    assert "192.0.2.7" not in repr(vars(rates))
