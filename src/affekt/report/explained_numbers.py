"""How much of a map is owed to what was learned, and whether the answer hangs on what it marks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Float

from affekt.foreign import clean
from affekt.measures.intervals import UNKNOWN, Interval
from affekt.measures.saliency import cells_greyed, rank_correlation
from affekt.report import resample
from affekt.report.exhibits import Column, Table
from affekt.store import Product

if TYPE_CHECKING:
    from affekt.plan import Explained

KINDS = (("right", True), ("wrong", False))
NUMBERS = (
    "like the map, classifier shuffled",
    "like the map, all layers shuffled",
    "alike in strength, classifier shuffled",
    "alike in strength, all layers shuffled",
    "probability of the answer",
    "lost where marked cells are grey",
    "lost where cells by lot are grey",
    "lost by marked more than by lot",
)
LIKES = (  # rank correlations of the map with the same of shuffled weights; strong: without signs
    "like_shuffled",
    "like_all_shuffled",
    "strong_shuffled",
    "strong_all_shuffled",
)
Numbers = Float[np.ndarray, " picture"]


class Answers(NamedTuple):
    """Explained answers of one entry.

    Attributes:
        rows: The table of the stage with ``label`` and ``group``, where the bytes lie, and what
            `LIKES` names; right ones first, each kind in the order it was drawn.
        how: Settings they were made with.
        notes: What the stage told of them.
    """

    dataset: str
    entry: str
    protocol: str
    rows: pl.DataFrame
    how: dict[str, Any]
    notes: dict[str, Any]


def read(one: "Explained", pictures: Product, explained: Product) -> Answers:
    """Read the answers, and compare each map with those of shuffled weights."""
    known = pictures.table().select(
        "image_id", "name", "shard", "row_group", "row", pl.col("emotion").alias("label"),
        group=pl.coalesce("group_id", "image_id"),
    )  # fmt: skip
    rows = explained.table().join(known, on="image_id", how="left", maintain_order="left")
    likes = {name: pl.Series(_likes(rows, name), dtype=pl.Float64) for name in LIKES}
    rows = rows.with_columns(**likes)
    manifest = explained.manifest
    return Answers(
        clean(one.dataset),
        clean(one.entry),
        clean(one.protocol),
        rows.sort("is_right", "place", descending=[True, False]),
        manifest["recipe"]["how"],
        manifest["notes"],
    )


def _likes(rows: pl.DataFrame, name: str) -> list[float]:
    kind, _, other = name.partition("_")
    maps = [
        [np.array(one, dtype=float) for one in rows[column].to_list()]
        for column in ("map", f"map_{other}")
    ]
    if kind == "strong":
        maps = [[np.abs(one) for one in each] for each in maps]
    return [rank_correlation(one, twin) for one, twin in zip(*maps, strict=True)]


def table(name: str, title: str, answers: Answers, seed: int) -> Table:
    """Give one row a number, for the right answers and for the wrong."""
    sides = [answers.rows.filter(pl.col("is_right") == is_right) for _, is_right in KINDS]
    about = f"{answers.dataset} {answers.entry}"
    columns = [Column("number", "text")]
    for (word, _), rows in zip(KINDS, sides, strict=True):
        columns += [
            Column(f"{word}, n = {rows.height:,}", "score"),
            Column(f"{word} 95 %", "score", "95 %"),
        ]
    told = [[_mean(one, rows, seed, about) for one in _values(rows)] for rows in sides]
    return Table(
        name=name,
        title=title,
        columns=tuple(columns),
        rows=tuple(
            (what, *right, *wrong) for what, right, wrong in zip(NUMBERS, *told, strict=True)
        ),
        notes=tuple(_notes(answers)),
    )


def _values(rows: pl.DataFrame) -> list[Numbers]:
    """Give what `NUMBERS` names, of each picture."""
    said = rows["probability"].to_numpy()
    marked, by_lot = (said - rows[f"without_{one}"].to_numpy() for one in ("marked", "random"))
    return [*(rows[name].to_numpy() for name in LIKES), said, marked, by_lot, marked - by_lot]


def _mean(
    values: Numbers, rows: pl.DataFrame, seed: int, about: str
) -> tuple[float | None, Interval]:
    """Give the mean of those that are numbers, and its interval over draws of groups."""
    is_told = np.isfinite(values)
    if not is_told.any():
        return None, UNKNOWN
    names, member = np.unique(rows["group"].to_numpy()[is_told].astype(str), return_inverse=True)
    parts = np.zeros((len(names), 2))
    np.add.at(parts, member, np.stack([values[is_told], np.ones(is_told.sum())], axis=1))
    sums = resample.drawn_for(len(names), seed, about, "explained").sums(parts)
    return float(values[is_told].mean()), resample.ends(sums[:, 0] / sums[:, 1])


def _notes(answers: Answers) -> Iterator[str]:
    rows, notes, how = answers.rows, answers.notes, answers.how
    right = int(rows["is_right"].sum())
    of_right = notes["tested_right"]
    of_wrong = notes["tested"] - of_right
    yield (
        f"{answers.entry}: answers about the tested pictures of the first fold of "
        f"{answers.protocol}, drawn by rank of seed {how['seed']}: {right:,} of {of_right:,} right "
        f"and {rows.height - right:,} of {of_wrong:,} wrong ones."
    )
    yield (
        f"{method(how['layer'])} The net behind the maps gives what was said within "
        f"{notes['greatest_gap']:.1g} in probability."
    )
    nothing = int((~rows["like_all_shuffled"].is_finite()).sum())
    yield (
        "Like: Spearman's correlation of the cells of two maps of one picture, 1 for the same "
        "order, 0 for none: a map that looks alike without what was learned shows the picture, not "
        "the answer (Adebayo et al. 2018). Strength: the same without the signs, so whether both "
        "mark the same places, for or against; the harder test, as weights of random sign agree by "
        "chance alone. The classifier's weights are shuffled anew for every picture; all layers: "
        "those of every layer before it, too, once for all pictures."
        + (f" {nothing:,} maps are the same everywhere and are left out." if nothing else "")
    )
    size = len(rows["map"][0])
    yield (
        f"Lost: how much of the probability goes when the {cells_greyed(how['greyed'], size):,} of "
        f"{size:,} cells that the map marks most are grey, or as many by lot. Where the two lose "
        "alike, the answer does not hang on what is marked."
    )
    n_groups = rows["group"].n_unique()
    unit = resample.unit(rows.height, n_groups)
    yield f"Intervals: bootstrap ({resample.ROUNDS:,} draws of {unit}, right and wrong apart)."


def method(layer: str) -> str:
    """Say how the maps were made, in words."""
    against = "of the emotion that was said against the mean of all"
    if layer == "head":
        return f"Class activation maps (Zhou et al. 2016) {against}: their cells add up to it."
    return f"Grad-CAM (Selvaraju et al. 2017) at {layer}, of the score {against}."
