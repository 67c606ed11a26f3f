"""Several processes with several threads each, which all work in one campaign at once.

Run as a module with the place of a database, a batch's size and the numbers of its workers, it
lets each of them do batches in a thread of its own until nothing is left.
"""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from sqlalchemy import text

from affekt.campaign.answers import answer
from affekt.campaign.claim import claim
from affekt.campaign.live import Live, Way, open_campaign
from affekt.campaign.places import open_waiting
from affekt.campaign.submit import submit
from affekt.errors import NotTaken
from affekt.policies.fixed import Fixed
from tests.campaign.crowd import WAY, ask
from tests.campaign.people import FREE, consenting

REPOSITORY = Path(__file__).parents[2]
MOST = """SELECT max(i.votes + COALESCE(l.leases, 0)) FROM items i LEFT JOIN (
    SELECT item, count(*) AS leases FROM slots WHERE state = 'leased' GROUP BY item
    ) l ON l.item = i.id"""
OVER = """SELECT count(*) FROM (SELECT item FROM votes WHERE state = 'counted' GROUP BY item
    HAVING count(DISTINCT worker) > :votes) over_assigned"""
UNDER = "SELECT count(*) FROM items WHERE votes < :votes"


class Race(NamedTuple):
    """How a race went; a look is one moment of the database while it was on."""

    over_assigned: int  # items with more votes than asked for, at the end
    highest: int  # votes and leases of one item in any look
    lacking: int  # items with fewer votes, at the end
    votes: int
    looks: int
    seconds: float


def way(votes: int) -> Way:
    return WAY._replace(policy=Fixed(votes=votes), asking=FREE)


def race(place: Path | str, *, items: int, votes: int, processes: int, threads: int) -> Race:
    """Let everybody work until nothing is left."""
    live = open_campaign(place, way(votes))
    with closing(live.database):
        ask(live, items)
        open_waiting(live)
        people = [consenting(live) for _ in range(processes * threads)]
        begun = time.monotonic()
        runs = [_started(place, votes, people[at::processes]) for at in range(processes)]
        looks = list(_looks(live, runs))
        assert [run.wait() for run in runs] == [0] * processes
        seconds = time.monotonic() - begun
        with live.database.read() as connection:
            over, under, stored = (
                int(connection.execute(text(one), {"votes": votes}).scalar_one())
                for one in (OVER, UNDER, "SELECT count(*) FROM votes")
            )
    return Race(over, max(looks), under, stored, len(looks), seconds)


def _started(place: Path | str, votes: int, people: Sequence[int]) -> "subprocess.Popen[bytes]":
    words = [str(place), str(votes), *map(str, people)]
    return subprocess.Popen([sys.executable, "-m", "tests.campaign.racers", *words], cwd=REPOSITORY)


def _looks(live: Live, runs: "Sequence[subprocess.Popen[bytes]]") -> Iterator[int]:
    """Give the most votes and leases that any item has, again and again until all is done."""
    while True:
        is_over = all(run.poll() is not None for run in runs)
        with live.database.read() as connection:
            yield int(connection.execute(text(MOST)).scalar_one())
        if is_over:
            return
        time.sleep(0.1)


def _work(live: Live, worker: int) -> None:
    while True:
        try:
            batch = claim(live, worker)
        except NotTaken:
            return
        for card in batch.cards:
            said = ord(card.token[0]) % 2 == 0
            answer(live, worker, card.token, said, key=token_hex(16), seconds=1)
        submit(live, worker, batch.token)


def main() -> None:
    place, votes, *people = sys.argv[1:]
    live = open_campaign(place if "://" in place else Path(place), way(int(votes)))
    with closing(live.database), ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(lambda one: _work(live, int(one)), people))


if __name__ == "__main__":
    main()
