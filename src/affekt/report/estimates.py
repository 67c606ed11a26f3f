"""From the estimates of one benchmark cell to how close they come to what people said.

A picture tested several times (repeats) counts once: each of its tests weighs 1 / tests. Whole
groups are drawn for the intervals.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from affekt.measures import ratings as measures
from affekt.report import resample
from affekt.report.remarks import remarks
from affekt.report.scores import Score
from affekt.store import Failure

if TYPE_CHECKING:
    from affekt.plan import Result


@dataclass(frozen=True)
class Rated:
    """One entry on one scale of one data set under one protocol.

    Attributes:
        n: Pictures tested.
        method: How the intervals were made, in words.
        deviation: Of the mean ratings over the tested pictures, in points of the scale.
        remarks: What a reader must know before the numbers.
    """

    dataset: str
    entry: str
    protocol: str
    scale: str
    n: int
    method: str
    deviation: float
    correlation: Score
    determination: Score
    concordance: Score
    remarks: tuple[str, ...] = ()


def rated(result: "Result", seed: int) -> tuple[Rated, ...] | Failure:
    """Give one value a scale, in the order in which the data set names them, or why there is none.

    Tests of pictures whose rating is not known any more are left out.
    """
    if isinstance(result.pictures, Failure):
        return result.pictures
    if isinstance(result.predictions, Failure):
        return result.predictions
    truth = (
        result.pictures.table()
        .select("image_id", pl.coalesce("group_id", "image_id").alias("group_id"), "ratings")
        .explode("ratings", empty_as_null=True)
        .unnest("ratings")
        .drop_nulls("mean")
    )
    tests = result.predictions.table().join(truth, on=["image_id", "scale"])
    scales = truth["scale"].unique(maintain_order=True)
    return tuple(
        _one(result, scale, tests.filter(pl.col("scale") == scale), seed)
        for scale in scales
        if scale in set(tests["scale"])
    )


def _one(result: "Result", scale: str, tests: pl.DataFrame, seed: int) -> Rated:
    tests = tests.sort("image_id", "repeat", "fold").with_columns(
        weight=1 / pl.len().over("image_id"), group=pl.col("group_id").rank("dense") - 1
    )
    columns = [tests[name].to_numpy() for name in ("mean", "estimate", "weight")]
    n, n_groups = tests["image_id"].n_unique(), tests["group_id"].n_unique()
    by_group = np.zeros((n_groups, 6))
    np.add.at(by_group, tests["group"].to_numpy(), measures.parts(*columns))
    drawn = resample.drawn_for(n_groups, seed, result.dataset, result.protocol).sums(by_group)

    def score(measure: Callable[[np.ndarray], np.ndarray]) -> Score:
        return Score(float(measure(by_group.sum(axis=0))), resample.ends(measure(drawn)), n)

    return Rated(
        dataset=result.dataset,
        entry=result.entry,
        protocol=result.protocol,
        scale=scale,
        n=n,
        method=resample.method(n, n_groups),
        deviation=float(np.std(tests.unique("image_id")["mean"].to_numpy())),
        correlation=score(measures.correlation),
        determination=score(measures.determination),
        concordance=score(measures.concordance),
        remarks=remarks(result).said,
    )
