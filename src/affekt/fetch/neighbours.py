"""What the processes of one run tell each other about hosts, so that together they behave as one.

Each host has small files in a folder that all of them see. One says until when the host asked to be
left alone, whether it is parked, and when its pace lets it be asked next. The others are its
places, of which a process locks one for each request. A lock dies with its process, so a killed one
leaves no place taken.
"""

import fcntl
import hashlib
import os
import struct
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from affekt.fetch.manners import Manners

RECORD = struct.Struct("<dd?")  # left alone until, asked next at (s since 1970), is parked
EVERYBODY = ""  # stands for all hosts together
LOOK_AGAIN = 0.05  # s until a process looks whether another has freed a place


class Together(NamedTuple):
    """The processes that fetch for one run.

    Attributes:
        folder: Where they tell each other about hosts.
        processes: How many share places and paces there; 1 where these were divided beforehand.
    """

    folder: Path
    processes: int


class Pace(NamedTuple):
    """What all processes together keep to.

    Attributes:
        places: Requests open at a time at most, or None where each process has a share of its own.
        interval: Time from one request to the next, s; 0 for any.
    """

    places: int | None
    interval: float


def pace(places: int, per_second: float | None, processes: int) -> Pace:
    """Give what some processes must agree on; alone one needs nobody for it."""
    shared = places if places < processes else None
    return Pace(shared, 1 / per_second if per_second and processes > 1 else 0.0)


def share(places: int, processes: int) -> int:
    """Give how many places one of some processes may take; where it is one, it may have to wait."""
    return max(1, places // processes)


class Told(NamedTuple):
    """What is known about a host."""

    until: float = 0.0
    next_at: float = 0.0
    is_parked: bool = False


class Refused(NamedTuple):
    """Why a host may not be asked now.

    Attributes:
        seconds: When to try again.
        is_for_all: Whether the same holds for every other host.
        is_parked: Whether another process has found that the host fails again and again.
    """

    seconds: float
    is_for_all: bool = False
    is_parked: bool = False


class Neighbours:
    """One process's view of the folder.

    Args:
        together: Who shares, and where.
        manners: What they keep to together.
        now: Seconds since 1970, the same for all processes.
    """

    def __init__(
        self, together: Together, manners: Manners, now: Callable[[], float] = time.time
    ) -> None:
        self.folder, self.processes = together
        self.manners, self.now = manners, now
        self._overall = pace(manners.at_once, manners.per_second, self.processes)
        self._taken: defaultdict[str, list[int]] = defaultdict(list)  # open files, by host

    def enter(self, host: str, *, is_probe: bool = False) -> Refused | None:
        """Take a place at a host for one request, or give why not; nothing is taken then.

        Args:
            host: Whom to ask.
            is_probe: Whether the request is to show if a parked host lives again.
        """
        told = self._told(self._path(host))
        if told.is_parked and not is_probe:
            return Refused(0.0, is_parked=True)
        if wait := self._wait(told.until, self.manners.wait_seconds):
            return Refused(wait)
        paces = {EVERYBODY: self._overall, host: self._own(host)}
        with ExitStack() as stack:
            for name, one in paces.items():
                if one.places is not None:
                    if not self._take_place(name, one.places):
                        return Refused(LOOK_AGAIN, is_for_all=name == EVERYBODY)
                    stack.callback(self._leave, name)
            if refused := self._keep_pace(paces):
                return refused
            stack.pop_all()
        return None

    def leave(self, host: str) -> None:
        """Free the place of one request."""
        self._leave(host)
        self._leave(EVERYBODY)

    def leave_all(self) -> None:
        """Free every place that is taken."""
        for name in list(self._taken):
            while name in self._taken:
                self._leave(name)

    def hold(self, host: str, seconds: float) -> None:
        """Let everybody leave a host alone for a while."""
        with self._changing(host) as change:
            wait = max(seconds, self._wait(change.told.until, self.manners.wait_seconds))
            change.told = change.told._replace(until=self.now() + wait)

    def park(self, host: str) -> None:
        """Let everybody leave a host alone until the end."""
        with self._changing(host) as change:
            change.told = change.told._replace(is_parked=True)

    def revive(self, host: str) -> None:
        """Take back that a host is parked."""
        if self._told(self._path(host)).is_parked:
            with self._changing(host) as change:
                change.told = change.told._replace(is_parked=False)

    def _own(self, host: str) -> Pace:
        return pace(*self.manners.at(host), self.processes)

    def _keep_pace(self, paces: Mapping[str, Pace]) -> Refused | None:
        """Write down the next time of each, unless that of one has not come yet."""
        with ExitStack() as stack:
            changes = []
            for name, one in paces.items():
                if one.interval:
                    change = stack.enter_context(self._changing(name))
                    if wait := self._wait(change.told.next_at, one.interval):
                        return Refused(wait, is_for_all=name == EVERYBODY)
                    changes.append((change, one.interval))
            for change, interval in changes:
                change.told = change.told._replace(next_at=self.now() + interval)
        return None

    def _wait(self, at: float, longest: float) -> float:
        """Give the time until then, s; more than the longest means that a clock was turned back."""
        wait = at - self.now()
        return wait if 0 < wait <= longest else 0.0

    def _take_place(self, name: str, most: int) -> bool:
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        for number in range(most):
            place = os.open(f"{path}-{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
            try:
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(place)
                continue
            self._taken[name].append(place)
            return True
        return False

    def _leave(self, name: str) -> None:
        places = self._taken.get(name)
        if places:
            os.close(places.pop())
        if not places:
            self._taken.pop(name, None)

    def _path(self, host: str) -> Path:
        digest = hashlib.sha256(host.encode()).hexdigest()
        return self.folder / digest[:2] / digest[2:32]

    def _told(self, path: Path) -> Told:
        with suppress(FileNotFoundError):
            return _read(path.read_bytes())
        return Told()

    @contextmanager
    def _changing(self, host: str) -> Iterator["_Change"]:
        """Give what is known about a host, and write down what is made of it."""
        path = self._path(host)
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            before = _read(os.pread(file, RECORD.size, 0))
            change = _Change(before)
            yield change
            if change.told != before:
                os.pwrite(file, RECORD.pack(*change.told), 0)
        finally:
            os.close(file)


class _Change:
    """What is known about a host, to be replaced."""

    def __init__(self, told: Told) -> None:
        self.told = told


def _read(data: bytes) -> Told:
    return Told(*RECORD.unpack(data)) if len(data) == RECORD.size else Told()
