"""Which emotions the tags of pictures name beside the one they were found for, and common tags."""

from collections.abc import Iterable, Iterator

import polars as pl

from affekt.census.rows import Standing, kept
from affekt.census.tally import tallied
from affekt.stages._conflicts import Lexicon
from affekt.taxonomy import Taxonomy

MOST = 30  # tags an emotion in the list of common ones
PICTURE = ("source", "source_id")


def cooccurrence(steps: Standing, taxonomy: Taxonomy) -> pl.DataFrame:
    """Give rows ``emotion named pictures share``: found for one emotion, with a tag of another.

    One row for every two emotions, the same twice included: then it is the share of pictures that
    carry a tag of the emotion they were found for. ``share`` is of the pictures found for
    ``emotion``, 0–1, null when there are none. Counted before anything was dropped, a picture once
    for each emotion it was found for.
    """
    names = pl.DataFrame({"emotion": taxonomy.names}, schema={"emotion": pl.String})
    every = names.join(names.rename({"emotion": "named"}), how="cross")
    if "collect" not in steps.kept:
        return every.clear().with_columns(
            pictures=pl.lit(0, pl.Int64), share=pl.lit(None, pl.Float64)
        )
    sets = tallied(_sets(_found(steps), taxonomy), ["emotion", "bits"])
    found = sets.group_by("emotion").agg(found=pl.col("pictures").sum())
    pairs = pl.concat(
        sets.filter(pl.col("bits") & (1 << number) > 0)
        .group_by("emotion", named=pl.lit(name))
        .agg(pl.col("pictures").sum())
        for number, name in enumerate(taxonomy.names)
    )
    return (
        every.join(pairs, on=["emotion", "named"], how="left", maintain_order="left")
        .join(found, on="emotion", how="left", maintain_order="left")
        .with_columns(pl.col("pictures").fill_null(0))
        .select("emotion", "named", "pictures", share=pl.col("pictures") / pl.col("found"))
    )


def _sets(hits: Iterable[pl.DataFrame], taxonomy: Taxonomy) -> Iterator[pl.DataFrame]:
    """Count the pictures of each emotion by the set of emotions that their tags name."""
    lexicon = Lexicon(taxonomy)
    for rows in hits:
        tags = rows["tags"].to_arrow(compat_level=pl.CompatLevel.oldest())
        bits = pl.Series(lexicon.of_tags(tags).plain)
        counted = rows.group_by("emotion", bits=bits)
        yield counted.agg(pictures=pl.len().cast(pl.Int64))


def common(steps: Standing) -> pl.DataFrame:
    """Give rows ``emotion place tag pictures``: the 30 tags that most pictures of an emotion have.

    Tags are compared as they were given, capital letters aside; equal counts in order of the tag.
    """
    most = tallied(_tags(_found(steps)), ["emotion", "tag"], _first)
    return _first(most).select("emotion", "place", "tag", "pictures")


def _tags(hits: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Count the pictures of each emotion by tag; letters are looked at once a distinct tag."""
    for rows in hits:
        flat = rows.with_row_index().explode("tags").drop_nulls("tags")
        coded = flat["tags"].to_arrow(compat_level=pl.CompatLevel.oldest()).dictionary_encode()
        names = pl.DataFrame({"tag": coded.dictionary}, schema={"tag": pl.String}).select(
            pl.col("tag").str.to_lowercase(), code=pl.int_range(pl.len())
        )
        first = names.select(pl.col("code").first().over("tag"))["code"]
        codes = first.gather(pl.Series(coded.indices))
        each = flat.select("index", "emotion", code=codes).unique(["index", "code"])
        counted = each.group_by("emotion", "code").agg(pictures=pl.len().cast(pl.Int64))
        yield counted.select("emotion", "pictures", tag=names["tag"].gather(counted["code"]))


def _first(sums: pl.DataFrame) -> pl.DataFrame:
    return (
        sums.select("emotion", "tag", "pictures")
        .sort("emotion", -pl.col("pictures"), "tag")
        .with_columns(place=pl.int_range(1, pl.len() + 1).over("emotion"))
        .filter(pl.col("place") <= MOST)
    )


def _found(steps: Standing) -> Iterator[pl.DataFrame]:
    """Give ``emotion`` and ``tags``, a picture once for each emotion it was found for.

    The rows of one picture are neighbours; those of the last one of a piece wait for the next.
    """
    rest = None
    for piece in kept(steps, "collect", *PICTURE, "emotion", "tags"):
        rows = piece if rest is None else pl.concat([rest, piece])
        is_last = pl.all_horizontal(pl.col(name) == pl.col(name).last() for name in PICTURE)
        rest = rows.filter(is_last)
        yield _once(rows.filter(~is_last))
    if rest is not None:
        yield _once(rest)


def _once(rows: pl.DataFrame) -> pl.DataFrame:
    hits = rows.drop_nulls("emotion")
    hits = hits.unique([*PICTURE, "emotion"], keep="first", maintain_order=True)
    return hits.select("emotion", "tags")
