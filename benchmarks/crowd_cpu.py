"""CPU that a vote costs the server below its pages: claim, twenty answers, hand in.

Run: ``python -m benchmarks.crowd_cpu [--people 40]`` in the folder above. One thread works on a new
SQLite file with 2,000 questions, in which nothing waits for the disk; the first three people only
warm up. Median CPU milliseconds of this process a deed, and statements.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeVar

from sqlalchemy import event

from affekt.campaign.answers import answer
from affekt.campaign.claim import claim
from affekt.campaign.live import Live, open_campaign
from affekt.campaign.places import open_waiting
from affekt.campaign.submit import submit
from affekt.journal.database import Database
from benchmarks._turns import tell
from tests.campaign.crowd import WAY, ask
from tests.campaign.people import PAID, consenting

QUESTIONS, BATCH, WARM = 2_000, 20, 3
T = TypeVar("T")


class Meter:
    """Keeps what each deed cost."""

    def __init__(self, live: Live) -> None:
        self.statements = 0
        self.cost: dict[str, list[tuple[float, int]]] = defaultdict(list)
        event.listen(live.database.engine, "before_cursor_execute", self._count)

    def of(self, name: str, deed: Callable[[], T]) -> T:
        """Do a deed, and give what it gave."""
        before, begun = self.statements, time.process_time()
        given = deed()
        self.cost[name].append(((time.process_time() - begun) * 1000, self.statements - before))
        return given

    def _count(self, *_: object) -> None:
        self.statements += 1


def main() -> None:
    """Work, and print what it cost."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--people", type=int, default=40)
    people = words.parse_args().people
    with TemporaryDirectory() as folder:
        live = _opened(Path(folder) / "votes.db")
        with closing(live.database):
            meter = Meter(live)
            for nth in range(WARM + people):
                if nth == WARM:
                    meter.cost.clear()
                _batch(live, meter, consenting(live))
    for name, costs in meter.cost.items():
        cpu, statements = (median(one) for one in zip(*costs, strict=True))
        tell(name, f"{cpu:.2f} ms", f"{statements:.0f} statements")
    whole = sum(cost for costs in meter.cost.values() for cost, _ in costs)
    tell("all of it for one vote", f"{whole / len(meter.cost['answer']):.2f} ms")


def _opened(path: Path) -> Live:
    made = open_campaign(path, WAY._replace(asking=PAID))
    with closing(made.database):
        ask(made, QUESTIONS)
        open_waiting(made)
    database = Database(path, durability="process")
    return Live(database, made.number, made.policy, made.asking, made.emotions, made.seed)


def _batch(live: Live, meter: Meter, worker: int) -> None:
    batch = meter.of("claim", lambda: claim(live, worker, size=BATCH))
    for card in batch.cards:
        meter.of(
            "answer",
            lambda: answer(live, worker, card.token, True, key=card.token, seconds=1),  # noqa: B023
        )
    meter.of("hand in", lambda: submit(live, worker, batch.token))


if __name__ == "__main__":
    main()
