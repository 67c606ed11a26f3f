"""How many pictures of each source and emotion every step kept, or dropped and why.

References:
    You, Luo, Jin and Yang (2016), AAAI, Figure 2: pictures by emotion and source after cleaning.
"""

from collections.abc import Iterator, Sequence

import polars as pl

from affekt.census.rows import KEPT, STEPS, Standing, dropped, kept
from affekt.census.tally import tallied

GROUP = ("step", "source", "emotion", "outcome")


def counts(steps: Standing) -> pl.DataFrame:
    """Give rows ``step source emotion outcome pictures`` for the steps that stand.

    ``outcome`` is ``kept`` or a reason; ``emotion`` is null where none is known. A picture found by
    two queries is two rows until the step ``dedupe``.
    """
    whole = tallied(_counted(steps), GROUP)
    order = pl.Series([STEPS.index(step) for step in whole["step"]], dtype=pl.Int64)
    return whole.sort(order, pl.exclude("step", "pictures"), nulls_last=True)


def _counted(steps: Standing) -> Iterator[pl.DataFrame]:
    for step in STEPS:
        for rows in kept(steps, step, "source", "emotion"):
            yield _by_outcome(rows.with_columns(reason=pl.lit(KEPT)), step)
        for rows in dropped(steps, step, "source", "emotion"):
            yield _by_outcome(rows, step)


def _by_outcome(rows: pl.DataFrame, step: str) -> pl.DataFrame:
    counted = rows.group_by("source", "emotion", outcome="reason").agg(
        pictures=pl.len().cast(pl.Int64)
    )
    return counted.select(*(pl.lit(step).alias("step"), *GROUP[1:]), "pictures")


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
