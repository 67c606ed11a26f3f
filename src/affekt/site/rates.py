"""How often somebody may come: a bucket of tokens for each caller, refilled with time."""

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from typing import NamedTuple

MOST_CALLERS = 100_000  # buckets that are remembered; a forgotten one is full again


class Rate(NamedTuple):
    """How many calls at once, and how many a second for good."""

    burst: float
    per_second: float


RATES = {
    "address": Rate(600, 120),  # any request; a room of people may share one address
    "door": Rate(10, 1 / 6),  # links, sign-ins and codes by address
    "vote": Rate(60, 10),
    "test": Rate(30, 2),
    "page": Rate(60, 10),
    "api": Rate(120, 30),
}


class Rates:
    """Who came how often; callers are kept as keyed hashes, and only in memory."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._gate = threading.Lock()
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def wait(self, kind: str, caller: str, now: float | None = None) -> float:
        """Take one token; give 0, or the seconds until there is one where there is none.

        Args:
            kind: A key of `RATES`.
            caller: An address or a token.
            now: Seconds of a clock that is never set; that of the machine if absent.
        """
        rate = RATES[kind]
        moment = time.monotonic() if now is None else now
        name = hashlib.blake2b(f"{kind} {caller}".encode(), key=self._key, digest_size=16).digest()
        with self._gate:
            left, since = self._buckets.pop(name, (rate.burst, moment))
            left = min(rate.burst, left + (moment - since) * rate.per_second)
            is_free = left >= 1
            self._buckets[name] = (left - is_free, moment)
            if len(self._buckets) > MOST_CALLERS:
                self._buckets.popitem(last=False)
        return 0.0 if is_free else (1 - left) / rate.per_second
