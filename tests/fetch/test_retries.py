"""Only what can heal is asked again, later each time, as told where told (B21, B23, B24)."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.fetch.reasons import FINAL, PASSING, POLICY
from affekt.fetch.retries import COSTLY, LONGEST_PAUSE, LONGEST_WAIT, asked_wait, most_tries, pause

NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)
NOW = NOON.timestamp()


def after(seconds: float) -> str:
    return format_datetime(NOON + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize("reason", [*FINAL, *POLICY])
def test_what_cannot_heal_is_asked_once(reason: str) -> None:
    """B24."""
    assert most_tries(reason, 7) == 1


@pytest.mark.parametrize("reason", sorted(set(PASSING) - set(COSTLY)))
def test_what_can_heal_is_asked_again(reason: str) -> None:
    """B21."""
    assert most_tries(reason, 7) == 7


@pytest.mark.parametrize("reason", sorted(COSTLY))
def test_what_costs_a_whole_limit_is_asked_twice(reason: str) -> None:
    assert most_tries(reason, 7) == 2
    assert most_tries(reason, 1) == 1


@given(failures=st.integers(1, 10_000), first=st.floats(0.01, 60), seed=st.integers())
def test_a_pause_is_spread_around_a_doubling(failures: int, first: float, seed: int) -> None:
    middle = min(LONGEST_PAUSE, first * 2.0 ** min(failures - 1, 20))
    assert 0.5 * middle <= pause(failures, first, Random(seed)) <= 1.5 * middle


def test_pauses_differ_so_that_links_do_not_come_back_together() -> None:
    chance = Random(1)
    assert len({pause(1, 0.5, chance) for _ in range(50)}) == 50


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("0", 0.0), ("120", 120.0), (" 7 ", 7.0), ("1.5", 1.5), ("9" * 300, LONGEST_WAIT),
        (after(30), 30.0), (after(-30), 0.0), ("Mon, 24 Nov 2025 12:00:30 -0000", 30.0),
        ("Mon, 24 Nov 2025 13:00:30 +0100", 30.0),
        ("Monday, 24-Nov-25 12:00:30 GMT", 30.0), ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
        ("soon", None), ("", None), ("-5", None), ("1e9", None), ("٣", None), ("Mon, 99 Foo", None),
    ],
)  # fmt: skip
def test_a_waiting_time_is_read(told: str, seconds: float | None) -> None:
    """B23: seconds or a date, and an end to every absurdity."""
    assert asked_wait({"Retry-After": told}, NOW) == seconds


def test_no_header_asks_for_no_wait() -> None:
    assert asked_wait({}, NOW) is None


def test_a_date_counts_from_the_servers_own_clock() -> None:
    """A server whose clock is an hour ahead asks for thirty seconds, not for an hour."""
    told = {"Retry-After": after(3630), "Date": after(3600)}
    assert asked_wait(told, NOW) == 30.0


@given(st.text(max_size=200))
def test_any_words_are_a_time_within_reason_or_nothing(told: str) -> None:
    wait = asked_wait({"Retry-After": told}, NOW)
    assert wait is None or 0 <= wait <= LONGEST_WAIT
