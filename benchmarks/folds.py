"""Folds side by side: how much sooner a cell ends with two workers than with one.

Run: ``python -m benchmarks.folds`` in the folder above. Rows are made as in
`benchmarks.classifiers`, 4,000 of 1,280 columns, in five folds; each line fits one model in all of
them. Settings take turns. Seconds are those of the clock, so nothing else should run.
"""

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from threadpoolctl import threadpool_limits

from affekt.models import Model, Samples
from affekt.models.linear_svm import LinearSvm
from affekt.models.logistic import Logistic
from affekt.taxonomy import MIKELS8
from benchmarks._turns import ratio, tell
from benchmarks.classifiers import SEED, made

ROWS, COLUMNS, FOLDS = 4_000, 1_280, 5


WAYS = {"one worker": 1, "two workers": 2}
MODELS: dict[str, Model] = {
    "linear_svm, 20 components": LinearSvm(seed=SEED),
    "linear_svm, 100 components": LinearSvm(components=100, seed=SEED),
    "logistic": Logistic(penalty=1e-3, seed=SEED),
}


def folds() -> list[Samples]:
    """Give the training rows of every fold."""
    on = made(COLUMNS)
    parts = []
    for number in range(FOLDS):
        kept = [row for row in range(ROWS) if row % FOLDS != number]
        groups = tuple(map(str, kept))
        parts.append(Samples(on.rows[kept], on.codes[kept], MIKELS8.names, groups))
    return parts


def seconds(work: Callable[[Samples], object], parts: list[Samples], workers: int) -> float:
    """Give how long all folds take."""
    began = time.perf_counter()
    with threadpool_limits(1), ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, parts))
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="turns of each way")
    given = parser.parse_args()
    parts = folds()
    tell(f"{FOLDS} folds of {ROWS:,} rows", "seconds", "one worker's time over it")
    for name, model in MODELS.items():
        spent: dict[str, list[float]] = {way: [] for way in WAYS}
        for _ in range(given.rounds):
            for way, workers in WAYS.items():
                spent[way].append(seconds(model.fit, parts, workers))
        for way, each in spent.items():
            tell(f"{name}: {way}", f"{min(each):.1f}", ratio(spent["one worker"], each))


if __name__ == "__main__":
    main()
