"""How size, brightness, colour and sources of a data set's pictures go with their emotions."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Float, Int
from scipy.stats import rankdata

from affekt.blocks.value import Value
from affekt.measures.association import above_rest, cramers_v, explained
from affekt.measures.intervals import Interval
from affekt.report import resample
from affekt.report.scores import Score
from affekt.store import Product

if TYPE_CHECKING:
    from affekt.plan import Result

Counts = Float[np.ndarray, "source emotion"]
Parts = Float[np.ndarray, "group value"]


class Origins(NamedTuple):
    """How many pictures of each source have each emotion."""

    sources: tuple[str, ...]
    counts: Counts


@dataclass(frozen=True)
class Sheet:
    """One data set: what an entry on shortcuts sees in its pictures, and their labels.

    Attributes:
        values: What each number means.
        group: Number of the group of each picture.
        origins: Where the pictures are from; None where the data set does not say.
        unseen: Pictures without a known label, or without numbers; left out.
    """

    dataset: str
    emotions: tuple[str, ...]
    values: tuple[Value, ...]
    numbers: Float[np.ndarray, "image number"]
    codes: Int[np.ndarray, " image"]
    group: Int[np.ndarray, " image"]
    origins: Origins | None
    unseen: int
    seed: int

    @property
    def n(self) -> int:
        """Pictures."""
        return len(self.codes)

    @property
    def n_groups(self) -> int:
        """Groups that are drawn for the intervals."""
        return int(self.group.max(initial=-1)) + 1

    @property
    def names(self) -> tuple[str, ...]:
        """Each shortcut in a word: the last one of its name."""
        return tuple(one.name.rpartition(".")[2].replace("_", "–") for one in self.values)

    @cached_property
    def sizes(self) -> Int[np.ndarray, " emotion"]:
        """Pictures of each emotion."""
        return np.bincount(self.codes, minlength=len(self.emotions))

    @cached_property
    def quartiles(self) -> Float[np.ndarray, "emotion number 3"]:
        """First quartile, median and third quartile; NaN for an emotion without pictures."""
        found = np.full((len(self.emotions), len(self.values), 3), np.nan)
        for code in np.flatnonzero(self.sizes):
            own = self.numbers[self.codes == code]
            found[code] = np.quantile(own, (0.25, 0.5, 0.75), axis=0).T
        return found

    @property
    def drawing(self) -> str:
        """How the intervals were drawn, in words."""
        return resample.method(self.n, self.n_groups)

    @cached_property
    def _drawn(self) -> np.ndarray:
        draws = resample.drawn_for(self.n_groups, self.seed, self.dataset, "shortcuts")
        return draws.sums(self._sums.parts)

    @cached_property
    def _sums(self) -> "_Sums":
        ranks = rankdata(self.numbers, axis=0) if self.n else self.numbers
        is_it = np.eye(len(self.emotions))[self.codes]
        k, m = len(self.emotions), len(self.values)
        of_each = np.einsum("ie,in->ien", is_it, ranks).reshape(self.n, k * m)
        rows = np.hstack([is_it, of_each, np.square(ranks)])
        parts: Parts = np.zeros((self.n_groups, rows.shape[1]))
        np.add.at(parts, self.group, rows)
        return _Sums(parts, k, m)

    @cached_property
    def strengths(self) -> list[Score]:
        """How much of the variance of each shortcut's ranks the emotions explain, less chance."""
        sums = self._sums
        values, rounds = (explained(*sums.of(one)) for one in (sums.whole, self._drawn))
        return [
            Score(float(value), _around(float(value), drawn), self.n)
            for value, drawn in zip(values, rounds.T, strict=True)
        ]

    @cached_property
    def above(self) -> list[list[Score]]:
        """How often a picture of an emotion has more of a shortcut than another; by emotion."""
        sums = self._sums
        values, rounds = (
            above_rest(*sums.of(one)[:2], self.n) for one in (sums.whole, self._drawn)
        )
        return [
            [
                Score(float(values[code, at]), resample.ends(rounds[:, code, at]), float(n))
                for at in range(len(self.values))
            ]
            for code, n in enumerate(self.sizes)
        ]

    @cached_property
    def order(self) -> list[int]:
        """Numbers of the shortcuts, those first that tell emotions apart best."""
        told = [one.value if np.isfinite(one.value) else -np.inf for one in self.strengths]
        return sorted(range(len(told)), key=lambda at: (-told[at], at))


class _Sums(NamedTuple):
    """Counts of emotions, sums of ranks by emotion and shortcut, and squares, of each group."""

    parts: Parts
    k: int
    m: int

    @property
    def whole(self) -> np.ndarray:
        return np.asarray(self.parts.sum(axis=0))

    def of(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give counts, sums and squares of rows of such parts."""
        counts, sums, squares = np.split(rows, [self.k, self.k + self.k * self.m], axis=-1)
        return counts, sums.reshape(*rows.shape[:-1], self.k, self.m), squares


def sheet(result: "Result", values: tuple[Value, ...], seed: int) -> Sheet:
    """Read the data set of a result whose pictures and vectors are made."""
    assert isinstance(result.pictures, Product)
    assert isinstance(result.vectors, Product)
    emotions = result.taxonomy.names
    pictures = result.pictures.table()
    seen = pictures.join(result.vectors.table(), on="image_id").filter(
        pl.col("emotion").is_in(emotions)
    )
    seen = seen.sort("image_id")
    vectors = seen["vector"].explode(empty_as_null=False).to_numpy()
    group = seen.select(pl.coalesce("group_id", "image_id").rank("dense") - 1).to_series()
    code = {name: at for at, name in enumerate(emotions)}
    return Sheet(
        dataset=result.dataset,
        emotions=emotions,
        values=values,
        numbers=vectors.reshape(seen.height, len(values)).astype(float),
        codes=np.array([code[name] for name in seen["emotion"]], dtype=np.int64),
        group=group.to_numpy().astype(np.int64),
        origins=_origins(result.pictures, emotions),
        unseen=pictures.height - seen.height,
        seed=seed,
    )


def _origins(pictures: Product, emotions: tuple[str, ...]) -> Origins | None:
    noted = pictures.manifest["notes"].get("sources", [])
    told = [one for one in noted if one["emotion"] in emotions]
    sources = tuple(sorted({one["source"] for one in told}))
    counts = np.zeros((len(sources), len(emotions)))
    for one in told:
        counts[sources.index(one["source"]), emotions.index(one["emotion"])] += one["pictures"]
    return Origins(sources, counts) if sources else None


def association(origins: Origins, seed: int) -> Score:
    """Give Cramér's V of source and emotion; single pictures are drawn for its interval."""
    n = int(origins.counts.sum())
    value = float(cramers_v(origins.counts))
    generator = np.random.default_rng(seed)
    shares = origins.counts.ravel() / n
    drawn = generator.multinomial(n, shares, size=resample.ROUNDS).astype(float)
    rounds = cramers_v(drawn.reshape(-1, *origins.counts.shape))
    low, high = resample.around(value, rounds)
    return Score(value, Interval(low, min(high, 1.0)), n)


def _around(value: float, rounds: Float[np.ndarray, " round"]) -> Interval:
    """Give the interval of the rounds moved onto the value, for drawing groups inflates it.

    Not above 1, the most that can be explained.
    """
    told = rounds[np.isfinite(rounds)]
    moved = told - told.mean() + value if told.size else told
    return resample.ends(np.minimum(moved, 1.0))
