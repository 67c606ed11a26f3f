"""Link health: what became of the addresses of pictures, by source and by server."""

from collections.abc import Mapping

import polars as pl

from affekt.census.rows import KEPT, dropped, kept
from affekt.fetch.reasons import FINAL, PASSING, POLICY
from affekt.store import Product

MOST = 50  # servers in the list
NEVER_ASKED = ("two-emotions", "two-queries", "found-twice", "licence")  # dropped before asking
CLASSES = {
    **dict.fromkeys(NEVER_ASKED, "rule"),
    **dict.fromkeys(FINAL, "final"),
    **dict.fromkeys(PASSING, "passing"),
    **dict.fromkeys(POLICY, "policy"),
}
OTHER = "picture"  # it arrived, and was dropped for what it is
OUTCOMES = ("links", "arrived", "final", "passing", "policy")
HOST = r"^https?://(?:[^/@?#]*@)?(\[[^\]]*\]|[^:/?#]+)"


def failures(steps: Mapping[str, Product]) -> pl.DataFrame:
    """Give rows ``source class reason pictures``: what clean dropped after looking or asking.

    ``class`` is ``rule`` (dropped before anything was asked for), ``final`` (asking again cannot
    help), ``passing`` (it may), ``policy`` (not to be had or used), or ``picture`` (it came, and
    was dropped for what it is).
    """
    lost = dropped(steps, "clean", "source")
    if lost is None:
        return pl.DataFrame(
            schema={**dict.fromkeys(("source", "class", "reason"), pl.String), "pictures": pl.Int64}
        )
    counted = lost.group_by("source", "reason").agg(pictures=pl.len().cast(pl.Int64)).collect()
    kind = pl.col("reason").replace_strict(CLASSES, default=OTHER, return_dtype=pl.String)
    return (
        counted.with_columns(kind.alias("class"))
        .select("source", "class", "reason", "pictures")
        .sort("source", "class", "reason")
    )


def servers(steps: Mapping[str, Product]) -> pl.DataFrame:
    """Give rows ``host links arrived final passing policy health``, most links first, 50 at most.

    Of all addresses that were asked for; ``health`` is the share that arrived of those that no
    policy kept back, 0–1, null when there are none.
    """
    schema = {"host": pl.String, **dict.fromkeys(OUTCOMES, pl.Int64), "health": pl.Float64}
    came, lost = kept(steps, "clean", "url"), dropped(steps, "clean", "url")
    if came is None or lost is None:
        return pl.DataFrame(schema=schema)
    asked = pl.concat([came.with_columns(reason=pl.lit(KEPT)).select("reason", "url"), lost])
    kind = pl.col("reason").replace_strict(CLASSES, default="arrived", return_dtype=pl.String)
    rows = asked.filter(~pl.col("reason").is_in(NEVER_ASKED)).select(
        host=pl.col("url").str.extract(HOST).str.to_lowercase(), kind=kind
    )
    columns = [
        (pl.col("kind") == name).sum().cast(pl.Int64).alias(name)
        for name in ("arrived", "final", "passing", "policy")
    ]
    counted = (
        rows.drop_nulls("host")
        .group_by("host")
        .agg(pl.len().cast(pl.Int64).alias("links"), *columns)
    )
    open_to_us = pl.col("links") - pl.col("policy")
    health = pl.when(open_to_us > 0).then(pl.col("arrived") / open_to_us)
    return (
        counted.with_columns(health=health)
        .select(list(schema))
        .sort(-pl.col("links"), "host")
        .head(MOST)
        .collect()
    )
