"""The page of scores at 500, 3,500 and 23,000 tested pictures: time, memory, size.

Run: ``python -m benchmarks.report``. The predictions are drawn, three entries that are right in
about half of the cases and two floors, five folds. ``affekt rescore`` makes the whole page from
them: tables, figures, their files, every interval, tests and leaks. The peer does by hand what
Table 3 needs of it: accuracy, macro recall and macro F1 of the same five entries by scikit-learn,
each with an interval from 2,000 draws of groups. All run in processes of their own, in turns.
"""

import argparse
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from affekt.report import published
from affekt.report.inputs import ReportInput
from affekt.report.published import NAME, TESTS, Tests
from affekt.report.remarks import Remarks
from affekt.report.tested import About
from affekt.taxonomy import MIKELS8
from benchmarks._fetch_measure import Took, measured
from benchmarks._turns import exponent, ratio, tell

ENTRIES = ("colours, SVM", "frozen net, SVM", "fine-tuned net", "majority", "chance")
FOLDS, PER_GROUP = 5, 3
LIMIT_SECONDS = 3_600


def main() -> None:
    """Measure all sizes and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, nargs="+", default=[500, 3_500, 23_000])
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    tell("pictures, contender", "CPU s", "s", "MB", "page, kB")
    cost: dict[int, float] = {}
    for n in given.pictures:
        with TemporaryDirectory() as folder:
            cost[n] = told(Path(folder), n, given.rounds)
    if len(cost) > 1:
        print(f"cost of affekt grows with pictures to the power of {exponent(cost):.2f}")


def told(folder: Path, pictures: int, rounds: int) -> float:
    """Let both contenders run in turns; print the lines of one size and give our CPU seconds."""
    path = folder / NAME
    drawn(path, pictures)
    out = folder / "page"
    ours = [sys.executable, "-c", "from affekt.cli import main; main()", "rescore"]
    runs = {
        "affekt": [*ours, str(path), str(out)],
        "scikit-learn": [sys.executable, "-m", "benchmarks._report_theirs", str(path)],
    }
    took: dict[str, list[Took]] = {who: [] for who in runs}
    for _ in range(rounds):
        for who, command in runs.items():
            one = measured(command, folder, LIMIT_SECONDS)
            if not one.is_finished:
                sys.exit(f"{who}: {one.said}")
            took[who].append(one)
    for who, all_took in took.items():
        size = f"{(out / 'report.html').stat().st_size / 1000:,.0f}" if who == "affekt" else "–"
        cpu = statistics.median(one.cpu_seconds for one in all_took)
        clock = statistics.median(one.seconds for one in all_took)
        memory = max(one.memory_mb for one in all_took)
        tell(f"{pictures:,}, {who}", f"{cpu:.1f}", f"{clock:.1f}", f"{memory:,.0f}", size)
    theirs, mine = ([one.cpu_seconds for one in took[who]] for who in ("scikit-learn", "affekt"))
    print(f"  CPU of scikit-learn's three numbers / the whole page: {ratio(theirs, mine)}")
    return statistics.median(mine)


def drawn(path: Path, pictures: int) -> None:
    """Draw predictions and write them as `affekt report` does."""
    dice = np.random.default_rng(2016)
    labels = dice.integers(len(MIKELS8), size=pictures)
    signs = tuple(one.valence for one in MIKELS8.emotions)
    tests = [
        Tests(
            About("drawn", entry, "kfold", MIKELS8.names, signs, Remarks()),
            _rows(labels, _said(entry, labels, dice)),
        )
        for entry in ENTRIES
    ]
    given = ReportInput("Drawn predictions", "plan.toml", "0" * 64, MIKELS8, 2016)
    published.write(tests, given, path)


def _said(entry: str, labels: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    """Give probabilities, one row a picture; those of the floors do not depend on it."""
    k = len(MIKELS8)
    if entry in ENTRIES[-2:]:
        flat = np.full(k, 1 / k) if entry == "chance" else np.bincount(labels, minlength=k)
        return np.tile(flat / flat.sum(), (len(labels), 1))
    logits = dice.gumbel(size=(len(labels), k))
    logits[np.arange(len(labels)), labels] += 1.2 + 0.4 * ENTRIES.index(entry)
    odds = np.exp(logits)
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _rows(labels: np.ndarray, said: np.ndarray) -> pl.DataFrame:
    at = np.arange(len(labels))
    rows = pl.DataFrame({
        "repeat": np.zeros_like(at), "fold": at // PER_GROUP % FOLDS,
        "image_id": [f"{one:064x}" for one in at],
        "group_id": [f"{one:064x}" for one in at // PER_GROUP * PER_GROUP],
        "emotion": [MIKELS8.names[one] for one in labels],
        "is_trained": np.ones(len(at), dtype=bool), "near_bits": 6 + at % 20,
        "probabilities": said.tolist(),
    })  # fmt: skip
    return rows.with_columns(
        pl.lit(None, kind).alias(name)
        for name, kind in TESTS.types().items()
        if name in ("part", "shares", "claims")
    )


if __name__ == "__main__":
    main()
