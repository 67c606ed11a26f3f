"""The rows of the web's side of the line, with the emotion beside every dropped one."""

from collections.abc import Mapping

import polars as pl

from affekt.store import Product

CAME_FROM = {"clean": "collect", "dedupe": "clean", "sample": "dedupe"}
KEPT = "kept"


def kept(steps: Mapping[str, Product], step: str, *columns: str) -> pl.LazyFrame | None:
    """Give some columns of what a step kept; None while it does not stand."""
    made = steps.get(step)
    return pl.scan_parquet(made.whole("table")).select(columns) if made else None


def dropped(steps: Mapping[str, Product], step: str, *columns: str) -> pl.LazyFrame | None:
    """Give ``reason`` and some columns, of the table that came in, for what a step dropped.

    None while the step, or the one before it, does not stand. A row dropped at the first step was
    never in a table: all it has is the name of its source.
    """
    made = steps.get(step)
    if made is None:
        return None
    lost = pl.scan_parquet(made.whole("dropped"))
    if step not in CAME_FROM:
        absent = [
            pl.lit(None, pl.String).alias(name)
            for name in columns
            if name not in lost.collect_schema()
        ]
        return lost.with_columns(absent).select("reason", *columns)
    before = steps.get(CAME_FROM[step])
    if before is None:
        return None
    key = [name for name in lost.collect_schema() if name not in ("reason", "detail")]
    wanted = [name for name in columns if name not in key]
    rows = pl.scan_parquet(before.whole("table")).select(*key, *wanted)
    return lost.select(*key, "reason").join(rows, on=key, how="left").select("reason", *columns)
