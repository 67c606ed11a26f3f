"""Labels of one data set that its best entry, which never saw them, takes for wrong."""

from typing import NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Float, Int

from affekt.measures import confident, scores
from affekt.report.bench import Panel
from affekt.report.inputs import ReportInput
from affekt.report.scores import Cell

FOUND = {"image_id": pl.String, "original_id": pl.String}
# A set whose pictures are named by their bytes would show the same 64 digits twice.
SHORT = (
    pl.when(pl.col("name") != pl.col("image_id"))
    .then("name")
    .otherwise(pl.col("image_id").str.head(12))
)


class Doubts(NamedTuple):
    """What confident learning says of the labels of one data set.

    Attributes:
        cell: The entry whose probabilities were taken.
        probabilities: Of each picture, mean over its tests.
        labels: Code of each picture's label.
        suggested: Code of the emotion each picture is confidently of; below 0 for none.
        rows: Pictures whose label is likely wrong, the most doubtful first.
        share: Estimated share of wrong labels, by label; 0 for an emotion without pictures.
    """

    cell: Cell
    probabilities: Float[np.ndarray, "image emotion"]
    labels: Int[np.ndarray, " image"]
    suggested: Int[np.ndarray, " image"]
    rows: Int[np.ndarray, " doubtful"]
    share: Float[np.ndarray, " emotion"]


def doubts(panel: Panel) -> Doubts:
    """Doubt the labels of a data set with the contender that is right most often."""
    cell = max(panel.contenders, key=lambda one: one.accuracy.value)
    k, tests = len(cell.emotions), cell.tested
    said = np.zeros((cell.n, k))
    np.add.at(said, tests.image, tests.probabilities * tests.weight[:, None])
    labels = np.zeros(cell.n, dtype=np.int64)
    labels[tests.image] = tests.truth
    suggested = confident.suggestions(labels, said)
    joint = confident.joint(labels, suggested, k)
    right = scores.recalls(joint)
    return Doubts(
        cell=cell,
        probabilities=said,
        labels=labels,
        suggested=suggested,
        rows=confident.likely_wrong(labels, suggested, said),
        share=np.where(np.isfinite(right), 1 - right, 0.0),
    )


def listed(given: ReportInput, found: Doubts) -> pl.DataFrame:
    """Give one row a doubtful picture, in order: what `again` of the section `sample` reads."""
    return told(given, found, found.rows, found.suggested[found.rows])


def told(
    given: ReportInput,
    found: Doubts,
    rows: Int[np.ndarray, " row"],
    other: Int[np.ndarray, " row"],
) -> pl.DataFrame:
    """Give one row a picture, with another emotion beside its label.

    Columns: ``image_id``, ``original_id`` (of the bytes as this plan's build found them, where the
    data set is its release), ``name``, ``emotion`` (the label), ``suggested`` (the other), and the
    probability of both.
    """
    names, label = list(found.cell.emotions), found.labels[rows]
    some = found.cell.pictures.select("image_id", "name")[rows]
    return some.join(originals(given), on="image_id", how="left", maintain_order="left").select(
        "image_id",
        "original_id",
        "name",
        pl.Series("emotion", [names[code] for code in label], dtype=pl.String),
        pl.Series("suggested", [names[code] for code in other], dtype=pl.String),
        pl.Series("probability", found.probabilities[rows, label]),
        pl.Series("probability_suggested", found.probabilities[rows, other]),
    )


def originals(given: ReportInput) -> pl.DataFrame:
    """Give what each released picture was before it was rebuilt: both ids."""
    released = given.made("release")
    if released is None:
        return pl.DataFrame(schema=FOUND)
    return released.table().select(*FOUND).unique("image_id", keep="first")
