"""Maps: the whole stage of affekt against scikit-learn's t-SNE alone, cost and trustworthiness.

Run: ``python -m benchmarks.tsne [--rows 3490 23308] [--rounds 3] [--only NAME]`` in the folder
above. Rows are made as in `benchmarks.classifiers`, of 1,280 columns. Ours is what a plan runs:
scaling, 50 components, layout from their place, then trustworthiness, recall and neighbours in all
columns. Theirs is a layout alone. Each run is a process of its own with one thread; contenders take
turns. Memory is what the peak of a run adds to the rows and libraries that were loaded before.
Above 5,000 rows ours needs openTSNE, the extra ``maps``; by PaCMAP it needs the extra ``quick``.
Trustworthiness is judged for all by `affekt.measures.neighbours`, in all columns, after the clock
has stopped.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from affekt.measures.neighbours import compared
from affekt.stages._layout import How, laid_out
from affekt.stages.map import NEIGHBOURS, Map
from benchmarks._turns import ratio, tell
from benchmarks.classifiers import SEED, made

COLUMNS = 1_280
OURS = "affekt map"
QUICK = "affekt map, quick"


def ours(rows: np.ndarray) -> np.ndarray:
    """Lay out and hold against all columns, as the stage does."""
    return by(rows, Map(seed=SEED))


def quick(rows: np.ndarray) -> np.ndarray:
    """Do the same by PaCMAP."""
    return by(rows, Map(seed=SEED, method="quick"))


def by(rows: np.ndarray, stage: Map) -> np.ndarray:
    """Lay out as a stage is set."""
    library = stage.library(len(rows))
    how = How(stage.components, stage.perplexity, stage.standardise, stage.seed, library)
    laid = laid_out(rows, how)
    compared(laid.space, laid.flat, NEIGHBOURS)
    return laid.flat


def after_components(rows: np.ndarray) -> np.ndarray:
    """Take 50 components first."""
    return np.asarray(alone(PCA(50, random_state=SEED).fit_transform(rows)))


def alone(rows: np.ndarray) -> np.ndarray:
    """Give all columns to t-SNE, with its own defaults."""
    return np.asarray(TSNE(2, random_state=SEED).fit_transform(rows), dtype=float)


WAYS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    OURS: ours,
    QUICK: quick,
    "scikit-learn, 50 components and t-SNE": after_components,
    "scikit-learn, t-SNE": alone,
}


def peak_mb() -> float:
    """Give the most memory that this process has held.

    It is read from Linux, as `getrusage` begins at what the parent held.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def once(name: str, path: str) -> None:
    """Run one way on the rows in a file and print one JSON object."""
    rows, loaded = np.load(path), peak_mb()
    before = time.process_time()
    flat = WAYS[name](rows)
    told = {
        "cpu_seconds": time.process_time() - before,
        "memory_mb": peak_mb() - loaded,
        "trust": float(compared(rows.astype(float), flat, NEIGHBOURS).trust.mean()),
    }
    print(json.dumps(told))


def run(name: str, path: Path) -> dict[str, Any]:
    """Run one way in a process of its own."""
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    words = [sys.executable, "-m", "benchmarks.tsne", "--once", name, str(path)]
    done = subprocess.run(
        words, env={**os.environ, **one_thread}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[3_490, 23_308])
    parser.add_argument("--rounds", type=int, default=3, help="turns of each way")
    parser.add_argument("--only", choices=list(WAYS), help="one of the ways")
    parser.add_argument("--once", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.once:
        once(*given.once)
        return
    on = made(COLUMNS)
    rows = np.concatenate([on.rows, on.asked])
    names = [given.only] if given.only else list(WAYS)
    with TemporaryDirectory() as folder:
        for n in given.rows:
            path = Path(folder) / "rows.npy"
            np.save(path, rows[:n])
            measure(path, n, names, given.rounds)


def measure(path: Path, n: int, names: list[str], rounds: int) -> None:
    """Let the ways take turns and print a table."""
    tell(f"{n:,} rows", "CPU s", "MB added", "trustworthiness", "CPU over ours")
    turns = [{name: run(name, path) for name in names} for _ in range(rounds)]
    for name in names:
        spent = [turn[name]["cpu_seconds"] for turn in turns]
        base = [turn.get(OURS, turn[name])["cpu_seconds"] for turn in turns]
        memory = max(turn[name]["memory_mb"] for turn in turns)
        trust = turns[0][name]["trust"]
        tell(name, f"{min(spent):.1f}", f"{memory:.0f}", f"{trust:.3f}", ratio(spent, base))


if __name__ == "__main__":
    main()
