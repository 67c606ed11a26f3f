"""How much of the calls allowed is used up, as the server tells it in its headers."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

FREE_UNTIL = 75.0  # percent used, from which calls come slower
SLOWEST = 60.0  # s between calls, just before all is used up
_SHARES = ("call_count", "total_cputime", "total_time")


class Usage(NamedTuple):
    """What an answer's headers say.

    Attributes:
        percent: The fullest of all allowances.
        closed: For how long the server will refuse, s; 0 where it does not say that it will.
    """

    percent: float = 0.0
    closed: float = 0.0

    def pause(self) -> float:
        """Give how long to wait before the next call so that it is not refused, s."""
        over = max(0.0, min(self.percent, 100.0) - FREE_UNTIL) / (100.0 - FREE_UNTIL)
        return over * SLOWEST


def usage(headers: Mapping[str, str]) -> Usage:
    """Give the usage that headers tell, none where they tell nothing that can be read.

    >>> usage({"x-app-usage": '{"call_count": 90, "total_time": 12}'}).pause()
    36.0
    """
    accounts = [*_accounts(headers)]
    shares = [_number(one.get(name)) for one in accounts for name in _SHARES]
    minutes = [_number(one.get("estimated_time_to_regain_access")) for one in accounts]
    return Usage(max(shares, default=0.0), 60.0 * max(minutes, default=0.0))


def _accounts(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    told = _read(headers.get("x-app-usage"))
    if isinstance(told, Mapping):
        yield told
    told = _read(headers.get("x-business-use-case-usage"))
    for listed in told.values() if isinstance(told, Mapping) else ():
        if isinstance(listed, list):
            yield from (one for one in listed if isinstance(one, Mapping))


def _read(text: str | None) -> Any:
    try:
        return json.loads(text or "null")
    except (ValueError, RecursionError):
        return None


def _number(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < 1e6 else 0.0
