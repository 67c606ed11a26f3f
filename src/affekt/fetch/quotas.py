"""Allowances that all processes share: so many calls in any stretch of so many seconds.

A file in the ledger folder holds the times of the last calls, as a ring of eight bytes each. A call
is written down before it is made, under a lock that dies with its process; so an allowance is never
exceeded, whoever is killed when.
"""

import fcntl
import hashlib
import logging
import os
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from affekt.errors import Damaged
from affekt.fetch.news import TELL_FROM, Hear, unheard, waiting
from affekt.fetch.words import Quota

HEAD = struct.Struct("<8sQQ")  # mark, places in the ring, calls ever made
STAMP = struct.Struct("<d")  # time of a call, s since 1970
MARK = b"affekt q"
SPARE = 1.001  # calls do not reach the server at even intervals
LONGEST_NAP = 60.0  # s; then the ledger is read anew

log = logging.getLogger(__name__)


class Clock(NamedTuple):
    """What time it is, and how to let it pass.

    Attributes:
        now: Seconds since 1970, the same for all processes.
        sleep: Waits so many seconds.
    """

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


class Quotas:
    """The allowances written down in one folder."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self.folder = folder
        self.clock = clock or Clock()

    def spend(self, quota: Quota, hear: Hear = unheard) -> None:
        """Use up one call, after waiting until there is one, which is told.

        Raises:
            Damaged: The ledger is no ledger.
        """
        wait = self.take(quota)
        if wait > TELL_FROM:
            log.info("%s: the allowance is used up, going on in %.0f s", quota.name, wait)
            hear(waiting(f"{quota.name}, its allowance is used up", self.clock.now(), wait))
        while wait > 0:
            self.clock.sleep(min(wait, LONGEST_NAP))
            wait = self.take(quota)

    def take(self, quota: Quota) -> float:
        """Use up one call and give 0, or give how long to wait for one, s."""
        path = self.folder / f"quota-{_digest(quota)}"
        with _locked(path.with_suffix(".lock")):
            ring = _Ring(path)
            ring.widen(quota.calls)
            now = self.clock.now()
            ring.forget_the_future(now)
            wait = ring.last(quota.calls) + quota.seconds * SPARE - now
            if wait <= 0:
                ring.add(now)
            return max(wait, 0.0)

    def left(self, quota: Quota) -> int:
        """Give how many calls could be made right now."""
        path = self.folder / f"quota-{_digest(quota)}"
        with _locked(path.with_suffix(".lock")):
            since = self.clock.now() - quota.seconds * SPARE
            return quota.calls - sum(
                stamp > since for stamp in _Ring(path).stamps()[-quota.calls :]
            )


def _digest(quota: Quota) -> str:
    return hashlib.sha256(f"{quota.name}\0{quota.owner}".encode()).hexdigest()[:32]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class _Ring:
    """The times of the last calls, in a file; the oldest is overwritten by the newest."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.places, self.made = 0, 0
        if not path.exists():
            return
        with path.open("rb", buffering=0) as file:
            head, n_bytes = file.read(HEAD.size), os.fstat(file.fileno()).st_size
        if len(head) < HEAD.size or not head.startswith(MARK):
            raise self._damaged()
        _, self.places, self.made = HEAD.unpack(head)
        if n_bytes != HEAD.size + self.places * STAMP.size:
            raise self._damaged()

    def _damaged(self) -> Damaged:
        return Damaged(
            f"{self.path}: no ledger of calls, or a cut one; remove it, and allow for the calls "
            "that were made lately"
        )

    def stamps(self) -> list[float]:
        """Give all times known, the oldest first."""
        if not self.places:
            return []
        data = self.path.read_bytes()[HEAD.size :]
        ring = [stamp for (stamp,) in STAMP.iter_unpack(data)]
        return [ring[at % self.places] for at in range(max(0, self.made - self.places), self.made)]

    def last(self, back: int) -> float:
        """Give the time of the call that many calls ago, minus infinity when there was none."""
        if self.made < back:
            return float("-inf")
        at = (self.made - back) % self.places
        with self.path.open("rb") as file:
            file.seek(HEAD.size + at * STAMP.size)
            (stamp,) = STAMP.unpack(file.read(STAMP.size))
        return float(stamp)

    def add(self, now: float) -> None:
        """Write a call down; a kill between the two writes leaves it out, and it was not made."""
        with self.path.open("r+b", buffering=0) as file:
            file.seek(HEAD.size + self.made % self.places * STAMP.size)
            file.write(STAMP.pack(now))
            self.made += 1
            file.seek(0)
            file.write(HEAD.pack(MARK, self.places, self.made))

    def widen(self, places: int) -> None:
        """Make room for so many times."""
        if places > self.places:
            self._rewrite(self.stamps(), places)

    def forget_the_future(self, now: float) -> None:
        """Take calls for just made that a clock, turned back since, says are still to come."""
        if self.made and self.last(1) > now:
            self._rewrite([min(stamp, now) for stamp in self.stamps()], self.places)

    def _rewrite(self, stamps: list[float], places: int) -> None:
        beside = self.path.with_suffix(f".{os.getpid()}.part")
        with beside.open("wb") as file:
            file.write(HEAD.pack(MARK, places, len(stamps)))
            file.write(b"".join(map(STAMP.pack, stamps)))
            file.write(bytes((places - len(stamps)) * STAMP.size))
        beside.replace(self.path)
        self.places, self.made = places, len(stamps)
