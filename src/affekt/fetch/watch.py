"""An eye on every request: none lasts longer than a limit, none is slower than the least speed.

One look at all of them now and then costs less than timers for each.
"""

import asyncio

from affekt.fetch.manners import Manners

GRACE = 5.0  # s in which an answer may be slow
LONGEST_TICK = 0.5  # s between two looks
LAG = 1.0  # s by which a look is late because this process did not run; nobody else's fault


class Flight:
    """One request on its way."""

    __slots__ = ("answered", "began", "cut", "detail", "received", "task")

    def __init__(self, task: "asyncio.Task[object]", began: float) -> None:
        self.task, self.began = task, began
        self.answered: float | None = None  # when its headers were there
        self.received = 0  # bytes of its body
        self.cut: str | None = None  # why it was ended
        self.detail: str | None = None


class Watch:
    """All requests on their way."""

    def __init__(self, manners: Manners, loop: asyncio.AbstractEventLoop) -> None:
        self.manners, self.loop = manners, loop
        self.tick = min(LONGEST_TICK, manners.total_seconds / 4)
        self.flights: set[Flight] = set()
        self._due: float | None = None

    def enter(self) -> Flight:
        """Begin to look after the task that runs now."""
        task = asyncio.current_task()
        assert task is not None
        flight = Flight(task, self.loop.time())
        self.flights.add(flight)
        if self._due is None:
            self._look_later()
        return flight

    def leave(self, flight: Flight) -> None:
        """End it."""
        self.flights.discard(flight)

    def _look_later(self) -> None:
        self._due = self.loop.time() + self.tick
        self.loop.call_at(self._due, self._look)

    def _look(self) -> None:
        assert self._due is not None
        now = self.loop.time()
        lag, self._due = now - self._due, None
        for flight in self.flights:
            if lag > LAG:
                flight.began += lag
                flight.answered = None if flight.answered is None else flight.answered + lag
            elif flight.cut is None and self._is_over(flight, now):
                flight.task.cancel()
        if self.flights:
            self._look_later()

    def _is_over(self, flight: Flight, now: float) -> bool:
        if now - flight.began > self.manners.total_seconds:
            flight.cut = "no-answer" if flight.answered is None else "too-long"
            flight.detail = f"after {now - flight.began:.0f} s and {flight.received:,} bytes"
        elif flight.answered is not None and now - flight.answered > GRACE:
            speed = flight.received / (now - flight.answered)
            if speed < self.manners.least_bytes_per_second:
                flight.cut, flight.detail = "too-slow", f"{speed:,.0f} bytes a second"
        return flight.cut is not None
