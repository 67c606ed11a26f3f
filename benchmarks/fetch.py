"""Fetching pictures on loopback: affekt against img2dataset 1.47, by default and tuned.

Run: ``python -m benchmarks.fetch --img2dataset PYTHON`` in the folder above, where PYTHON belongs
to an environment of its own, made by ``python3.11 -m venv peer && peer/bin/pip install
img2dataset==1.47.0``. Tuned: 2 processes, 64 threads, one Parquet file for 500 links, no EXIF.

Raw is the bytes as they came: both contenders decode them, to know that they are a picture, and
keep them. The peer can also keep them unseen (*unchecked*), which is less than affekt ever does; it
then counts damaged files as successes. Small is a longer side of 256 px, encoded again.

The task *silent* has no peer: ``--tasks silent --count 17000`` compares the time for links that are
all there with that for links of which one in 8,000 is never answered, which takes twice 10 s.

Affekt does with each link what `clean` does: fetch, decode whole in children, hash three ways, put
on the shelf. Processor time and memory are those of all processes of a contender, from the start of
the interpreter to its end; the server is a process of its own and not counted. Contenders take
turns, and a ratio compares two runs of one turn: lowest, middle, highest.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from benchmarks._fetch_links import Wanted, clean, faulty, mixed, with_silent
from benchmarks._fetch_measure import Took, measured
from tests.servers.faults import SPEC

ROOT = Path(__file__).parents[1]
TUNED = {"processes_count": 2, "thread_count": 64, "output_format": "parquet",
         "number_sample_per_shard": 500, "extract_exif": False}  # fmt: skip
CHECKED = {"resize_mode": "no", "skip_reencode": True}  # decoded, then kept as it came
UNCHECKED = {"disable_all_reencoding": True}  # never looked at
SMALL = {"resize_mode": "keep_ratio_largest"}  # longer side 256 px
MANNERS = {
    "contact": "bench@example.org", "allowed_networks": ["127.0.0.0/8"], "total_seconds": 10,
    "answer_seconds": 10, "connect_seconds": 10,
}  # fmt: skip
NEVER = 3600.0  # s; no run of the tasks that both finish takes nearly as long


class Run(NamedTuple):
    """One run of one contender: what it took, and what its links ended in, where it says so."""

    took: Took
    kept: int
    ends: Mapping[str, str | None]


class Contenders(NamedTuple):
    """Who takes part, each by a function of links and folder."""

    theirs: str  # interpreter
    side_px: int | None
    limit_seconds: float

    def names(self) -> tuple[str, ...]:
        peers = ("img2dataset", "img2dataset tuned")
        return ("affekt", *peers) if self.side_px else ("affekt", *peers, f"{peers[1]} unchecked")

    def run(self, name: str, wanted: Sequence[Wanted]) -> Run:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            return (self._ours if name == "affekt" else self._peer)(name, wanted, folder)

    def _ours(self, _: str, wanted: Sequence[Wanted], folder: Path) -> Run:
        links = folder / "links.json"
        links.write_text(json.dumps([one.url for one in wanted]))
        options = [] if self.side_px is None else ["--side", str(self.side_px)]
        took = measured(
            [sys.executable, "-m", "benchmarks._fetch_ours", str(links), str(folder),
             "--manners", json.dumps(MANNERS), *options],
            folder, self.limit_seconds,
        )  # fmt: skip
        told = folder / "ends.json"
        ends = json.loads(told.read_text()) if told.is_file() else {}
        return Run(took, list(ends.values()).count(None), ends)

    def _peer(self, name: str, wanted: Sequence[Wanted], folder: Path) -> Run:
        links = folder / "links.txt"
        links.write_text("\n".join(one.url for one in wanted))
        options: dict[str, Any] = {"url_list": str(links), "output_folder": str(folder / "out")}
        options |= UNCHECKED if "unchecked" in name else SMALL if self.side_px else CHECKED
        options |= TUNED if "tuned" in name else {}
        script = str(Path(__file__).with_name("_fetch_theirs.py"))
        took = measured([self.theirs, script, json.dumps(options)], folder, self.limit_seconds)
        told = [json.loads(path.read_text()) for path in (folder / "out").glob("*_stats.json")]
        return Run(took, sum(one["successes"] for one in told), _ends(folder / "out"))


def _ends(folder: Path) -> dict[str, str | None]:
    """Give what links ended in, as img2dataset says it in the tables of its finished shards."""
    ends: dict[str, str | None] = {}
    for done in sorted(folder.glob("*_stats.json")):
        path = done.with_name(done.name.replace("_stats.json", ".parquet"))
        table = pq.read_table(path, columns=["key", "error_message"]).to_pydict()
        ends |= dict(zip(table["key"], table["error_message"], strict=True))
    return ends


@contextmanager
def served(side_px: int = 500) -> Iterator[dict[str, Any]]:
    """Run the server and give its addresses."""
    command = [sys.executable, "-m", "benchmarks._fetch_host", "--side", str(side_px)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as server:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())
        server.communicate()


def turns(contenders: Contenders, wanted: Sequence[Wanted], rounds: int) -> dict[str, list[Run]]:
    """Let the contenders take turns with the same links."""
    runs: dict[str, list[Run]] = {name: [] for name in contenders.names()}
    for _ in range(rounds):
        for name in contenders.names():
            run = contenders.run(name, wanted)
            if not run.took.is_finished:
                raise SystemExit(f"{name} failed:\n{run.took.said}")
            runs[name].append(run)
    return runs


def spread(values: Sequence[float], form: str = ".2f") -> str:
    """Give lowest, middle and highest."""
    return " / ".join(f"{value:{form}}" for value in (min(values), median(values), max(values)))


def compare(task: str, runs: Mapping[str, Sequence[Run]], wanted: Sequence[Wanted]) -> None:
    """Print a block of the table: each contender, and the ratios to affekt turn by turn."""
    sound = sum(one.reason is None for one in wanted)
    for name, own in runs.items():
        cpu = [run.took.cpu_seconds for run in own]
        rate = [len(wanted) / run.took.seconds for run in own]
        memory = max(run.took.memory_mb for run in own)
        least = min(run.kept for run in own)
        print(
            f"{task:>12} {name:>27} {len(wanted):7,} {median(rate):8.0f} {spread(cpu, '7.1f'):>27} "
            f"{memory:8.0f} {f'{least:,} of {sound:,}':>15} {ratios(runs, name):>21}",
            flush=True,
        )


def ratios(runs: Mapping[str, Sequence[Run]], name: str) -> str:
    """Give how many times the CPU of affekt a contender took, turn by turn."""
    if name == "affekt":
        return ""
    pairs = zip(runs[name], runs["affekt"], strict=True)
    return spread([one.took.cpu_seconds / own.took.cpu_seconds for one, own in pairs])


def exponent(counts: Sequence[int], values: Sequence[float]) -> float:
    """Give k of cost = c · countᵏ, by least squares of the logarithms."""
    x, y = [math.log(count) for count in counts], [math.log(value) for value in values]
    middle_x, middle_y = sum(x) / len(x), sum(y) / len(y)
    above = sum((one - middle_x) * (other - middle_y) for one, other in zip(x, y, strict=True))
    return above / sum((one - middle_x) ** 2 for one in x)


def growth(contenders: Contenders, places: Mapping[str, Any], counts: Sequence[int]) -> None:
    """Print how the cost grows with the number of links, the start of the program taken off."""
    for name in contenders.names():
        start = contenders.run(name, clean(places, 1, 0)).took.cpu_seconds
        cpu = [contenders.run(name, clean(places, n, 0)).took.cpu_seconds - start for n in counts]
        told = ", ".join(f"{n:,}: {value:.1f}" for n, value in zip(counts, cpu, strict=True))
        print(
            f"{name:>27}: start {start:.1f} CPU s, then {told} CPU s; "
            f"exponent {exponent(counts, cpu):.2f}",
            flush=True,
        )


def trial(contenders: Contenders, wanted: Sequence[Wanted]) -> None:
    """Print who finishes the list of faults, and how many links end in the right word."""
    for name in ("affekt", "img2dataset tuned"):
        run = contenders.run(name, wanted)
        end = "finished" if run.took.is_finished else "had to be ended"
        print(
            f"{name:>27}: {end} in {run.took.seconds:.0f} s, {run.took.cpu_seconds:.1f} CPU s, "
            f"{run.took.memory_mb:.0f} MB, {len(run.ends):,} of {len(wanted):,} links ended"
        )
        if name == "affekt":
            judge(run, wanted)


def judge(run: Run, wanted: Sequence[Wanted]) -> None:
    """Print which kinds ended in another word than they must."""
    wrong = Counter(
        (one.kind, one.reason, run.ends.get(str(number), "nothing"))
        for number, one in enumerate(wanted)
        if run.ends.get(str(number), "nothing") != one.reason
    )
    kinds = {one.kind for one in wanted} & set(SPEC)
    bad = {kind for kind, *_ in wrong} & kinds
    print(f"{'':>27}  {len(kinds - bad)} of {len(SPEC)} kinds all in the right word")
    for (kind, reason, end), count in sorted(wrong.items(), key=str):
        print(f"{'':>27}  {kind}: {count} × {end!r} in place of {reason!r}")


def waits(ours: Contenders, places: Mapping[str, Any], count: int, rounds: int) -> None:
    """Print the seconds that links take without silent ones among them, and with."""
    tasks = {"all there": clean(places, count, 0), "some silent": with_silent(places, count)}
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, wanted in tasks.items():
            run = ours.run("affekt", wanted)
            assert run.took.is_finished, run.took.said
            seconds[name].append(run.took.seconds)
    for name, wanted in tasks.items():
        silent = sum(one.reason is not None for one in wanted)
        print(
            f"{name:>12}: {count:,} links, {silent} of them silent: "
            f"{spread(seconds[name], '.0f')} s",
            flush=True,
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--img2dataset", metavar="PYTHON", help="needed but for the task silent")
    parser.add_argument("--count", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", type=int, default=500, help="longer side of the pictures, px")
    parser.add_argument("--limit", type=float, default=120.0, help="s for the list of faults")
    parser.add_argument(
        "--tasks", nargs="+", default=["clean", "mixed", "faults", "growth"],
        choices=["clean", "mixed", "clean-256", "mixed-256", "faults", "growth", "silent"],
    )  # fmt: skip
    given = parser.parse_args()
    if given.img2dataset is None and given.tasks != ["silent"]:
        parser.error("--img2dataset is missing; of all tasks only `silent` does without a peer")
    raw = Contenders(given.img2dataset or "", None, NEVER)
    titles = ("task", "who", "links", "links/s", "CPU s", "peak MB", "kept", "CPU ratio")
    widths = (12, 27, 7, 8, 27, 8, 15, 21)
    print(" ".join(f"{title:>{width}}" for title, width in zip(titles, widths, strict=True)))
    with served(given.side) as places:
        makers = {"clean": clean, "mixed": mixed}
        for task in given.tasks:
            if task == "faults":
                trial(raw._replace(limit_seconds=given.limit), faulty(places, given.count))
            elif task == "silent":
                waits(raw, places, given.count, given.rounds)
            elif task == "growth":
                growth(raw, places, [given.count // 4, given.count // 2, given.count])
            else:
                wanted = makers[task.removesuffix("-256")](places, given.count, 0)
                contenders = raw._replace(side_px=256) if task.endswith("-256") else raw
                compare(task, turns(contenders, wanted, given.rounds), wanted)


if __name__ == "__main__":
    main()
