"""How many pictures of each source and emotion every step kept, or dropped and why.

References:
    You, Luo, Jin and Yang (2016), AAAI, Figure 2: pictures by emotion and source after cleaning.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from affekt.census.rows import CAME_FROM, KEPT, dropped, kept
from affekt.store import Product

STEPS = ("collect", *CAME_FROM)
COLUMNS = {
    "step": pl.String,
    "source": pl.String,
    "emotion": pl.String,
    "outcome": pl.String,
    "pictures": pl.Int64,
}


def counts(steps: Mapping[str, Product]) -> pl.DataFrame:
    """Give rows ``step source emotion outcome pictures`` for the steps that stand.

    ``outcome`` is ``kept`` or a reason; ``emotion`` is null where none is known. A picture found by
    two queries is two rows until the step ``dedupe``.
    """
    found = [pl.LazyFrame(schema=COLUMNS)]
    for step in STEPS:
        columns = ("source", "emotion")
        stays, goes = kept(steps, step, *columns), dropped(steps, step, *columns)
        if stays is not None:
            found.append(_counted(stays.with_columns(reason=pl.lit(KEPT)), step))
        if goes is not None:
            found.append(_counted(goes, step))
    whole = pl.concat(found).collect()
    order = pl.Series([STEPS.index(step) for step in whole["step"]], dtype=pl.Int64)
    return whole.sort(order, pl.exclude("step", "pictures"), nulls_last=True)


def _counted(rows: pl.LazyFrame, step: str) -> pl.LazyFrame:
    return (
        rows.group_by("source", "emotion", outcome="reason")
        .agg(pictures=pl.len().cast(pl.Int64))
        .select(
            step=pl.lit(step), source="source", emotion="emotion", outcome="outcome",
            pictures="pictures",
        )
    )  # fmt: skip


def figure_2(counted: pl.DataFrame, emotions: Sequence[str]) -> pl.DataFrame:
    """Give rows ``source emotion pictures share``: what is left after removing duplicates.

    Every source has a row for every emotion, 0 where nothing is left. ``share`` is of the source,
    0–1, null for a source of which nothing is left.
    """
    left = counted.filter((pl.col("step") == "dedupe") & (pl.col("outcome") == KEPT))
    sources = counted["source"].unique().sort()
    every = pl.DataFrame({"source": sources}).join(
        pl.DataFrame({"emotion": list(emotions)}, schema={"emotion": pl.String}), how="cross"
    )
    whole = every.join(
        left.select("source", "emotion", "pictures"), on=["source", "emotion"], how="left",
        maintain_order="left",
    ).with_columns(pl.col("pictures").fill_null(0))  # fmt: skip
    total = pl.col("pictures").sum().over("source")
    return whole.with_columns(share=pl.when(total > 0).then(pl.col("pictures") / total))
