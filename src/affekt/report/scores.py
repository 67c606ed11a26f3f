"""From the predictions of one benchmark cell to its scores, each with an interval.

A picture tested several times (repeats) counts once, with the mean of its outcomes; a tie between m
emotions counts 1/m for each of them. Folds are never taken for independent.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Float, Int

from affekt.measures import ranking
from affekt.measures import scores as measures
from affekt.measures.calibration import places
from affekt.measures.intervals import Interval, wilson
from affekt.report import cooled, resample, tested
from affekt.report.remarks import Remarks

LEAST = 10  # the 2016 paper leaves out emotions with "less than 10 images"
BINS = 15  # of the calibration error, as `affekt.measures.calibration` has them
FLOORS = ("majority", "chance")
ROWS_AT_ONCE, ROWS_IN_ALL = 1_000_000, 10_000_000  # drawn for what must be sorted: about 1 s
FEWEST_ROUNDS = 200  # enough for 95 %: five draws beyond each end

Matrix = Float[np.ndarray, "emotion emotion"]
Matrices = Float[np.ndarray, "round emotion emotion"]


class Score(NamedTuple):
    """A number, its 95 % interval, and how many pictures it rests on."""

    value: float
    interval: Interval
    n: float


class Reading(NamedTuple):
    """A measure of each emotion, once for all pictures and once for each bootstrap round."""

    values: Float[np.ndarray, " emotion"]
    rounds: Float[np.ndarray, "round emotion"]


@dataclass(frozen=True)
class Cell:
    """One entry on one data set under one protocol, with its tested rows.

    Attributes:
        pictures: Those tested, in the order of their numbers in `tested`: ``image_id``, ``name``,
            ``emotion``, ``part``, ``shares``.
        near_bits: Of each tested row as `affekt.report.leaks` has them; -1 where not known.
        unusable: Tested rows without a finite probability or a known label; left out and said.
        untrained: Emotions that no fold could learn, as all their pictures were tested at once.
    """

    about: tested.About
    tested: tested.Tested
    pictures: pl.DataFrame
    near_bits: Int[np.ndarray, " row"]
    n_groups: int
    repeats: int
    folds: int
    unusable: int
    untrained: frozenset[str]
    seed: int

    @property
    def remarks(self) -> Remarks:
        """What a reader must know before the numbers."""
        return self.about.remarks

    @property
    def dataset(self) -> str:
        """Name of the data set."""
        return self.about.dataset

    @property
    def entry(self) -> str:
        """Name of the entry."""
        return self.about.entry

    @property
    def protocol(self) -> str:
        """Name of the protocol."""
        return self.about.protocol

    @property
    def emotions(self) -> tuple[str, ...]:
        """Those chosen among."""
        return self.about.emotions

    @property
    def n(self) -> int:
        """Pictures tested."""
        return self.pictures.height

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
        return f"Wilson for shares, {self.drawing} for the rest" if self.is_plain else self.drawing

    @property
    def share_method(self) -> str:
        """How the intervals of shares alone were made, in words."""
        return "Wilson" if self.is_plain else self.drawing

    @property
    def drawing(self) -> str:
        """How the intervals of all but shares were made, in words."""
        return resample.method(self.n, self.n_groups)

    @cached_property
    def by_group(self) -> Float[np.ndarray, "group emotion emotion"]:
        """Confusion counts of each group."""
        k = len(self.emotions)
        sums = np.zeros((self.n_groups, k, k))
        hits = measures.choices(self.tested.probabilities) * self.tested.weight[:, None]
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

    @cached_property
    def said(self) -> Float[np.ndarray, " row"]:
        """How probable each test calls its top answer."""
        return np.asarray(self.tested.probabilities.max(axis=1, initial=0.0))

    @property
    def sureness(self) -> float:
        """Mean probability of the top answer; NaN without pictures."""
        return float((self.said * self.tested.weight).sum() / self.n) if self.n else math.nan

    @cached_property
    def cooled(self) -> cooled.Cooled | None:
        """What a temperature makes of it; None where there is nothing to fit one on."""
        part = self.pictures.select((pl.col("part") == "validate").fill_null(False))["part"]
        is_validation = part.to_numpy()[self.tested.image].astype(bool)
        return cooled.cool(self.tested, is_validation, self.remarks)

    @cached_property
    def right(self) -> Float[np.ndarray, " row"]:
        """How right the answer of each test is: 1, 0, or a share where the label ties."""
        return measures.outcomes(self.tested.truth, self.tested.probabilities)

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
        return Score(value, self.share(self.correct, self.n, rounds), self.n)

    @cached_property
    def macro_recall(self) -> Score:
        """Mean recall over the emotions with pictures, scarce ones left out."""
        value = float(measures.macro(self.meant(measures.recalls(self.matrix))))
        rounds = measures.macro(self.meant(measures.recalls(self.drawn)))
        return Score(value, resample.ends(rounds), self.n)

    @cached_property
    def macro_f1(self) -> Score:
        """Mean F1 over the emotions with pictures, scarce ones left out."""
        value = float(measures.macro(self.meant(measures.f1s(self.matrix))))
        rounds = measures.macro(self.meant(measures.f1s(self.drawn)))
        return Score(value, resample.ends(rounds), self.n)

    def meant(self, values: Float[np.ndarray, "*round emotion"]) -> np.ndarray:
        """Give the values without those that the protocol wants in no mean, unless it is all."""
        out = np.isin(self.emotions, sorted(self.remarks.unreported or ()))
        there = self.matrix.sum(axis=1) > 0
        return np.where(out & bool((there & ~out).any()), np.nan, values)

    @cached_property
    def calibration(self) -> Score:
        """Expected calibration error of the top answer; the bootstrap keeps the bins.

        Drawing with replacement widens the gaps, so the interval is centred on the value.
        """
        said, right = self.said, self.right
        bins = places(said, BINS)
        parts = np.zeros((self.n_groups, BINS))
        np.add.at(parts, (self.tested.group, bins), (right - said) * self.tested.weight)
        value = float(np.abs(parts.sum(axis=0)).sum() / self.n) if self.n else math.nan
        sizes = self.draws.sums(self.by_group.sum(axis=(1, 2))[:, None])[:, 0]
        rounds = np.abs(self.draws.sums(parts)).sum(axis=1) / np.where(sizes > 0, sizes, np.nan)
        return Score(value, resample.around(value, rounds), self.n)

    @cached_property
    def average_precisions(self) -> Reading:
        """Average precision of every emotion against the rest."""
        truth, said = self.tested.truth, self.tested.probabilities
        (values,) = ranking.average_precisions(truth, said, self.tested.weight[None])
        drawn = [ranking.average_precisions(truth, said, one) for one in self.row_weights()]
        return Reading(values, np.concatenate(drawn))

    def row_weights(self) -> Iterator[Float[np.ndarray, "round row"]]:
        """Give what each row counts in each bootstrap round, for what must be sorted to be drawn.

        Of many rows fewer rounds, `thinned`, so that a page takes seconds.
        """
        tests, rounds = self.tested, self.draws.weights[: self.thinned]
        step = max(1, ROWS_AT_ONCE // max(1, tests.group.size))
        for at in range(0, len(rounds), step):
            yield rounds[at : at + step, tests.group] * tests.weight

    @property
    def thinned(self) -> int:
        """Bootstrap rounds of what must be sorted to be drawn."""
        most = ROWS_IN_ALL // max(1, self.tested.group.size)
        return max(FEWEST_ROUNDS, min(resample.ROUNDS, most))

    def mean_of_rows(self, values: Float[np.ndarray, " row"]) -> Score:
        """Give the mean over pictures of what each test brings; NaN brings nothing."""
        tests, is_told = self.tested, np.isfinite(values)
        brought = np.stack([np.where(is_told, values, 0.0), is_told], axis=1)
        parts = np.zeros((self.n_groups, 2))
        np.add.at(parts, tests.group, brought * tests.weight[:, None])
        total, drawn = parts.sum(axis=0), self.draws.sums(parts)
        value = float(total[0] / total[1]) if total[1] else math.nan
        rounds = drawn[:, 0] / np.where(drawn[:, 1] > 0, drawn[:, 1], np.nan)
        return Score(value, resample.ends(rounds), float(total[1]))

    def of_matrix(self, measure: Callable[[Matrices], Float[np.ndarray, "..."]]) -> Score:
        """Give one number of the whole matrix, whatever the measure."""
        return Score(float(measure(self.matrix)), resample.ends(measure(self.drawn)), self.n)

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

    def of_order(self) -> list[Score]:
        """Give the average precision of every emotion."""
        return self._of_emotion(self.average_precisions, self.matrix.sum(axis=1), None)

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
                else self.share(float(hits[at]), float(wholes[at]), rounds),
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

    def share(self, hits: float, whole: float, rounds: Float[np.ndarray, " round"]) -> Interval:
        """Give the interval of a share: Wilson's where every picture stands for itself."""
        return wilson(min(hits, whole), whole) if self.is_plain else resample.ends(rounds)
