"""Link health: what became of the addresses of pictures, by source and by server."""

from collections.abc import Iterator

import polars as pl

from affekt.census.rows import KEPT, Standing, dropped, kept
from affekt.census.tally import tallied
from affekt.fetch.reasons import FINAL, PASSING, POLICY

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


def failures(steps: Standing) -> pl.DataFrame:
    """Give rows ``source class reason pictures``: what clean dropped after looking or asking.

    ``class`` is ``rule`` (dropped before anything was asked for), ``final`` (asking again cannot
    help), ``passing`` (it may), ``policy`` (not to be had or used), or ``picture`` (it came, and
    was dropped for what it is).
    """
    group = ["source", "reason"]
    pieces = (
        rows.group_by(group).agg(pictures=pl.len().cast(pl.Int64))
        for rows in dropped(steps, "clean", "source")
    )
    kind = pl.col("reason").replace_strict(CLASSES, default=OTHER, return_dtype=pl.String)
    return (
        tallied(pieces, group)
        .with_columns(kind.alias("class"))
        .select("source", "class", "reason", "pictures")
        .sort("source", "class", "reason")
    )


def servers(steps: Standing) -> pl.DataFrame:
    """Give rows ``host links arrived final passing policy health``, most links first, 50 at most.

    Of all addresses that were asked for; ``health`` is the share that arrived of those that no
    policy kept back, 0–1, null when there are none.
    """
    most = _first(tallied(_by_host(steps), ["host"], _first))
    open_to_us = pl.col("links") - pl.col("policy")
    health = pl.when(open_to_us > 0).then(pl.col("arrived") / open_to_us)
    return most.select("host", *OUTCOMES, health=health)


def _by_host(steps: Standing) -> Iterator[pl.DataFrame]:
    """Count the links of each server, as they come."""
    for rows in kept(steps, "clean", "url"):
        yield _counted(rows.with_columns(reason=pl.lit(KEPT)))
    for rows in dropped(steps, "clean", "url"):
        yield _counted(rows.filter(~pl.col("reason").is_in(NEVER_ASKED)))


def _counted(rows: pl.DataFrame) -> pl.DataFrame:
    kind = pl.col("reason").replace_strict(CLASSES, default="arrived", return_dtype=pl.String)
    hosts = rows.select(host=pl.col("url").str.extract(HOST).str.to_lowercase(), kind=kind)
    columns = [
        (pl.col("kind") == name).sum().cast(pl.Int64).alias(name)
        for name in ("arrived", "final", "passing", "policy")
    ]
    links = pl.len().cast(pl.Int64).alias("links")
    return hosts.drop_nulls("host").group_by("host").agg(links, *columns)


def _first(hosts: pl.DataFrame) -> pl.DataFrame:
    return hosts.sort(-pl.col("links"), "host").head(MOST)
