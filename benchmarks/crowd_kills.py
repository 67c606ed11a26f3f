"""Acknowledged votes that are lost when processes are killed at random moments under load.

Run: ``python -m benchmarks.crowd_kills [--kills 50] [--kinds sqlite postgresql]`` in the folder
above. Four workers in processes of their own claim, skip, answer, hand in, give back and sweep in
one campaign; each is killed (SIGKILL) at a moment drawn by its seed, comes back, sends everything
again, and another takes its place. After each kill what was acknowledged is looked for; after all
of them everything is recounted.
"""

import argparse
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random
from typing import NamedTuple

from affekt.campaign.books import verify_books
from affekt.campaign.live import Live
from benchmarks._databases import KINDS, databases
from benchmarks._turns import tell
from tests.campaign.people import consenting
from tests.campaign.survivors import go_on, lost, prepared
from tests.campaign.victim import Nursery, Order

AT_ONCE = 4
QUESTIONS = 4_000
MOST_DEEDS, MOST_SECONDS = 40, 0.03  # before a kill, and from the last of them to it


class Killed(NamedTuple):
    """One worker's end."""

    is_killed: bool  # rather than out of pictures
    acknowledged: int  # answers
    wrong: list[str]


def main() -> None:
    """Kill, and print what was lost."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--kills", type=int, default=50)
    words.add_argument("--kinds", nargs="+", default=KINDS, choices=KINDS)
    asked = words.parse_args()
    tell("database", "kills", "acknowledged", "lost", "findings")
    for kind in asked.kinds:
        with databases(kind) as places:
            _measure(kind, next(places), asked.kills)


def _measure(kind: str, place: Path | str, kills: int) -> None:
    with prepared(place, QUESTIONS) as live, ThreadPoolExecutor(AT_ONCE) as pool:
        shares = [range(at, kills, AT_ONCE) for at in range(AT_ONCE)]
        ends = [one for some in pool.map(lambda share: _kill(live, share), shares) for one in some]
        wrong = [text for one in ends for text in one.wrong]
        found = [str(one) for one in verify_books(live.database)]
        tell(
            kind,
            sum(one.is_killed for one in ends),
            sum(one.acknowledged for one in ends),
            len(wrong),
            len(found),
        )
        for text in [*wrong, *found]:
            tell(text)


def _kill(live: Live, seeds: range) -> list[Killed]:
    with closing(Nursery()) as nursery:
        return [_killed(live, nursery, seed) for seed in seeds]


def _killed(live: Live, nursery: Nursery, seed: int) -> Killed:
    chance, worker = Random(seed), consenting(live)
    after, seconds = chance.randint(1, MOST_DEEDS), chance.uniform(0, MOST_SECONDS)
    order = Order(str(live.database.place), worker, after=after, seconds=seconds)
    said = nursery.run(order)
    wrong = [*lost(live, said), *go_on(live, worker, said)]
    answers = sum(line.startswith("answer") for line in said)
    return Killed(said[-1:] != ["over"], answers, wrong)


if __name__ == "__main__":
    main()
