"""Label models and agreement on 90,000 pictures with five votes each, against crowd-kit.

Run: ``python -m benchmarks.label_models``; with ``--peer PYTHON``, or the variable
``AFFEKT_CROWDKIT``, naming a Python that has crowd-kit, both take turns. crowd-kit brings 775 MB,
so it has an environment of its own: ``python -m venv peer`` and ``peer/bin/pip install
crowd-kit==1.4.2``. Each run is a process of its own; the clock starts when the votes are in memory.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from affekt.aggregation.dawid_skene import dawid_skene
from affekt.aggregation.glad import glad
from affekt.aggregation.majority import majority, weighted_majority
from affekt.aggregation.one_coin import one_coin
from affekt.aggregation.stream import Stream
from affekt.aggregation.two_sided import two_sided
from affekt.aggregation.votes import coded, counts_of
from affekt.measures.agreement import fleiss_kappa, gwet_ac1, krippendorff_alpha
from affekt.measures.calibration import calibration_error, reliability
from benchmarks._label_models_data import Made, paper
from benchmarks._turns import ratio, tell

Codes = dict[str, np.ndarray]
PEERS = {
    "majority": "MajorityVote",
    "dawid_skene": "DawidSkene",
    "one_coin": "OneCoinDawidSkene",
    "glad": "GLAD",
}
MODELS = ("majority", "weighted_majority", "dawid_skene", "two_sided", "one_coin", "glad")
OTHERS = ("agreement", "stream")


def _label(kept: Codes, name: str) -> float:
    """Run a model from unsorted codes on; give its accuracy."""
    votes = coded(kept["task"], kept["worker"], kept["label"])
    models: dict[str, Callable[[], Any]] = {
        "majority": lambda: majority(votes),
        "weighted_majority": lambda: weighted_majority(votes),
        "dawid_skene": lambda: dawid_skene(votes),
        "two_sided": lambda: two_sided(votes, kept["group"]),
        "one_coin": lambda: one_coin(votes),
        "glad": lambda: glad(votes),
    }
    return float((models[name]().labels == kept["truth"]).mean())


def _agree(kept: Codes, _: str) -> float:
    """Run the three statistics from unsorted codes on; give α."""
    counts = counts_of(coded(kept["task"], kept["worker"], kept["label"]))
    fleiss_kappa(counts)
    gwet_ac1(counts)
    return krippendorff_alpha(counts)


def _stream(kept: Codes, _: str) -> float:
    """Take all votes one by one; give the share of right labels at the end."""
    stream, group = Stream(), kept["group"].tolist()
    columns = (kept[name].tolist() for name in ("task", "worker", "label"))
    for task, worker, label in zip(*columns, strict=True):
        stream.add(task, worker, label == 1, group[task])
    right = [stream.standing(at).posterior > 0.5 for at in range(len(group))]
    return float((np.array(right) == kept["truth"]).mean())


def once(path: str, name: str) -> None:
    """Run one of ours and print one JSON object."""
    kept = dict(np.load(path))
    what = {"agreement": _agree, "stream": _stream}.get(name, _label)
    wall, began = time.perf_counter(), time.process_time()
    said = what(kept, name)
    told = {
        "cpu_seconds": time.process_time() - began,
        "seconds": time.perf_counter() - wall,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "accuracy": said,
    }
    print(json.dumps(told))


def _run(words: list[str]) -> dict[str, float]:
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    done = subprocess.run(
        words, env={**os.environ, **one_thread}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def _line(name: str, path: str, peer: str | None, rounds: int) -> None:
    """Take turns and print a row."""
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_run([sys.executable, "-m", "benchmarks.label_models", "--one", path, name]))
        if peer and name in PEERS:
            module = "benchmarks._label_models_theirs"
            theirs.append(_run([peer, "-m", module, path, PEERS[name]]))
    cells: list[object] = [_told(ours)]
    if theirs:
        cells += [_told(theirs), ratio(_cpu(theirs), _cpu(ours))]
    tell(name, *cells)


def _cpu(runs: list[dict[str, float]]) -> list[float]:
    return [one["cpu_seconds"] for one in runs]


def _told(runs: list[dict[str, float]]) -> str:
    memory = max(one["memory_mb"] for one in runs)
    return f"{statistics.median(_cpu(runs)):.2f} s, {memory:.0f} MB, {runs[0]['accuracy']:.4f}"


def quality(tasks: int) -> None:
    """Print accuracy, precision and recall of kept pictures, and calibration of each model."""
    made: Made = paper(tasks)
    kept = made.truth == 1
    tell("", "accuracy", "precision", "recall", "calibration error")
    for name, said in (
        ("majority", majority(made.votes)),
        ("one_coin", one_coin(made.votes)),
        ("dawid_skene", dawid_skene(made.votes)),
        ("two_sided", two_sided(made.votes, made.group)),
    ):
        is_label = said.labels == 1
        gap = calibration_error(reliability(said.probabilities[:, 1], kept))
        cells = ((is_label == kept).mean(), kept[is_label].mean(), is_label[kept].mean(), gap)
        tell(name, *(f"{cell:.3f}" for cell in cells))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=90_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=(*MODELS, *OTHERS))
    parser.add_argument("--peer", default=os.environ.get("AFFEKT_CROWDKIT"))
    parser.add_argument("--quality", type=int, help="on so many tasks: how good labels are")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        once(*given.one)
        return
    if given.quality:
        quality(given.quality)
        return
    with TemporaryDirectory() as folder:
        path = str(Path(folder) / "votes.npz")
        made = paper(given.tasks)
        codes = {name: getattr(made.votes, name) for name in ("task", "worker", "label")}
        np.savez(path, **codes, group=made.group, truth=made.truth)
        tell("", "affekt", "crowd-kit", "crowd-kit / affekt")
        for name in given.only or (*MODELS, *OTHERS):
            _line(name, path, given.peer, given.rounds)


if __name__ == "__main__":
    main()
