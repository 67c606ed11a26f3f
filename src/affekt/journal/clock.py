"""The server's time: UTC, and never earlier than a time that was given before."""

import threading
import time

MICROSECONDS = 1_000_000


class Clock:
    """Gives whole microseconds since 1970, UTC.

    A clock of the machine that is set back stands still here until it has caught up, so that no
    order is turned round and no lease comes to life again.

    Args:
        last: A time before which it cannot be, such as the latest in a database.
    """

    def __init__(self, last: int = 0) -> None:
        self._last = last
        self._gate = threading.Lock()

    def now(self) -> int:
        """Give the time; never less than the call before."""
        with self._gate:
            self._last = max(self._last, time.time_ns() // 1000)
            return self._last

    def not_before(self, moment: int) -> None:
        """Never again give a time before ``moment``."""
        with self._gate:
            self._last = max(self._last, moment)


CLOCK = Clock()


def now() -> int:
    """Give the time by the clock of this process."""
    return CLOCK.now()
