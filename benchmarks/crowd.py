"""What a campaign costs: claims, durable answers, a table of votes brought in, a recount.

Run: ``python -m benchmarks.crowd`` or one task of it, such as ``python -m benchmarks.crowd claim``.
SQLite and PostgreSQL keep every answer on the disk before it is acknowledged. Peers do nothing but
write the votes: plain sqlite3 or psycopg, each vote inserted and committed, or all in one
transaction.
"""

import argparse
import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import polars as pl

from affekt.campaign.answers import answer
from affekt.campaign.batch import Batch
from affekt.campaign.books import verify_books
from affekt.campaign.claim import claim, current
from affekt.campaign.live import Live
from affekt.campaign.submit import give_back
from affekt.journal.database import Database
from affekt.journal.votes import Votes
from affekt.policies.curtailed import Curtailed
from affekt.policies.fixed import Fixed
from benchmarks import _crowd_made as made
from benchmarks import _crowd_peers as peers
from benchmarks._fetch_measure import cpu_seconds, measured
from benchmarks._turns import tell

THREADS = 32
EACH = 100  # answers of one thread in one turn


def claims(n_items: int, rounds: int) -> None:
    """Tell what a batch of 20 takes a worker who has met half of all pictures."""
    with made.places() as places:
        for name, place in places.items():
            with made.campaign(place, n_items) as live:
                people = made.people(live, 4, percent_met=50)
                took = [_claimed(live, people[at % 4].id) for at in range(40 * rounds)]
                tell(f"claim, {n_items:,} items, {name}", *_percentiles(took))


def _claimed(live: Live, worker: int) -> float:
    start = time.perf_counter()
    batch = claim(live, worker)
    took = time.perf_counter() - start
    give_back(live, worker, batch.token)
    return took


def answered(n_items: int, rounds: int) -> None:
    """Tell how many answers a second are on the disk, beside the peer in the same turn."""
    with made.places() as places:
        for name, place in places.items():
            with made.campaign(place, n_items) as live:
                people = [one.id for one in made.people(live, THREADS)]
                for _ in range(rounds):
                    ours = _answer_all(live, people)
                    theirs = THREADS * EACH / _peer(place, name)
                    tell(f"answers/s, {THREADS} threads, {name}", f"{ours:.0f}", f"{theirs:.0f}",
                         f"{ours / theirs:.2f}")  # fmt: skip


def _answer_all(live: Live, people: Sequence[int]) -> float:
    batches = [claim(live, one, size=EACH) for one in people]
    waits: list[float] = []

    def work(worker: int, batch: Batch) -> None:
        for card in batch.cards:
            start = time.perf_counter()
            answer(live, worker, card.token, True, key=token_hex(16), seconds=2.0)
            waits.append(time.perf_counter() - start)

    pairs = zip(people, batches, strict=True)
    threads = [threading.Thread(target=work, args=pair) for pair in pairs]
    start = time.perf_counter()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    took = time.perf_counter() - start
    tell("  reply of one", *_percentiles(waits))
    for worker, batch in zip(people, batches, strict=True):
        give_back(live, worker, batch.token)
    return THREADS * EACH / took


def _peer(place: Path | str, name: str) -> float:
    asked = made.questions(THREADS * EACH)
    rows = made.answers(asked, 1).rows()
    if isinstance(place, str):
        return peers.one_by_one_on_a_server(place, rows, THREADS)
    beside = place.with_name(f"peer-{token_hex(4)}.db")
    return peers.one_by_one(beside, rows)


class Served(NamedTuple):
    """A server that runs."""

    port: int
    pid: int


def over_http(n_items: int, rounds: int) -> None:
    """Tell answers a second over HTTP, and the reply time at 100 a second, beside a prototype."""
    with made.places() as places, TemporaryDirectory() as scratch:
        for name, place in places.items():
            with made.campaign(place, n_items) as live:
                people = made.people(live, THREADS)
                for turn in range(rounds):
                    lines = [_cards(live, one) for one in people]
                    with _serving("site", str(place)) as server:
                        ours = _posted(server, lines, f"site, {name}")
                    peer = Path(scratch) / f"{name}-{turn}.db"
                    with _serving("prototype", str(peer)) as server:
                        theirs = _posted(server, lines, "prototype, sqlite3")
                    tell("  ratio", f"{ours / theirs:.2f}")
                    for one in people:
                        held = current(live, one.id)
                        give_back(live, one.id, held.token if held else "")


def _cards(live: Live, person: made.Person) -> list[tuple[str, str]]:
    return [(person.secret, card.token) for card in claim(live, person.id, size=EACH).cards]


def _posted(server: Served, lines: Sequence[Sequence[tuple[str, str]]], who: str) -> float:
    """Post half of all answers as fast as can be and half at 100/s; give how many a second."""
    from benchmarks import _crowd_http as http  # the site is an extra

    said = [[http.told(*one) for one in line] for line in lines]
    before = cpu_seconds(server.pid)
    took, waits = asyncio.run(http.as_fast_as_can(server.port, [one[: EACH // 2] for one in said]))
    per_second = len(waits) / took
    cpu_ms = (cpu_seconds(server.pid) - before) / len(waits) * 1000
    tell(f"answers/s over HTTP, {who}", f"{per_second:.0f}", f"{cpu_ms:.2f} CPU ms each",
         *_percentiles(waits))  # fmt: skip
    waits = asyncio.run(http.at_a_rate(server.port, [one[EACH // 2 :] for one in said], 100))
    tell("  reply at 100/s", *_percentiles(waits))
    return per_second


@contextmanager
def _serving(what: str, place: str) -> Iterator[Served]:
    """Serve in a process of its own while the block runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "benchmarks._crowd_http", what, place, str(port)]
    with subprocess.Popen(command) as server:
        try:
            for _ in range(600):
                with socket.socket() as one:
                    if one.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield Served(port, server.pid)
        finally:
            server.terminate()


def brought(n_items: int, rounds: int) -> None:
    """Tell what bringing in five votes a question takes, beside one plain ``executemany``."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        made.answers(made.questions(n_items), 5).write_parquet(folder / "votes.parquet")
        for turn in range(rounds):
            place = folder / f"ours-{turn}.db"
            with Votes(place, made.NAME, policy=Fixed(votes=5)) as journal:
                journal.ask(made.questions(n_items))
            ran = {
                "affekt": ("benchmarks.crowd", "--bring", str(place)),
                "sqlite3 executemany": ("benchmarks._crowd_peers", str(folder / f"peer-{turn}.db")),
            }
            took = {}
            for who, words in ran.items():
                command = [sys.executable, "-m", *words, str(folder / "votes.parquet")]
                took[who] = measured(command, folder, 3_600)
                if not took[who].is_finished:
                    sys.exit(took[who].said)
                one = took[who]
                tell(f"{5 * n_items:,} votes, {who}", f"{one.cpu_seconds:.1f} CPU s",
                     f"{one.seconds:.1f} s", f"{one.memory_mb:.0f} MB")  # fmt: skip
            ours, theirs = took.values()
            tell("  CPU ratio", f"{ours.cpu_seconds / theirs.cpu_seconds:.2f}")


def bring(place: Path, table: Path) -> None:
    """Bring a table of votes into the campaign."""
    with Votes(place, made.NAME, policy=Fixed(votes=5)) as journal:
        journal.record(pl.read_parquet(table))


def recounted(n_items: int, rounds: int) -> None:
    """Tell what closing and recounting a whole campaign takes."""
    with TemporaryDirectory() as scratch:
        place = Path(scratch) / "votes.db"
        asked = made.questions(n_items)
        policy = Curtailed()
        with Votes(place, made.NAME, policy=policy) as journal:
            journal.ask(asked)
            journal.record(made.answers(asked, 5))
            start = time.process_time()
            journal.close(asked["question_id"])
            tell(f"close {n_items:,} questions", f"{time.process_time() - start:.1f} CPU s")
        database = Database(place)
        for _ in range(rounds):
            start = time.process_time()
            found = verify_books(database)
            tell(f"recount {n_items:,} questions", f"{time.process_time() - start:.1f} CPU s",
                 f"{len(found)} findings")  # fmt: skip
        database.close()


def _percentiles(seconds: Sequence[float]) -> list[str]:
    found = np.percentile(seconds, [50, 99]) * 1000
    return [f"p50 {found[0]:.1f} ms", f"p99 {found[1]:.1f} ms", f"n {len(seconds)}"]


TASKS: dict[str, Callable[[int, int], None]] = {
    "claim": claims,
    "answers": answered,
    "http": over_http,
    "import": brought,
    "recount": recounted,
}


def main() -> None:
    """Do the tasks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", choices=[[], *TASKS], default=[])
    parser.add_argument("--items", type=int, default=90_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bring", nargs=2, type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.bring:
        bring(*given.bring)
        return
    for name in given.tasks or TASKS:
        TASKS[name](given.items, given.rounds)


if __name__ == "__main__":
    main()
