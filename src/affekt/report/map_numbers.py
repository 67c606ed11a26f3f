"""What is said beside a map: how far it can be trusted, and who a picture's neighbours are."""

import math
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Float, Int

from affekt.foreign import clean
from affekt.measures.intervals import Interval
from affekt.measures.neighbours import alike, alike_at_most, alike_by_chance, right_by_vote
from affekt.report import resample
from affekt.report.exhibits import Column, Row, Table
from affekt.report.text import show
from affekt.store import Product

if TYPE_CHECKING:
    from affekt.plan import Mapped

EMOTION, GROUP = "same emotion", "same group"
BY_FEATURE, ON_MAP = "feature", "map"


class Side(NamedTuple):
    """One map and its pictures, in the order of its table.

    Attributes:
        pictures: ``image_id``, ``name``, ``emotion``, ``group_id`` and where the bytes lie.
        codes: Of the labels, in taxonomy order.
        groups: Number of each picture's group.
        facts: How the map was made.
    """

    entry: str
    emotions: tuple[str, ...]
    pictures: pl.DataFrame
    places: Float[np.ndarray, "picture 2"]
    codes: Int[np.ndarray, " picture"]
    groups: Int[np.ndarray, " picture"]
    near: Int[np.ndarray, "picture neighbour"]
    near_on_map: Int[np.ndarray, "picture neighbour"]
    recall: Float[np.ndarray, " picture"]
    trust: Float[np.ndarray, " picture"]
    facts: dict[str, Any]

    @property
    def n(self) -> int:
        """Pictures on the map."""
        return self.pictures.height

    @property
    def k(self) -> int:
        """Neighbours of a picture that count."""
        return int(self.near.shape[1])


class Measure(NamedTuple):
    """One number of every side.

    Attributes:
        values: Of each picture; their mean is the number.
        chance: What it is for neighbours by lot.
        most: What it can be at most.
    """

    name: str
    values: tuple[Float[np.ndarray, " picture"], ...]
    chance: float
    most: float = 1.0


def side(one: "Mapped", pictures: Product, mapped: Product) -> Side:
    """Read one side of a map."""
    rows = mapped.table().join(pictures.table(), on="image_id", how="left", maintain_order="left")
    names = one.taxonomy.names
    code_of = {name: code for code, name in enumerate(names)}
    group = rows.select(pl.coalesce("group_id", "image_id")).to_series().to_numpy()
    _, groups = np.unique(group.astype(str), return_inverse=True)
    k = int(mapped.manifest["notes"]["neighbours"])
    return Side(
        entry=clean(one.entry),
        emotions=names,
        pictures=rows.drop("x", "y", "near", "near_on_map", "recall", "trust"),
        places=rows.select("x", "y").to_numpy(),
        codes=np.array([code_of[name] for name in rows["emotion"]], dtype=np.int64),
        groups=groups,
        near=_numbers(rows["near"], k),
        near_on_map=_numbers(rows["near_on_map"], k),
        recall=rows["recall"].to_numpy(),
        trust=rows["trust"].to_numpy(),
        facts={**mapped.manifest["notes"], "reasons": mapped.manifest["reasons"]},
    )


def _numbers(lists: pl.Series, k: int) -> Int[np.ndarray, "picture neighbour"]:
    return np.array(lists.to_list(), dtype=np.int64).reshape(len(lists), k)


def beside(one: Side) -> str:
    """Give the two numbers that stand right above a map."""
    trust = show(float(one.trust.mean()), "score")
    recall = show(float(one.recall.mean()), "percent")
    return f"trustworthiness {trust}, recall of {one.k} neighbours {recall}"


def measures(sides: Sequence[Side]) -> Iterator[Measure]:
    """Give every number; of groups only where two pictures share one."""
    first = sides[0]
    n, k = first.n, first.k
    yield Measure("trustworthiness", tuple(one.trust for one in sides), _trust_by_chance(n, k))
    by_lot = k / (n - 1) if n > 1 else math.nan
    yield Measure("recall", tuple(one.recall for one in sides), by_lot)
    likeliest = np.bincount(first.codes).max(initial=0) / n if n else math.nan
    for where in (BY_FEATURE, ON_MAP):
        votes = tuple(right_by_vote(one.codes, _near(one, where)) for one in sides)
        yield Measure(f"emotion by vote, {where}", votes, float(likeliest))
    has_groups = n > len(np.unique(first.groups))
    for name, of in ((EMOTION, "codes"), (GROUP, "groups"))[: 2 if has_groups else 1]:
        chance = alike_by_chance(getattr(first, of))
        most = alike_at_most(getattr(first, of), k)
        for where in (BY_FEATURE, ON_MAP):
            shares = tuple(alike(getattr(one, of), _near(one, where)) for one in sides)
            yield Measure(f"{name}, {where}", shares, chance, most)


def _near(one: Side, where: str) -> Int[np.ndarray, "picture neighbour"]:
    return one.near if where == BY_FEATURE else one.near_on_map


def _trust_by_chance(n: int, k: int) -> float:
    """Give the trustworthiness of a map by lot, whose neighbours have any rank."""
    beyond, worst = n - 1 - k, (n - 1) * (2 * n - 3 * k - 1)
    return 1 - beyond * (beyond + 1) / worst if k and worst > 0 else math.nan


class Draws(NamedTuple):
    """The same draws of groups for every number of both sides."""

    sides: tuple[Side, ...]
    places: tuple[Int[np.ndarray, " picture"], ...]  # number of each picture's group in the union
    draws: resample.Draws

    @classmethod
    def of(cls, sides: tuple[Side, ...], seed: int, dataset: str) -> "Draws":
        """Draw for the groups that any of the sides shows."""
        named = [
            one.pictures.select(pl.coalesce("group_id", "image_id")).to_series().to_list()
            for one in sides
        ]
        number = {name: at for at, name in enumerate(sorted({*chain(*named)}))}
        places = tuple(np.array([number[name] for name in one], dtype=np.int64) for one in named)
        return cls(sides, places, resample.drawn_for(len(number), seed, dataset, "map"))

    def rounds(self, at: int, values: Float[np.ndarray, " picture"]) -> Float[np.ndarray, " round"]:
        """Give the mean of a side's values in every round."""
        parts = np.zeros((self.draws.weights.shape[1], 2))
        np.add.at(parts, self.places[at], np.stack([values, np.ones_like(values)], axis=1))
        sums = self.draws.sums(parts)
        rounds: Float[np.ndarray, " round"] = sums[:, 0] / np.where(sums[:, 1], sums[:, 1], np.nan)
        return rounds

    @property
    def unit(self) -> str:
        """What is drawn, in words."""
        pictures = {name for one in self.sides for name in one.pictures["image_id"]}
        return resample.method(len(pictures), self.draws.weights.shape[1])


class Told(NamedTuple):
    """A number of one or two sides with intervals, and the difference of two."""

    measure: Measure
    values: tuple[float, ...]
    intervals: tuple[Interval, ...]
    difference: float
    interval: Interval


def told(measure: Measure, drawn: Draws) -> Told:
    """Give means and intervals; the map and its neighbours stay as they are in every round."""
    values = tuple(float(one.mean()) if one.size else math.nan for one in measure.values)
    rounds = [drawn.rounds(at, one) for at, one in enumerate(measure.values)]
    gap = rounds[0] - rounds[-1]
    return Told(
        measure,
        values,
        tuple(resample.ends(one) for one in rounds),
        values[0] - values[-1],
        resample.ends(gap),
    )


def table(name: str, title: str, drawn: Draws, found: Sequence[Told]) -> Table:
    """Give one row a number, and with two sides their difference."""
    sides = drawn.sides
    columns = [Column("number", "text")]
    for one in sides:
        columns += [Column(one.entry, "score"), Column(f"{one.entry} 95 %", "score", "95 %")]
    if len(sides) > 1:
        columns += [Column("difference", "score"), Column("difference 95 %", "score", "95 %")]
    columns += [Column("by chance", "score"), Column("at most", "score")]
    return Table(
        name=name,
        title=title,
        columns=tuple(columns),
        rows=tuple(_row(one) for one in found),
        notes=(*_explained(sides), f"Intervals: {drawn.unit}; maps and neighbours stay as drawn."),
    )


def _row(one: Told) -> Row:
    cells: list[Any] = [one.measure.name]
    for value, interval in zip(one.values, one.intervals, strict=True):
        cells += [value, interval]
    if len(one.values) > 1:
        cells += [one.difference, one.interval]
    return (*cells, one.measure.chance, one.measure.most)


def _explained(sides: Sequence[Side]) -> Iterator[str]:
    k, n = sides[0].k, " and ".join(dict.fromkeys(f"{one.n:,}" for one in sides))
    yield (
        f"n = {n} pictures, {k} neighbours of each. Trustworthiness (Venna and Kaski 2001) is 1 "
        "where all neighbours on the map are neighbours by the feature; recall is the share of "
        "them that are. Feature, map: where the neighbours are looked for. Emotion by vote: the "
        "most frequent label among a picture's neighbours is its own; labels that are equally "
        "frequent share the vote. Same: share of a picture's neighbours that have it in common."
    )
    yield (
        "By chance: neighbours by lot, of the vote the most frequent label. At most: limited by "
        "how many others share a picture's emotion or group. Group: theme, scene or near copies, "
        "as the data set groups its pictures."
    )
