"""Whether and when to ask again: only what can heal, later each time, as told where told."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random

from affekt.fetch.reasons import PASSING

LONGEST_PAUSE = 30.0  # s
LONGEST_WAIT = 1e9  # s; thirty years stand for every longer time
# Each of these costs a place for as long as a limit lasts; a second request is all they get.
COSTLY = {"no-answer": 2, "too-slow": 2, "too-long": 2}
SECONDS = re.compile(r"\s*(\d{1,400})(\.\d{0,99})?\s*", re.ASCII)


def most_tries(reason: str, tries: int) -> int:
    """Give how many requests in all a link gets that failed for a reason."""
    return min(tries, COSTLY.get(reason, tries)) if reason in PASSING else 1


def pause(failures: int, first: float, chance: Random) -> float:
    """Give how long to wait after so many failures, s: doubled each time, spread by half."""
    longest = min(LONGEST_PAUSE, first * 2.0 ** min(failures - 1, 20))
    return longest * chance.uniform(0.5, 1.5)


def asked_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Give how long a server asks to be left alone, s; None when it does not say.

    A date counts from the server's own clock where it tells it, else from ours (`now`, UTC).

    >>> asked_wait({"Retry-After": "120"}, 0.0)
    120.0
    """
    told = headers.get("Retry-After")
    if told is None:
        return None
    if SECONDS.fullmatch(told):
        return min(float(told), LONGEST_WAIT)
    then, own = _date(told), _date(headers.get("Date", ""))
    if then is None:
        return None
    return min(max(0.0, then - (now if own is None else own)), LONGEST_WAIT)


def _date(text: str) -> float | None:
    try:
        found: datetime = parsedate_to_datetime(text[:100])
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    try:
        return aware.timestamp()
    except (ValueError, OverflowError):
        return None
