"""How many calls are left, as the server tells it: for a minute, an hour, a day."""

import re
from collections.abc import Mapping
from typing import NamedTuple

PERIODS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}  # s
_RATE = re.compile(r"(\d{1,9})/([smhd])[a-z]*")
_LIMIT, _LEFT = "x-ratelimit-limit-", "x-ratelimit-available-"
_SPARE = 0.25  # share of an allowance from which calls come evenly


class Rate(NamedTuple):
    """One allowance.

    Attributes:
        told: As the server writes it, such as ``20/min``.
        calls: Calls allowed …
        seconds: … in any stretch of so many seconds.
        left: Calls left now.
    """

    told: str
    calls: int
    seconds: float
    left: int

    def pause(self, longest: float) -> float:
        """Give how long to wait before the next call, s.

        Where nothing is left, until a whole stretch has passed. Where little is left, as long as
        makes the calls of a stretch come evenly; but not for stretches longer than may be waited
        for, since those may well outlast the run.
        """
        if self.left <= 0:
            return self.seconds
        is_low = self.left < self.calls * _SPARE and self.seconds <= longest
        return self.seconds / self.calls if is_low else 0.0


def rates(headers: Mapping[str, str]) -> list[Rate]:
    """Give the allowances that headers tell; what cannot be read is left out.

    >>> rates({"x-ratelimit-limit-anon_burst": "20/min", "x-ratelimit-available-anon_burst": "7"})
    [Rate(told='20/min', calls=20, seconds=60.0, left=7)]
    """
    found = []
    for name in sorted(headers):
        if not name.startswith(_LIMIT):
            continue
        rate = _RATE.fullmatch(headers[name].strip())
        left = headers.get(f"{_LEFT}{name.removeprefix(_LIMIT)}", "").strip()
        if rate and int(rate[1]) and left.isascii() and left.isdigit() and len(left) < 10:
            calls, seconds = int(rate[1]), PERIODS[rate[2]]
            found.append(Rate(headers[name].strip(), calls, seconds, int(left)))
    return found
