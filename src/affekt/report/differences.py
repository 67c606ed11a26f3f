"""Which entries differ, picture by picture: a paired interval and a test for every two of them."""

import math
from collections.abc import Iterator
from hashlib import sha256
from itertools import combinations
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from affekt.foreign import clean
from affekt.measures import comparison
from affekt.measures.intervals import Interval
from affekt.measures.multiplicity import holm
from affekt.report import resample
from affekt.report.bench import Bench, Panel, gaps
from affekt.report.exhibits import Column, Exhibit, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.scores import Cell

LEVEL = 0.05
COLUMNS = (
    Column("first", "text"),
    Column("second", "text"),
    Column("difference", "points"),
    Column("difference 95 %", "points", "95 %"),
    Column("stands", "text"),
    Column("p, Holm", "chance"),
    Column("p", "chance"),
    Column("p over folds", "chance"),
    Column("only first"),
    Column("only second"),
    Column("n"),
)


class Difference(NamedTuple):
    """Two entries on the pictures that both were tested on.

    Attributes:
        value: Accuracy of the first less that of the second, 0–1.
        only_first: Pictures that only the first gets right; of repeats the mean.
        p: That they are right equally often, from the pictures; see `test`.
        over_folds: The same from the rounds of training and testing; NaN where there is one only.
        test: How `p` was found, in a word.
    """

    first: str
    second: str
    n: int
    value: float
    interval: Interval
    only_first: float
    only_second: float
    p: float
    over_folds: float
    test: str


def exhibit(given: ReportInput, bench: Bench) -> Exhibit:
    """One table a data set and protocol with two entries or more."""
    tables = [table(panel) for panel in bench.panels if len(_compared(panel)) > 1]
    return Exhibit(
        "G16",
        "Differences",
        "Accuracy of every two entries on the same pictures, and whether luck explains it.",
        (*tables, *gaps(given, bench, "Differences between entries")),
    )


def table(panel: Panel) -> Table:
    """Give one row a pair, and a sentence that says which differences stand."""
    found = [difference(*pair) for pair in combinations(_compared(panel), 2)]
    adjusted = holm(np.array([one.p for one in found]))
    return Table(
        name=f"g16-{panel.slug}",
        title=f"Differences on {panel.name}",
        columns=COLUMNS,
        rows=tuple(_row(one, float(p)) for one, p in zip(found, adjusted, strict=True)),
        notes=(verdict(found, adjusted), *_notes(panel.cells[0], found)),
    )


def _compared(panel: Panel) -> list[Cell]:
    """Give the contenders and the majority, the level that each has to beat."""
    return [cell for cell in panel.cells if cell.entry != "chance" or len(panel.cells) == 2]


def difference(first: Cell, second: Cell) -> Difference:
    """Compare two entries on the pictures they share."""
    pairs = _paired(first, second)
    parts = np.zeros((int(pairs.group.max(initial=-1)) + 1, 2))
    gaps = pairs.first - pairs.second
    np.add.at(parts, pairs.group, np.stack([gaps, np.ones_like(gaps)], axis=1))
    draws = resample.drawn_for(len(parts), first.seed, first.dataset, first.protocol).sums(parts)
    rounds = draws[:, 0] / np.where(draws[:, 1] > 0, draws[:, 1], np.nan)
    p, test = _p(first, second, pairs, parts[:, 0])
    return Difference(
        first=first.entry,
        second=second.entry,
        n=gaps.size,
        value=float(gaps.mean()) if gaps.size else math.nan,
        interval=resample.ends(rounds),
        only_first=float(np.maximum(gaps, 0).sum()),
        only_second=float(np.maximum(-gaps, 0).sum()),
        p=p,
        over_folds=_over_folds(first, second),
        test=test,
    )


class _Pairs(NamedTuple):
    """How right both are on each shared picture, mean over its tests, and the picture's group."""

    first: Float[np.ndarray, " image"]
    second: Float[np.ndarray, " image"]
    group: Int[np.ndarray, " image"]


def _paired(first: Cell, second: Cell) -> _Pairs:
    one, two = (cell.pictures["image_id"].to_numpy() for cell in (first, second))
    _, mine, other = np.intersect1d(one, two, assume_unique=True, return_indices=True)
    group = np.zeros(first.n, dtype=np.int64)
    group[first.tested.image] = first.tested.group
    _, shared = np.unique(group[mine], return_inverse=True)
    return _Pairs(_by_picture(first)[mine], _by_picture(second)[other], shared)


def _by_picture(cell: Cell) -> Float[np.ndarray, " image"]:
    rows = cell.tested
    return np.bincount(rows.image, weights=cell.right * rows.weight, minlength=cell.n)


def _p(
    first: Cell, second: Cell, pairs: _Pairs, by_group: Float[np.ndarray, " group"]
) -> tuple[float, str]:
    """Give McNemar's exact p-value where it may be asked for, else that of flipped signs."""
    gaps = pairs.first - pairs.second
    if not gaps.size:
        return math.nan, "none"
    outcomes = np.concatenate([pairs.first, pairs.second])
    if first.is_plain and second.is_plain and np.isin(outcomes, (0.0, 1.0)).all():
        return comparison.mcnemar(int((gaps > 0).sum()), int((gaps < 0).sum())), "McNemar"
    words = (str(first.seed), first.dataset, first.protocol, first.entry, second.entry)
    seed = sha256("\n".join(words).encode(errors="replace")).digest()[:8]
    generator = np.random.default_rng(int.from_bytes(seed, "big"))
    return comparison.sign_flips(by_group, generator), "flips"


def _over_folds(first: Cell, second: Cell) -> float:
    one, other = first.tested, second.tested
    is_same = np.array_equal(one.turn, other.turn) and np.array_equal(one.image, other.image)
    if first.folds < 2 or not is_same:
        return math.nan
    gaps = np.bincount(one.turn, weights=first.right - second.right) / np.bincount(one.turn)
    return comparison.corrected_t(gaps, 1 / (first.folds - 1))


def verdict(found: list[Difference], adjusted: Float[np.ndarray, " pair"]) -> str:
    """Say which differences stand after all were looked at."""
    standing = [
        _better(one) for one, p in zip(found, adjusted, strict=True) if p < LEVEL and one.value
    ]
    pairs = "the only pair" if len(found) == 1 else f"all {len(found)} pairs"
    if not standing:
        return f"No difference stands at 5 % after Holm's correction over {pairs}."
    rest = len(found) - len(standing)
    others = f" The other {rest} may be luck." if rest else ""
    these = "this difference stands" if len(standing) == 1 else "these differences stand"
    return f"At 5 % after Holm's correction over {pairs}, {these}: {'; '.join(standing)}.{others}"


def _better(one: Difference) -> str:
    names = clean(one.first), clean(one.second)
    best, other = names if one.value > 0 else names[::-1]
    return f"{best} over {other} by {100 * abs(one.value):.1f} points"


def _row(one: Difference, adjusted: float) -> Row:
    stands = "yes" if adjusted < LEVEL and one.value else "no"
    head = (one.first, one.second, one.value, one.interval, stands)
    return (*head, adjusted, one.p, one.over_folds, one.only_first, one.only_second, one.n)


def _notes(cell: Cell, found: list[Difference]) -> Iterator[str]:
    tests = {one.test for one in found}
    yield (
        "Difference: accuracy of the first less that of the second on the same pictures, in "
        f"percentage points. 95 %: paired {cell.drawing}. Only: pictures that only "
        "one of them gets right."
    )
    if "McNemar" in tests:
        yield "p: McNemar's exact test, as every picture stands for itself and was tested once."
    if "flips" in tests:
        yield (
            f"p: signs of whole groups flipped {comparison.FLIPS:,} times, which is McNemar's test "
            "where outcomes are shared or pictures belong together."
        )
    yield (
        "p, Holm: for any false alarm among the pairs. It tells of these pictures and these trained"
        " models."
    )
    if any(math.isfinite(one.over_folds) for one in found):
        yield (
            "p over folds: t-test of the differences of folds, corrected for the training pictures "
            "they share (Nadeau and Bengio 2003), before Holm; it also counts the luck of training."
        )
