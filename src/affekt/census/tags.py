"""Which emotions the tags of pictures name beside the one they were found for, and common tags."""

from collections.abc import Mapping

import polars as pl

from affekt.census.rows import kept
from affekt.stages._tags import bits_of, named_by, names_of
from affekt.store import Product
from affekt.taxonomy import Taxonomy

MOST = 30  # tags an emotion in the list of common ones


def cooccurrence(steps: Mapping[str, Product], taxonomy: Taxonomy) -> pl.DataFrame:
    """Give rows ``emotion named pictures share``: found for one emotion, with a tag of another.

    One row for every two emotions, the same twice included: then it is the share of pictures that
    carry a tag of the emotion they were found for. ``share`` is of the pictures found for
    ``emotion``, 0–1, null when there are none. Counted before anything was dropped, a picture once
    for each emotion it was found for.
    """
    names = pl.DataFrame({"emotion": taxonomy.names}, schema={"emotion": pl.String})
    every = names.join(names.rename({"emotion": "named"}), how="cross")
    hits = kept(steps, "collect", "source", "source_id", "emotion", "tags")
    if hits is None:
        return every.clear().with_columns(
            pictures=pl.lit(0, pl.Int64), share=pl.lit(None, pl.Float64)
        )
    hits = hits.drop_nulls("emotion").unique(["source", "source_id", "emotion"])
    found = hits.group_by("emotion").agg(found=pl.len())
    pairs = (
        _exploded(hits)
        .join(_emotions_of_tags(hits, taxonomy), on="tag")
        .unique(["source", "source_id", "emotion", "named"])
        .group_by("emotion", "named")
        .agg(pictures=pl.len().cast(pl.Int64))
    )
    return (
        every.lazy()
        .join(pairs, on=["emotion", "named"], how="left", maintain_order="left")
        .join(found, on="emotion", how="left", maintain_order="left")
        .with_columns(pl.col("pictures").fill_null(0))
        .select("emotion", "named", "pictures", share=pl.col("pictures") / pl.col("found"))
        .collect()
    )


def common(steps: Mapping[str, Product]) -> pl.DataFrame:
    """Give rows ``emotion place tag pictures``: the 30 tags that most pictures of an emotion have.

    Tags are compared as they were given, capital letters aside; equal counts in order of the tag.
    """
    hits = kept(steps, "collect", "source", "source_id", "emotion", "tags")
    if hits is None:
        hits = pl.LazyFrame(
            schema={
                **dict.fromkeys(("source", "source_id", "emotion"), pl.String),
                "tags": pl.List(pl.String),
            }
        )
    hits = hits.drop_nulls("emotion").unique(["source", "source_id", "emotion"])
    return (
        _exploded(hits)
        .with_columns(pl.col("tag").str.to_lowercase())
        .unique(["source", "source_id", "emotion", "tag"])
        .group_by("emotion", "tag")
        .agg(pictures=pl.len().cast(pl.Int64))
        .sort("emotion", -pl.col("pictures"), "tag")
        .with_columns(place=pl.int_range(1, pl.len() + 1).over("emotion"))
        .filter(pl.col("place") <= MOST)
        .select("emotion", "place", "tag", "pictures")
        .collect()
    )


def _exploded(hits: pl.LazyFrame) -> pl.LazyFrame:
    return hits.rename({"tags": "tag"}).explode("tag").drop_nulls("tag")


def _emotions_of_tags(hits: pl.LazyFrame, taxonomy: Taxonomy) -> pl.LazyFrame:
    """Give rows ``tag named`` for the tags that name an emotion; each distinct tag is read once."""
    bits = bits_of(taxonomy)
    tags = hits.select(pl.col("tags").explode().drop_nulls().unique()).collect()["tags"]
    pairs = [(tag, one) for tag in tags for one in names_of(named_by((tag,), bits), taxonomy)]
    return pl.LazyFrame(pairs, schema={"tag": pl.String, "named": pl.String}, orient="row")
