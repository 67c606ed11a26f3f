"""What `affekt stats` takes on a crawl of some sizes: processor time, seconds and memory.

Run: ``python -m benchmarks.stats``. The rows are those of `benchmarks.tables`, made by the stages
of the line before the clock starts. With several sizes the exponent of the cost is printed: 1 is
linear.
"""

import argparse
import math
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from affekt.census.write import taken, write
from affekt.store import Store
from affekt.taxonomy import MIKELS8
from benchmarks._fetch_measure import Took, measured
from benchmarks.tables import OURS, Crawl


def told(crawl: Crawl, rounds: int, scratch: Path) -> float:
    """Measure, print, and give the median of the processor seconds."""
    crawl.prepare()
    if not list(crawl.root.glob("products/sample-*")):
        crawl.run(OURS)
    run = [sys.executable, "-m", "benchmarks.stats", "--count", str(crawl.root), str(scratch)]
    took: list[Took] = []
    for _ in range(rounds):
        one = measured(run, scratch, 3_600)
        if not one.is_finished:
            sys.exit(one.said)
        took.append(one)
    cpu, seconds = ([getattr(one, name) for one in took] for name in ("cpu_seconds", "seconds"))
    print(
        f"{crawl.n_rows:>9,} rows  {statistics.median(cpu):6.1f} CPU s "
        f"({min(cpu):.1f} – {max(cpu):.1f})  {statistics.median(seconds):6.1f} s  "
        f"{max(one.memory_mb for one in took):5.0f} MB",
        flush=True,
    )
    return float(statistics.median(cpu))


def count(root: Path, folder: Path) -> None:
    """Take the census of a project and write it, as the command does."""
    steps = {one.stage: one for one in Store(root).standing()}
    write(taken(steps, MIKELS8), {}, folder / "statistics")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[300_000, 3_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="keep the made rows here, to measure again")
    parser.add_argument("--count", type=Path, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.count:
        count(*given.count)
        return
    with TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        costs = {
            n: told(Crawl(folder / str(n), n), given.rounds, Path(temporary)) for n in given.rows
        }
    if len(costs) > 1:
        least, most = min(costs), max(costs)
        exponent = math.log(costs[most] / costs[least]) / math.log(most / least)
        print(f"cost grows with rows to the power of {exponent:.2f}")


if __name__ == "__main__":
    main()
