"""From the predictions of one benchmark cell to its scores, each with an interval.

A picture tested several times (repeats) counts once, with the mean of its outcomes; a tie between m
emotions counts 1/m for each of them. Folds are never taken for independent.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Bool, Float, Int

from affekt.measures import scores as measures
from affekt.measures.intervals import Interval, wilson
from affekt.report import resample
from affekt.report.remarks import NOTHING, Remarks, remarks
from affekt.store import Failure, Product

if TYPE_CHECKING:
    from affekt.plan import Result

LEAST = 10  # the 2016 paper leaves out emotions with "less than 10 images"
BINS = 15  # of the calibration error, as `affekt.measures.calibration` has them
FLOORS = ("majority", "chance")

Matrix = Float[np.ndarray, "emotion emotion"]
Matrices = Float[np.ndarray, "round emotion emotion"]


class Score(NamedTuple):
    """A number, its 95 % interval, and how many pictures it rests on."""

    value: float
    interval: Interval
    n: float


class Tested(NamedTuple):
    """Rows of one cell: every test of every picture.

    Attributes:
        truth: Code of the label.
        probabilities: Over the emotions.
        weight: 1 / tests of the same picture.
        group: Number of the row's group.
        claims: What the classifier of each emotion alone said; None where the model has none.
    """

    truth: Int[np.ndarray, " row"]
    probabilities: Float[np.ndarray, "row emotion"]
    weight: Float[np.ndarray, " row"]
    group: Int[np.ndarray, " row"]
    claims: Bool[np.ndarray, "row emotion"] | None = None


class Reading(NamedTuple):
    """A measure of each emotion, once for all pictures and once for each bootstrap round."""

    values: Float[np.ndarray, " emotion"]
    rounds: Float[np.ndarray, "round emotion"]


@dataclass(frozen=True)
class Cell:
    """One entry on one data set under one protocol, with its tested rows.

    Attributes:
        n: Pictures tested.
        has_groups: Whether some pictures share a group, which is then the unit of the bootstrap.
        unusable: Tested rows without a finite probability or a known label; left out and said.
        untrained: Emotions that no fold could learn, as all their pictures were tested at once.
        remarks: What a reader must know before the numbers.
    """

    dataset: str
    entry: str
    protocol: str
    emotions: tuple[str, ...]
    tested: Tested
    n: int
    n_groups: int
    repeats: int
    folds: int
    unusable: int
    untrained: frozenset[str]
    seed: int
    remarks: Remarks = NOTHING

    @property
    def has_groups(self) -> bool:
        """Whether some pictures share a group."""
        return self.n_groups < self.n

    @property
    def is_floor(self) -> bool:
        """Whether this is a level to beat, not a contender."""
        return self.entry in FLOORS

    @property
    def has_claims(self) -> bool:
        """Whether classifiers of one emotion alone said yes or no."""
        return self.tested.claims is not None and self.n > 0

    @property
    def is_plain(self) -> bool:
        """Whether every picture stands for itself and was tested once: Wilson's case."""
        return not self.has_groups and self.repeats == 1

    @property
    def method(self) -> str:
        """How the intervals were made, in words."""
        return (
            f"Wilson for shares, {self._drawing} for the rest" if self.is_plain else self._drawing
        )

    @property
    def share_method(self) -> str:
        """How the intervals of shares alone were made, in words."""
        return "Wilson" if self.is_plain else self._drawing

    @property
    def _drawing(self) -> str:
        return resample.method(self.n, self.n_groups)

    @cached_property
    def by_group(self) -> Float[np.ndarray, "group emotion emotion"]:
        """Confusion counts of each group."""
        k = len(self.emotions)
        sums = np.zeros((self.n_groups, k, k))
        hits = answers(self.tested.probabilities) * self.tested.weight[:, None]
        np.add.at(sums, (self.tested.group, self.tested.truth), hits)
        return sums

    @cached_property
    def matrix(self) -> Matrix:
        """Confusion counts: label (row) by answer (column)."""
        return np.asarray(self.by_group.sum(axis=0))

    @property
    def guessing(self) -> float:
        """What naming one of the emotions that occur, at random, gets right: 0–1."""
        return 1 / max(1, int((self.matrix.sum(axis=1) > 0).sum()))

    @property
    def draws(self) -> resample.Draws:
        """Draws of groups; the same for every entry on the same data set and protocol."""
        return resample.drawn_for(self.n_groups, self.seed, self.dataset, self.protocol)

    @cached_property
    def drawn(self) -> Matrices:
        """Confusion counts of each bootstrap round."""
        k = len(self.emotions)
        return self.draws.sums(self.by_group.reshape(self.n_groups, k * k)).reshape(-1, k, k)

    @property
    def correct(self) -> float:
        """Pictures answered rightly, mean over repeats."""
        return float(np.trace(self.matrix))

    @cached_property
    def accuracy(self) -> Score:
        """Share answered rightly."""
        value = measures.accuracy(self.matrix)
        sizes = self.drawn.sum(axis=(1, 2))
        rounds = np.trace(self.drawn, axis1=1, axis2=2) / np.where(sizes > 0, sizes, np.nan)
        return Score(value, self._share(self.correct, self.n, rounds), self.n)

    @cached_property
    def macro_recall(self) -> Score:
        """Mean recall over the emotions with pictures, scarce ones left out."""
        value = float(measures.macro(self._meant(measures.recalls(self.matrix))))
        rounds = measures.macro(self._meant(measures.recalls(self.drawn)))
        return Score(value, resample.ends(rounds), self.n)

    @cached_property
    def macro_f1(self) -> Score:
        """Mean F1 over the emotions with pictures, scarce ones left out."""
        value = float(measures.macro(self._meant(measures.f1s(self.matrix))))
        rounds = measures.macro(self._meant(measures.f1s(self.drawn)))
        return Score(value, resample.ends(rounds), self.n)

    def _meant(self, values: Float[np.ndarray, "*round emotion"]) -> np.ndarray:
        """Give the values without those that the protocol wants in no mean, unless it is all."""
        out = np.isin(self.emotions, sorted(self.remarks.unreported or ()))
        there = self.matrix.sum(axis=1) > 0
        return np.where(out & bool((there & ~out).any()), np.nan, values)

    @cached_property
    def calibration(self) -> Score:
        """Expected calibration error of the top answer; the bootstrap keeps the bins.

        Drawing with replacement widens the gaps, so the interval is centred on the value.
        """
        said, right = _top(self.tested)
        bins = places(said)
        parts = np.zeros((self.n_groups, BINS))
        np.add.at(parts, (self.tested.group, bins), (right - said) * self.tested.weight)
        value = float(np.abs(parts.sum(axis=0)).sum() / self.n) if self.n else math.nan
        sizes = self.draws.sums(self.by_group.sum(axis=(1, 2))[:, None])[:, 0]
        rounds = np.abs(self.draws.sums(parts)).sum(axis=1) / np.where(sizes > 0, sizes, np.nan)
        return Score(value, resample.around(value, rounds), self.n)

    def of_emotion(self, measure: str) -> list[Score]:
        """Give ``recalls``, ``two_sided_recalls``, ``precisions`` or ``f1s`` of every emotion."""
        wholes = self.matrix.sum(axis=0 if measure == "precisions" else 1)
        hits = np.diag(self.matrix) if measure in ("recalls", "precisions") else None
        return self._of_emotion(self._choices(measure), wholes, hits)

    def of_claims(self, measure: str) -> list[Score]:
        """Give ``recalls`` or ``two_sided_recalls`` of the classifiers of one emotion alone."""
        counts = self._alone.sum(axis=0)
        hits = counts[:, 0, 0] if measure == "recalls" else None
        return self._of_emotion(self._claims(measure), counts[:, 0].sum(axis=1), hits)

    def mean_of(self, measure: str, *, claims: bool = False) -> Score:
        """Give the mean over the emotions that are reported; of ``claims``, or of choices."""
        values, rounds = self._claims(measure) if claims else self._choices(measure)
        told = [at for at in range(len(self.emotions)) if not self.silence(at)]
        value = float(measures.macro(values[told]))
        return Score(value, resample.ends(measures.macro(rounds[:, told])), self.n)

    def _choices(self, measure: str) -> Reading:
        function = getattr(measures, measure)
        return Reading(function(self.matrix), function(self.drawn))

    def _claims(self, measure: str) -> Reading:
        function, k = getattr(measures, measure), len(self.emotions)
        drawn = self.draws.sums(self._alone.reshape(self.n_groups, -1)).reshape(-1, k, 2, 2)
        return Reading(function(self._alone.sum(axis=0))[:, 0], function(drawn)[..., 0])

    @cached_property
    def _alone(self) -> Float[np.ndarray, "group emotion 2 2"]:
        """Counts of claims in each group, as `affekt.measures.scores.alone` has them."""
        rows, claims = self.tested, self.tested.claims
        assert claims is not None, "ask `has_claims` first"
        return measures.alone(rows.truth, claims, weights=rows.weight, groups=rows.group)

    def _of_emotion(
        self,
        reading: Reading,
        wholes: Float[np.ndarray, " emotion"],
        hits: Float[np.ndarray, " emotion"] | None,
    ) -> list[Score]:
        """Give one score an emotion; ``hits`` of shares, whose intervals may be Wilson's."""
        return [
            Score(
                float(reading.values[at]),
                resample.ends(rounds)
                if hits is None
                else self._share(float(hits[at]), float(wholes[at]), rounds),
                float(wholes[at]),
            )
            for at, rounds in enumerate(reading.rounds.T)
        ]

    def silence(self, at: int) -> str:
        """Tell why an emotion's own scores are not reported; ``""`` when they are."""
        n = self.matrix[at].sum()
        if n == 0:
            return "not reported (no picture)"
        scarce = self.remarks.unreported
        if n < LEAST if scarce is None else self.emotions[at] in scarce:
            return f"not reported (n = {n:.0f})"
        return "not reported (never trained)" if self.emotions[at] in self.untrained else ""

    def _share(self, hits: float, whole: float, rounds: Float[np.ndarray, " round"]) -> Interval:
        return wilson(min(hits, whole), whole) if self.is_plain else resample.ends(rounds)


def cell(result: "Result", seed: int) -> Cell | Failure:
    """Give the scores of one result, or why there are none."""
    if isinstance(result.pictures, Failure):
        return result.pictures
    if isinstance(result.predictions, Failure):
        return result.predictions
    emotions, told = result.taxonomy.names, remarks(result)
    pictures = result.pictures.table().select("image_id", "group_id", truth="emotion", part="part")
    wide = _wide(result.predictions, emotions)
    rows = wide.join(pictures, on="image_id", how="left").sort("image_id", "repeat", "fold")
    usable = rows.filter(
        pl.col("truth").is_in(emotions)
        & pl.all_horizontal(pl.col(f"p{i}").is_finite() for i in range(len(emotions)))
    )
    return Cell(
        dataset=result.dataset,
        entry=told.stamped(result.entry),
        protocol=result.protocol,
        emotions=emotions,
        tested=_tested(usable, emotions),
        n=usable["image_id"].n_unique(),
        n_groups=_groups(usable).n_unique(),
        repeats=rows["repeat"].n_unique(),
        folds=max(rows.group_by("repeat").agg(pl.col("fold").n_unique())["fold"], default=0),
        unusable=rows.height - usable.height,
        untrained=_untrained(pictures, rows),
        seed=seed,
        remarks=told,
    )


def _wide(predictions: Product, emotions: tuple[str, ...]) -> pl.DataFrame:
    """One row a test, probabilities ``p0`` … and claims ``c0`` … in taxonomy order.

    An emotion nobody spoke of is missing.
    """
    wanted = [
        pl.col("probability")
        .filter(pl.col("emotion") == name)
        .first()
        .fill_null(math.nan)
        .alias(f"p{at}")
        for at, name in enumerate(emotions)
    ]
    claimed = [
        pl.col("is_claimed").filter(pl.col("emotion") == name).first().alias(f"c{at}")
        for at, name in enumerate(emotions)
    ]
    tests = predictions.table().group_by("repeat", "fold", "image_id")
    return tests.agg(*wanted, *claimed)


def _groups(rows: pl.DataFrame) -> pl.Series:
    return rows.select(pl.coalesce("group_id", "image_id"))["group_id"]


def _tested(rows: pl.DataFrame, emotions: tuple[str, ...]) -> Tested:
    code = {name: at for at, name in enumerate(emotions)}
    tests = rows.select(pl.len().over("image_id").alias("tests"))["tests"].to_numpy()
    claims = rows.select(f"c{at}" for at in range(len(emotions)))
    has_claims = sum(claims.null_count().row(0)) == 0
    return Tested(
        truth=np.array([code[name] for name in rows["truth"]], dtype=np.int64),
        probabilities=rows.select(f"p{at}" for at in range(len(emotions))).to_numpy(),
        weight=1.0 / tests if rows.height else np.zeros(0),
        group=(_groups(rows).rank("dense").to_numpy().astype(np.int64) - 1),
        claims=claims.to_numpy().astype(bool) if has_claims else None,
    )


def _untrained(pictures: pl.DataFrame, rows: pl.DataFrame) -> frozenset[str]:
    """Emotions that some fold tests whole, so that none of theirs was left to learn from.

    A fold that tests the whole set was trained on another one.
    """
    have = pictures.group_by("truth").len("have")
    rows = rows.filter(pl.col("image_id").n_unique().over("repeat", "fold") < pictures.height)
    tested = rows.group_by("repeat", "fold", "truth").agg(
        pl.col("image_id").n_unique().alias("tested")
    )
    gone = tested.join(have, on="truth").filter(pl.col("tested") >= pl.col("have"))
    return frozenset(gone["truth"].drop_nulls())


def answers(probabilities: Float[np.ndarray, "row emotion"]) -> Float[np.ndarray, "row emotion"]:
    """Give 1 for the most probable emotion of a row, 1/m for each of m that tie.

    >>> answers(np.array([[0.2, 0.4, 0.4]])).tolist()
    [[0.0, 0.5, 0.5]]
    """
    top = probabilities == probabilities.max(axis=1, keepdims=True, initial=0.0)
    return np.asarray(top / np.maximum(top.sum(axis=1, keepdims=True), 1))


def places(said: Float[np.ndarray, " row"]) -> Int[np.ndarray, " row"]:
    """Give the bin of each row by mid-rank, as `affekt.measures.calibration.reliability` does."""
    if not said.size:
        return np.zeros(0, dtype=np.int64)
    _, level, ties = np.unique(said, return_inverse=True, return_counts=True)
    middle = np.cumsum(ties) - ties / 2
    return np.floor(middle / said.size * BINS).astype(np.int64)[level]


def _top(tested: Tested) -> tuple[Float[np.ndarray, " row"], Float[np.ndarray, " row"]]:
    """Largest probability of each row, and whether it came true (in part, when it ties)."""
    said = tested.probabilities.max(axis=1, initial=0.0)
    hits = answers(tested.probabilities)
    return said, hits[np.arange(said.size), tested.truth]
