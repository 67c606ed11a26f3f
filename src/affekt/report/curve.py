"""Learning curves out of the benchmark: the scores of one test after ever more labels."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Float

from affekt.foreign import clean
from affekt.measures import scores as measures
from affekt.report import resample, tested
from affekt.report.cell import cell_of
from affekt.report.published import Tests
from affekt.report.scores import Cell, Matrices, Score
from affekt.report.text import slug
from affekt.store import Failure, Product

if TYPE_CHECKING:
    from affekt.plan import Result

KINDS = STRONG, WEAK = "strong", "weak"


@dataclass(frozen=True)
class Step:
    """One number of labels, and what was scored after learning from so many.

    Intervals are drawn twice over in every round: groups of tested pictures, the same for all
    steps, and of the subsets that were learned from as many as there are, the same for all steps
    of a curve. A step that was learned from all labels has one subset.

    Attributes:
        kind: Of labels.
        draws: Subsets of that size, each tested on all pictures.
        cell: Its scores; a picture counts with the mean over the draws.
    """

    kind: str
    labels: int
    draws: int
    cell: Cell

    @property
    def each(self) -> Float[np.ndarray, " draw"]:
        """Accuracy after each draw."""
        rows = self.cell.tested
        return np.bincount(rows.repeat, weights=self.cell.right) / np.bincount(rows.repeat)

    @property
    def accuracy(self) -> Score:
        """Share answered rightly."""
        return Score(self.cell.accuracy.value, resample.ends(self.rounds), self.cell.n)

    @property
    def macro_recall(self) -> Score:
        """Mean recall over the emotions with pictures."""
        cell = self.cell
        rounds = measures.macro(cell.meant(measures.recalls(self._drawn)))
        return Score(cell.macro_recall.value, resample.ends(rounds), cell.n)

    @cached_property
    def rounds(self) -> Float[np.ndarray, " round"]:
        """Accuracy in each bootstrap round."""
        sizes = self._drawn.sum(axis=(1, 2))
        hits = np.trace(self._drawn, axis1=1, axis2=2)
        return np.asarray(hits / np.where(sizes > 0, sizes, np.nan))

    @cached_property
    def _drawn(self) -> Matrices:
        """Confusion counts of each round."""
        cell, rows, k = self.cell, self.cell.tested, len(self.cell.emotions)
        parts = np.zeros((cell.n_groups, self.draws, k, k))
        said = measures.choices(rows.probabilities)
        np.add.at(parts, (rows.group, rows.repeat, rows.truth), said)
        sums = cell.draws.sums(parts.reshape(cell.n_groups, -1)).reshape(-1, self.draws, k, k)
        dice = np.random.default_rng([cell.seed, KINDS.index(self.kind)])
        taken = dice.integers(self.draws, size=(len(sums), self.draws))
        drawn: Matrices = np.take_along_axis(sums, taken[:, :, None, None], axis=1).mean(axis=1)
        return drawn


class Curve(NamedTuple):
    """All steps of one entry with labels of one kind, few labels first."""

    kind: str
    steps: tuple[Step, ...]


class Pair(NamedTuple):
    """One entry: its curve with strong labels and, where there are any, with weak ones."""

    entry: str
    curves: tuple[Curve, ...]

    def of(self, kind: str) -> Curve | None:
        """Give the curve of one kind of labels."""
        return next((one for one in self.curves if one.kind == kind), None)


class Sheet(NamedTuple):
    """All entries on one data set under one protocol.

    Attributes:
        remarks: What the stages had to say, such as how many copies were left out.
    """

    dataset: str
    protocol: str
    pairs: tuple[Pair, ...]
    remarks: tuple[str, ...]

    @property
    def name(self) -> str:
        """Data set and protocol, as titles have them."""
        return f"{clean(self.dataset)}, {clean(self.protocol)}"

    @property
    def slug(self) -> str:
        """Data set and protocol, as names of files have them."""
        return f"{slug(self.dataset)}-{slug(self.protocol)}"

    @property
    def cell(self) -> Cell:
        """Scores of any step: all have the same test."""
        return self.pairs[0].curves[0].steps[0].cell


class Lost(NamedTuple):
    """A curve without predictions, and why."""

    title: str
    failure: Failure


class Read(NamedTuple):
    """Tests of all curves, and curves without."""

    tests: tuple[Tests, ...]
    lost: tuple[Lost, ...]


def read(results: "Iterable[Result]") -> Read:
    """Give the tests of every curve, with the number of labels before each."""
    tests: list[Tests] = []
    lost: list[Lost] = []
    for result in results:
        rows = _rows(result)
        if isinstance(rows, Failure):
            title = f"{clean(result.entry)} on {clean(result.dataset)}, {clean(result.protocol)}"
            lost.append(Lost(title, rows))
        else:
            tests.append(Tests(tested.about(result), rows, result.curve))
    return Read(tuple(tests), tuple(lost))


def sheets(tests: Iterable[Tests], seed: int) -> tuple[Sheet, ...]:
    """Score every step, on the pictures that all curves of an entry were tested on."""
    found: dict[tuple[str, str], dict[str, list[Tests]]] = {}
    for one in tests:
        entries = found.setdefault((one.curve, one.about.protocol), {})
        entries.setdefault(one.about.entry, []).append(one)
    return tuple(_sheet(*key, entries, seed) for key, entries in found.items())


def _rows(result: "Result") -> pl.DataFrame | Failure:
    """Give the tests of a curve that can be scored; of none, the reason."""
    given = tested.rows(result, None)
    if isinstance(given, Failure):
        return given
    assert isinstance(result.predictions, Product)
    rows = tested.usable(given, result.taxonomy.names)
    if rows.is_empty():
        said = f"none of its {given.height:,} tests has a known label and finite probabilities"
        return Failure("predict", said, "open")
    folds = result.predictions.manifest["notes"]["folds"]
    learned = pl.DataFrame(
        [(fold["repeat"], fold["fold"], fold["train"]) for fold in folds],
        schema={"repeat": pl.Int32, "fold": rows.schema["fold"], "labels": pl.Int64},
        orient="row",
    )
    return rows.join(learned, on=["repeat", "fold"], how="left", maintain_order="left")


def _sheet(dataset: str, protocol: str, entries: dict[str, list[Tests]], seed: int) -> Sheet:
    pairs = []
    for entry, lines in entries.items():
        shared = set.intersection(*(set(one.rows["image_id"]) for one in lines))
        is_shared = pl.col("image_id").is_in(shared)
        curves = [
            Curve(_kind(one.about), tuple(_steps(one, one.rows.filter(is_shared), seed)))
            for one in lines
        ]
        pairs.append(Pair(entry, tuple(curves)))
    every = [one for lines in entries.values() for one in lines]
    said = [words for one in every for words in one.about.remarks.said]
    return Sheet(dataset, protocol, tuple(pairs), tuple(dict.fromkeys(said)))


def _kind(about: tested.About) -> str:
    return WEAK if about.remarks.trained_on else STRONG


def _steps(one: Tests, rows: pl.DataFrame, seed: int) -> Iterator[Step]:
    # All curves of a data set draw the same pictures, so that differences are of labels alone.
    about = one.about._replace(dataset=one.curve)
    for (labels,), some in sorted(rows.group_by("labels")):
        scored = cell_of(about, some.drop("labels"), seed)
        draws = int(scored.tested.repeat.max()) + 1
        yield Step(_kind(about), int(str(labels)), draws, scored)
