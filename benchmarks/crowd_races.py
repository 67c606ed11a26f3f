"""Over-assigned items where many clients of several servers work in one campaign at once.

Run: ``python -m benchmarks.crowd_races [--runs 20] [--kinds sqlite postgresql]`` in the folder
above. A run is a new database with 1,000 items, five votes each, and 64 clients in four processes
that claim, answer and hand in until nothing is left. While they work the most votes and leases of
any item are looked at ten times a second; afterwards everything is recounted.
"""

import argparse
from contextlib import closing

from affekt.campaign.books import verify_books
from affekt.journal.database import Database
from benchmarks._databases import KINDS, databases
from benchmarks._turns import tell
from tests.campaign.racers import race

ITEMS, VOTES, PROCESSES, THREADS = 1_000, 5, 4, 16


def main() -> None:
    """Race, and print how many items had more than their votes."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--runs", type=int, default=20)
    words.add_argument("--kinds", nargs="+", default=KINDS, choices=KINDS)
    asked = words.parse_args()
    tell("run", "over-assigned", "votes and leases", "lacking", "votes", "votes/s", "findings")
    for kind in asked.kinds:
        over = 0
        with databases(kind) as places:
            for nth in range(1, asked.runs + 1):
                place = next(places)
                size = {"items": ITEMS, "votes": VOTES}
                run = race(place, **size, processes=PROCESSES, threads=THREADS)
                with closing(Database(place)) as database:
                    found = len(verify_books(database))
                over += run.over_assigned + (run.highest > VOTES)
                speed = f"{run.votes / run.seconds:.0f}"
                told = (run.over_assigned, f"at most {run.highest}", run.lacking, run.votes)
                tell(f"{kind} {nth}", *told, speed, found)
        tell(f"{kind}: over-assigned in {asked.runs} runs = {over}")


if __name__ == "__main__":
    main()
