"""Processes that work in a campaign until they are killed, and tell what was acknowledged.

Run as a module it waits for orders, one JSON line each, and forks a worker for every one, so that
nothing is imported twice. The worker prints a line after each deed that was acknowledged, and the
line ``ended`` follows when it is over in any way.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import event

from affekt.campaign.answers import answer, pass_over
from affekt.campaign.batch import Card
from affekt.campaign.claim import claim
from affekt.campaign.live import Live, open_campaign
from affekt.campaign.submit import give_back, submit
from affekt.campaign.sweep import sweep
from affekt.errors import NotTaken
from tests import patience
from tests.campaign.crowd import HOUR, WAY, wait
from tests.campaign.people import PAID

DEEDS = ("claim", "pass", "answer", "submit", "give back", "sweep")
WAY_OF_WORK = WAY._replace(asking=PAID)
BATCH = 3


class Order(NamedTuple):
    """How one worker is to end.

    Attributes:
        place: Of the database.
        worker: Who works.
        deed: During which it is killed, one of `DEEDS`; ``""`` for none.
        nth: At which statement or commit of it, from 1; the last is after the commit.
        after: Acknowledged deeds, after which it is killed wherever it is; 0 for never.
        seconds: From then to the kill.
        kind: How batches end: ``submit``, ``give back``, ``sweep``, or all in turn.
    """

    place: str
    worker: int
    deed: str = ""
    nth: int = 0
    after: int = 0
    seconds: float = 0
    kind: str = "all"


def answer_to(card: Card) -> bool:
    """Give what a worker says of a card: always the same, as if it were tossed."""
    return ord(card.token[0]) % 2 == 0


class Nursery:
    """The process that makes workers."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.campaign.victim"],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, order: Order) -> list[str]:
        """Let a worker work to its end, and give what it acknowledged."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return [line.strip() for line in iter(self.process.stdout.readline, "ended\n")]

    def close(self) -> None:
        self.process.communicate(timeout=patience.SECONDS)


class Bomb:
    """Kills this process at the nth statement of a deed."""

    def __init__(self, live: Live, order: Order) -> None:
        self.order, self.left, self.is_armed = order, order.nth, False
        event.listen(live.database.engine, "before_cursor_execute", self._tick)
        event.listen(live.database.engine, "commit", self._tick)

    @contextmanager
    def during(self, deed: str) -> Iterator[None]:
        self.is_armed = deed == self.order.deed
        yield
        self._tick()
        self.is_armed = False

    def _tick(self, *_: object) -> None:
        if self.is_armed:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def work(live: Live, order: Order) -> None:
    """Do batches until nothing is left, and tell each deed once it is acknowledged."""
    bomb = Bomb(live, order)
    for turn in range(1000):
        try:
            with bomb.during("claim"):
                batch = claim(live, order.worker, size=BATCH)
        except NotTaken:
            break
        say("claim", batch.token)
        with bomb.during("pass"):
            pass_over(live, order.worker, batch.cards[0].token, "skip")
        for card in batch.cards[1:]:
            with bomb.during("answer"):
                answer(live, order.worker, card.token, answer_to(card), key=card.token, seconds=1)
            say("answer", card.token, int(answer_to(card)))
        kinds = ("submit", "give back", "sweep") if order.kind == "all" else (order.kind,)
        end(live, order.worker, batch.token, kinds[turn % len(kinds)], bomb)
        say("end", batch.token)
    say("over")


def end(live: Live, worker: int, batch: str, kind: str, bomb: Bomb) -> None:
    if kind == "sweep":
        wait(live, HOUR)
        with bomb.during(kind):
            sweep(live)
        return
    with bomb.during(kind):
        (submit if kind == "submit" else give_back)(live, worker, batch)


def say(*words: object) -> None:
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


def place_of(order: Order) -> Path | str:
    return order.place if "://" in order.place else Path(order.place)


def main() -> None:
    for line in sys.stdin:
        order = Order(*json.loads(line))
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(writing, 1)
            os.close(writing)
            work(open_campaign(place_of(order), WAY_OF_WORK), order)
            os._exit(0)
        os.close(writing)
        watch(child, reading, order)
        os.waitpid(child, 0)
        say("ended")


def watch(child: int, reading: int, order: Order) -> None:
    """Pass on what a worker says, and kill it when its time has come."""
    with open(reading, encoding="utf-8") as lines:
        for said, line in enumerate(lines, start=1):
            say(line.rstrip())
            if said == order.after:
                time.sleep(order.seconds)
                os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main()
