"""Where the pictures that are left come from: licences, owners, dates and sizes."""

from collections.abc import Mapping

import polars as pl

from affekt import licences
from affekt.census.rows import kept
from affekt.store import Product

SHARES = (0.01, 0.1)  # of the owners, those with most pictures
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def of_licences(steps: Mapping[str, Product]) -> pl.DataFrame:
    """Give rows ``source emotion licence redistribution pictures`` of what dedupe kept.

    ``licence`` is null where the source names none; ``redistribution`` is the class of
    `affekt.licences`, ``reference`` for what is not known.
    """
    rows = _left(steps, "source", "emotion", "licence")
    counted = (
        rows.group_by("source", "emotion", "licence")
        .agg(pictures=pl.len().cast(pl.Int64))
        .sort("source", "emotion", "licence", nulls_last=True)
        .collect()
    )
    known = [licences.of(word) for word in counted["licence"]]
    classes = ["reference" if one is None else one.redistribution for one in known]
    return counted.with_columns(
        redistribution=pl.Series(classes, dtype=pl.String),
    ).select("source", "emotion", "licence", "redistribution", "pictures")


def of_owners(steps: Mapping[str, Product]) -> pl.DataFrame:
    """Give one row a source: ``source pictures owners unowned largest top_1 top_10``.

    ``owners`` counts those who are named, ``unowned`` the pictures without; ``largest`` is the
    share of the owner with most pictures, ``top_1`` and ``top_10`` those of the one and the ten
    per cent of owners with most, at least one owner; all of the owned pictures, 0–1, null when no
    picture has an owner. Nobody is named.
    """
    rows = _left(steps, "source", "owner", "owner_id")
    owner = pl.coalesce("owner_id", "owner")
    each = rows.group_by("source", owner=owner).agg(n=pl.len().cast(pl.Int64)).collect()
    named = each.drop_nulls("owner").sort("source", "n", descending=[False, True])
    size = pl.col("n").sum()
    tops = [
        (pl.col("n").head((pl.len() * share).ceil().cast(pl.Int64)).sum() / size).alias(
            f"top_{share * 100:.0f}"
        )
        for share in SHARES
    ]
    of_named = named.group_by("source").agg(
        *tops, owners=pl.len().cast(pl.Int64), largest=pl.col("n").max() / size
    )
    totals = each.group_by("source").agg(
        pictures=size, unowned=pl.col("n").filter(pl.col("owner").is_null()).sum()
    )
    columns = ("source", "pictures", "owners", "unowned", "largest", "top_1", "top_10")
    whole = totals.join(of_named, on="source", how="left").sort("source")
    return whole.with_columns(pl.col("owners").fill_null(0)).select(columns)


def of_years(steps: Mapping[str, Product]) -> pl.DataFrame:
    """Give rows ``source year pictures`` by the year of upload; null where it is not known."""
    rows = _left(steps, "source", "uploaded_at")
    year = pl.col("uploaded_at").str.slice(0, 4).cast(pl.Int32, strict=False)
    return (
        rows.group_by("source", year=year)
        .agg(pictures=pl.len().cast(pl.Int64))
        .sort("source", "year", nulls_last=True)
        .collect()
    )


def of_sizes(steps: Mapping[str, Product]) -> pl.DataFrame:
    """Give rows ``source quantile shorter_px longer_px n_bytes``, quantiles 5, 25, 50, 75, 95 %."""
    rows = _left(steps, "source", "width_px", "height_px", "n_bytes")
    shorter, longer = pl.min_horizontal, pl.max_horizontal
    sides = rows.select(
        "source",
        shorter_px=shorter("width_px", "height_px"),
        longer_px=longer("width_px", "height_px"),
        n_bytes="n_bytes",
    )
    pieces = [
        sides.group_by("source").agg(
            pl.all().quantile(quantile, "lower").cast(pl.Int64), quantile=pl.lit(quantile)
        )
        for quantile in QUANTILES
    ]
    columns = ("source", "quantile", "shorter_px", "longer_px", "n_bytes")
    return pl.concat(pieces).select(columns).sort("source", "quantile").collect()


def _left(steps: Mapping[str, Product], *columns: str) -> pl.LazyFrame:
    rows = kept(steps, "dedupe", *columns)
    if rows is not None:
        return rows
    numbers = ("width_px", "height_px", "n_bytes")
    return pl.LazyFrame(
        schema={name: pl.Int64 if name in numbers else pl.String for name in columns}
    )
