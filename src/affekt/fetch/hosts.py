"""Whose turn it is: hosts in a ring, each with its own queue, pace, waiting time and patience.

A host that fails `give_up_after` times in a row is parked. When nothing else is left to do, a few
of its links are tried; if they fail too, it is lost, and its links are given back, but for a few
that find out now and then whether it lives again. So thirty thousand links to one dead host cost a
few dozen requests, and nobody else waits for them.
"""

import heapq
import logging
from collections import deque
from collections.abc import Callable
from enum import Enum
from itertools import count

from affekt.fetch.jobs import Job
from affekt.fetch.manners import Manners
from affekt.fetch.neighbours import Neighbours, share

PROBES = 3  # links that decide about a parked host
AGAIN = 8_000  # links of a lost host given back, after which a few of them are tried
REMEMBERED = 20_000  # hosts with nothing to do of which single failures are remembered
TELL_FROM = 1.0  # s of waiting asked for that are worth a line in the log

log = logging.getLogger(__name__)


class State(Enum):
    """What is expected of a host."""

    OPEN = "asked as usual"
    PARKED = "left alone until the end"
    PROBING = "being tried with a few links"
    LOST = "given up"


class Host:
    """One server: its queue and its record."""

    __slots__ = (
        "failed_probes", "failures", "given_back", "in_turn", "last", "name", "not_before", "open",
        "parked", "probes", "ready", "state",
    )  # fmt: skip

    def __init__(self, name: str) -> None:
        self.name = name
        self.state = State.OPEN
        self.ready: deque[Job] = deque()
        self.parked: deque[Job] = deque()
        self.open = 0  # requests on their way
        self.in_turn = False  # whether it stands in the ring or sleeps
        self.not_before = 0.0
        self.failures = 0  # links in a row that failed first
        self.last = ""  # the reason of the last failure
        self.probes = self.failed_probes = 0
        self.given_back = 0  # links since it was lost

    def is_idle(self) -> bool:
        """Tell whether nothing is to do here and nothing worth remembering."""
        return not (self.open or self.ready or self.parked or self.failures)


class Board:
    """The hosts of one fetcher; used by one thread.

    Args:
        manners: How to behave.
        now: Seconds by a steady clock.
        neighbours: The other processes that ask the same hosts, None where there are none.
    """

    def __init__(
        self, manners: Manners, now: Callable[[], float], neighbours: Neighbours | None = None
    ) -> None:
        self.manners, self.now, self.neighbours = manners, now, neighbours
        self.hosts: dict[str, Host] = {}
        self.lost: deque[Job] = deque()  # to be given back: their host is, or they waited enough
        self.waits = 0  # times that a host asked to wait
        self._turn: deque[Host] = deque()
        self._later: list[tuple[float, int, Host | Job]] = []
        self._put_off: list[Job] = []
        self._number = count()
        self._sweep_at = REMEMBERED
        self._not_before = 0.0  # for all hosts together

    def put(self, job: Job, *, first: bool = False) -> None:
        """Queue a job at its host, or keep it until something is known about that host."""
        host = self.hosts.get(job.host) or self._new(job.host)
        if host.state is State.LOST:
            self._give_back(host, job)
        elif host.state is State.PARKED or (host.state is State.PROBING and host.probes >= PROBES):
            host.parked.append(job)
        else:
            host.probes += host.state is State.PROBING
            (host.ready.appendleft if first else host.ready.append)(job)
            self._offer(host)

    def put_later(self, job: Job, seconds: float) -> None:
        """Queue a job after a while; until then it takes no one's place."""
        self._sleep(job, self.now() + seconds)

    def put_off(self, job: Job, seconds: float) -> None:
        """Keep a job until nothing else is left to do; then it is asked if the time has come."""
        job.until = self.now() + seconds
        job.waits += 1
        self._put_off.append(job)

    def hold(self, name: str, seconds: float) -> None:
        """Leave a host alone for a while."""
        host = self.hosts[name]
        host.not_before = max(host.not_before, self.now() + seconds)
        if self.neighbours:
            self.neighbours.hold(name, seconds)
        self.waits += 1
        if seconds >= TELL_FROM:
            log.info("%s asks to wait %.0f s", name, seconds)

    def take(self) -> Job | None:
        """Give the next job whose host may be asked now."""
        now = self.now()
        self._wake(now)
        while self._turn and self._not_before <= now:
            host = self._turn.popleft()
            host.in_turn = False
            if not host.ready or host.open >= self._places(host):
                continue
            until = self._shut_until(host, now)
            if until > now:
                host.in_turn = True
                self._sleep(host, until)
            elif host.ready:
                job = host.ready.popleft()
                host.open += 1
                self._keep_pace(host, now)
                self._offer(host)
                return job
        return None

    def _shut_until(self, host: Host, now: float) -> float:
        """Give when a host may be asked; from now on it may, unless its links have been parked."""
        if host.not_before > now or self.neighbours is None:
            return host.not_before
        refused = self.neighbours.enter(host.name, is_probe=host.state is State.PROBING)
        if refused is None:
            return now
        if refused.is_parked:
            self._park(host)
        if refused.is_for_all:
            self._not_before = now + refused.seconds
        return now + refused.seconds

    def freed(self, job: Job, *, is_alive: bool | None, reason: str = "") -> None:
        """Take a request as ended; whether its host is alive, or nothing can be said about that."""
        host = self.hosts[job.host]
        host.open -= 1
        if self.neighbours:
            self.neighbours.leave(host.name)
        if is_alive:
            self._revive(host)
        elif is_alive is False:
            host.last = reason
            self._count(host, job)
        if host.is_idle() and host.state is State.OPEN and host.not_before <= self.now():
            del self.hosts[host.name]
        else:
            self._offer(host)

    def next_at(self) -> float | None:
        """Give when to `take` again although nothing was put or freed, or None."""
        times = [self._later[0][0]] if self._later else []
        if self._turn:
            times.append(self._not_before)
        return min(times, default=None)

    def is_quiet(self) -> bool:
        """Tell whether nothing waits for its turn or its time."""
        return not (self._turn or self._later or self.lost)

    def come_back(self) -> bool:
        """Let what was parked or put off have its last try; tell whether there was any."""
        now, put_off = self.now(), self._put_off
        self._put_off = []
        for job in put_off:
            if job.until <= now:
                self.put(job)
            else:
                self.lost.append(job)
        parked = [host for host in self.hosts.values() if host.parked and not host.open]
        for host in parked:
            self._probe(host)
        return bool(put_off or parked)

    def begin(self) -> None:
        """Start anew with what is known: a host that was lost is tried with a few links first."""
        self.end()
        self._turn.clear()
        self._later.clear()
        self._put_off.clear()
        self.lost.clear()
        for host in self.hosts.values():
            host.ready.clear()
            host.parked.clear()
            host.in_turn, host.open = False, 0
            if host.state is not State.OPEN:
                self._expect_probes(host)

    def held(self) -> dict[str, float]:
        """Give the hosts that asked to wait and how long that lasts yet, s; sorted by name."""
        now = self.now()
        waits = {host.name: host.not_before - now for host in list(self.hosts.values())}
        return {name: wait for name, wait in sorted(waits.items()) if wait >= TELL_FROM}

    def end(self) -> None:
        """Take every request for ended, whatever became of it."""
        if self.neighbours:
            self.neighbours.leave_all()

    def given_up(self) -> list[str]:
        """Give the names of the hosts that are left alone by now, sorted."""
        return sorted(
            host.name for host in list(self.hosts.values()) if host.state is not State.OPEN
        )

    def _new(self, name: str) -> Host:
        if len(self.hosts) >= self._sweep_at:
            idle = [one for one in self.hosts.values() if one.state is State.OPEN]
            for one in idle:
                if not (one.open or one.ready or one.not_before > self.now()):
                    del self.hosts[one.name]
            self._sweep_at = max(REMEMBERED, 2 * len(self.hosts))
        host = self.hosts[name] = Host(name)
        return host

    def _places(self, host: Host) -> int:
        processes = self.neighbours.processes if self.neighbours else 1
        most = share(self.manners.at(host.name).places, processes)
        return min(PROBES, most) if host.state is State.PROBING else most

    def _offer(self, host: Host) -> None:
        if host.ready and not host.in_turn and host.open < self._places(host):
            host.in_turn = True
            self._turn.append(host)

    def _sleep(self, what: Host | Job, until: float) -> None:
        heapq.heappush(self._later, (until, next(self._number), what))

    def _wake(self, now: float) -> None:
        while self._later and self._later[0][0] <= now:
            what = heapq.heappop(self._later)[2]
            if isinstance(what, Job):
                self.put(what)
            else:
                what.in_turn = False
                self._offer(what)

    def _keep_pace(self, host: Host, now: float) -> None:
        if self.neighbours and self.neighbours.processes > 1:
            return  # they keep it together
        if per_second := self.manners.at(host.name).per_second:
            host.not_before = max(host.not_before, now) + 1 / per_second
        if self.manners.per_second:
            self._not_before = max(self._not_before, now) + 1 / self.manners.per_second

    def _count(self, host: Host, job: Job) -> None:
        if host.state is State.PROBING:
            host.failed_probes += 1
            if host.failed_probes >= host.probes and not host.ready:
                self._lose(host)
        elif job.failures <= 1:  # a link that fails again says nothing new
            host.failures += 1
            if host.state is State.OPEN and host.failures >= self.manners.give_up_after:
                log.info("%s failed %d times in a row: left alone", host.name, host.failures)
                self._park(host)
                if self.neighbours:
                    self.neighbours.park(host.name)

    def _park(self, host: Host) -> None:
        host.state = State.PARKED
        host.parked.extend(host.ready)
        host.ready.clear()

    def _revive(self, host: Host) -> None:
        host.failures = 0
        if host.state is not State.OPEN:
            if self.neighbours:
                self.neighbours.revive(host.name)
            host.state = State.OPEN
            host.ready.extend(host.parked)
            host.parked.clear()

    def _give_back(self, host: Host, job: Job) -> None:
        self.lost.append(job)
        host.given_back += 1
        if host.given_back >= AGAIN:
            self._expect_probes(host)

    def _lose(self, host: Host) -> None:
        log.info("%s is given up, %d links with it", host.name, len(host.parked))
        host.state = State.LOST
        self.lost.extend(host.parked)
        host.parked.clear()

    def _expect_probes(self, host: Host) -> None:
        host.state = State.PROBING
        host.probes = host.failed_probes = host.given_back = 0

    def _probe(self, host: Host) -> None:
        """Release a few links of a parked host; those that were never asked know nothing yet."""
        self._expect_probes(host)
        ordered = sorted(host.parked, key=lambda job: job.failures)
        host.parked.clear()
        for job in ordered:
            self.put(job)
