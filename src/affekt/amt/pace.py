"""How fast the marketplace is asked, and how long is waited after a refusal."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from affekt.rank import share_of

SLOWEST = 0.1  # calls a second, below which no throttling pushes
RECOVERY = 1.05  # by which the pace rises again after each call that went well
MOST_WAIT_SECONDS = 30.0


@dataclass
class Pace:
    """A bucket of tokens whose rate halves when it is throttled and recovers by and by.

    Attributes:
        calls_per_second: The rate to begin with, and the most; 0 asks as fast as it can.
        wait: Lets so many seconds pass.
        now: Seconds on a clock that runs while ``wait`` waits.
        seed: Of the jitter.
        today: Seconds since 1970, by which it is known that a token may have lapsed.
    """

    calls_per_second: float = 2.0
    wait: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    seed: int = 1
    today: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        self._rate = self.calls_per_second
        self._free_at = self.now()
        self._waits = 0

    def take(self) -> None:
        """Wait until the next call may go out."""
        if not self.calls_per_second:
            return
        due = self._free_at - self.now()
        if due > 0:
            self.wait(due)
        self._free_at = max(self._free_at, self.now()) + 1 / self._rate

    def went_well(self) -> None:
        """Note a call that was answered."""
        self._rate = min(self.calls_per_second, self._rate * RECOVERY)

    def after(self, attempt: int, *, throttled: bool) -> None:
        """Wait before the same call again: longer each time, by a random share of it."""
        if throttled:
            self._rate = max(SLOWEST, self._rate / 2)
        self._waits += 1
        share = share_of(str(self._waits), self.seed, "jitter")
        self.wait(min(MOST_WAIT_SECONDS, 2.0**attempt) * (0.5 + share / 2))
