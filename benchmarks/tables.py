"""The table work of the paper: two emotions, ids, exact copies, counts, a draw; sorted and written.

Run: ``python -m benchmarks.tables`` (needs ``pip install duckdb``). affekt runs its own stages
through its own store, all checks and checksums included; the peers do the same job in a script
written by hand, DuckDB within 800 MB. All run in processes of their own, in turns, and must write
the same rows. With several sizes the exponent of the cost is printed: 1 is linear.
"""

import argparse
import math
import shutil
import statistics
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from affekt.stages._verdicts import judged
from affekt.stages._windows import windows_of
from benchmarks import _tables_data as data
from benchmarks import _tables_ours as ours
from benchmarks._fetch_measure import Took, measured

TABLES = ("clean", "images", "questions")
OURS, PEERS = "affekt", ("duckdb", "polars")


class Crawl:
    """The rows of one size, and the folders of who works on them."""

    def __init__(self, folder: Path, n_rows: int) -> None:
        self.folder = folder
        self.n_rows = n_rows
        self.pieces, self.looked = folder / "pieces", folder / "looked"
        self.root = folder / "project"

    def prepare(self) -> None:
        """Make the rows, unless they lie there."""
        if (self.folder / "ready").exists():
            return
        self.pieces.mkdir(parents=True)
        for number, piece in enumerate(data.found(self.n_rows)):
            piece.write_parquet(self.pieces / f"{number:06d}.parquet")
        made = ours.prepare(self.root, self.pieces)
        shutil.copyfile(made.folder / "table.parquet", self.folder / "found.parquet")
        data.write_looked(self._wanted(), self.looked)
        (self.folder / "ready").touch()

    def _wanted(self) -> Iterator[pl.DataFrame]:
        import daft

        clean = ours.stages(self.looked)[0]
        found = daft.read_parquet(str(self.folder / "found.parquet"))
        for rows in judged(found, windows_of(found), clean._rules()):
            yield rows.filter(pl.col("reason").is_null()).select("source", "source_id", "query")

    def run(self, who: str) -> Took:
        """Let one do all the work, from the found rows on."""
        out = self.folder / who
        shutil.rmtree(out, ignore_errors=True)
        if who == OURS:
            for made in self.root.glob("products/*"):
                if not made.name.startswith("collect-"):
                    shutil.rmtree(made)
            command = ["-m", "benchmarks._tables_ours", self.root, self.pieces, self.looked]
        else:
            found = self.folder / "found.parquet"
            command = ["-m", "benchmarks._tables_theirs", who, found, self.looked, out]
        # affekt sets how the table engines keep freed memory; a script by hand does not.
        without = () if who == OURS else ("_RJEM_MALLOC_CONF",)
        run = [sys.executable, *map(str, command)]
        took = measured(run, self.folder, 3_600, without=without)
        if not took.is_finished:
            sys.exit(f"{who}: {(self.folder / 'log').read_text()[-2_000:]}")
        return took

    def check(self, who: str) -> None:
        """Hold the rows of a peer against ours.

        Raises:
            SystemExit: They are not the same.
        """
        for name, stage in zip(TABLES, ("clean", "dedupe", "sample"), strict=True):
            (mine,) = self.root.glob(f"products/{stage}-*")
            for file, ending in (("table", ""), ("dropped", "-dropped")):
                left = pl.scan_parquet(mine / f"{file}.parquet")
                right = pl.scan_parquet(self.folder / who / f"{name}{ending}.parquet")
                if _digest(left, right) != _digest(right, right):
                    sys.exit(f"{who}: {name}{ending} differs from what affekt made")
        counts = [(folder / "counts.csv").read_text() for folder in (self.root, self.folder / who)]
        if counts[0] != counts[1]:
            sys.exit(f"{who}: the counts differ")


def _digest(rows: pl.LazyFrame, like: pl.LazyFrame) -> tuple[int, int]:
    """Give the number of rows and the sum of their hashes, over the columns that the other has."""
    names = sorted(set(like.collect_schema().names()))
    hashes = rows.select(pl.struct(names).hash(seed=1)).collect(engine="streaming").to_series()
    return len(hashes), int(hashes.cast(pl.Int128).sum())


def told(crawl: Crawl, rounds: int) -> dict[str, list[Took]]:
    """Measure all in turns and print what each took."""
    crawl.prepare()
    took: dict[str, list[Took]] = {who: [] for who in (OURS, *PEERS)}
    for number in range(rounds):
        for who in took:
            took[who].append(crawl.run(who))
            if number == 0 and who != OURS:
                crawl.check(who)
    for who, runs in took.items():
        cpu, seconds = ([getattr(one, name) for one in runs] for name in ("cpu_seconds", "seconds"))
        print(
            f"{crawl.n_rows:>9,} rows  {who:7}  {statistics.median(cpu):6.1f} CPU s "
            f"({min(cpu):.1f} – {max(cpu):.1f})  {statistics.median(seconds):6.1f} s  "
            f"{max(one.memory_mb for one in runs):5.0f} MB",
            flush=True,
        )
    for peer in PEERS:
        pairs = zip(took[OURS], took[peer], strict=True)
        ratios = [mine.cpu_seconds / their.cpu_seconds for mine, their in pairs]
        print(f"{'':18}CPU of affekt / {peer}: {min(ratios):.2f} – {max(ratios):.2f}", flush=True)
    return took


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[750_000, 1_500_000, 3_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="keep the made rows here, to measure again")
    given = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        costs: Mapping[int, dict[str, list[Took]]] = {
            n: told(Crawl(folder / str(n), n), given.rounds) for n in given.rows
        }
    sizes = sorted(costs)
    for who in (OURS, *PEERS) if len(sizes) > 1 else ():
        least, most = (
            statistics.median(one.cpu_seconds for one in costs[n][who])
            for n in (sizes[0], sizes[-1])
        )
        exponent = math.log(most / least) / math.log(sizes[-1] / sizes[0])
        print(f"cost of {who} grows with rows to the power of {exponent:.2f}")


if __name__ == "__main__":
    main()
