"""The rows of a release: joined of what the line knows, and told as the world sees them."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from affekt.datasets.release import shape
from affekt.forgotten import Forgotten, withdrawals
from affekt.stages import _credits, _warnings

FROM_IMAGES = {
    "url": "source_url", "page_url": "landing_url",
    **{name: name for name in ("shard", "row_group", "row", "source", "title", "owner", "owner_url",
                               "tags", "licence", "found_at", "is_generated", "phash", "n_bytes")},
    **{name: f"{name}_found" for name in ("width_px", "height_px", "format")},
}  # fmt: skip


def joined(labels: pl.DataFrame, images: pl.DataFrame, splits: pl.DataFrame) -> pl.DataFrame:
    """Give the labelled pictures with all that is known of them."""
    if "owner_url" not in images.columns:  # a product of an older affekt
        images = images.with_columns(owner_url=pl.lit(None, pl.String))
    return (
        labels.rename({"emotion": "label", "shares": "share"})
        .join(images.select("image_id", *FROM_IMAGES), on="image_id", how="left")
        .rename(FROM_IMAGES, strict=False)
        .join(splits.select("image_id", "group_id", "part"), on="image_id", how="left")
        .with_columns(
            pl.col("is_generated").fill_null(value=False),
            split=pl.col("part").replace_strict(shape.SPLIT_OF_PART, default=None),
            reason=pl.lit(None, pl.String),
        )
        .rename({"image_id": "original_id"})
        .sort("original_id")
    )


def without(gone: Forgotten, rows: pl.DataFrame) -> pl.DataFrame:
    """Give the rows with the reason where what they are about, or its like, was withdrawn."""
    is_gone = gone.among(rows.select("original_id")) | gone.near(rows["phash"])
    reason = pl.when(pl.lit(is_gone)).then(pl.lit("withdrawn")).otherwise("reason")
    return rows.with_columns(reason=reason) if gone else rows


def with_made(rows: pl.DataFrame, made: pl.DataFrame, gone: Forgotten) -> pl.DataFrame:
    """Give the rows with the rebuilt pictures' places and facts; of equal ones the first stays."""
    whole = rows.drop("shard", "row_group", "row").join(
        made.rename({"reason": "trouble"}), on="original_id", how="left"
    )
    first = pl.col("original_id").min().over("image_id")
    is_again = pl.col("image_id").is_not_null() & (pl.col("original_id") != first)
    is_gone = gone.among(whole.select("image_id"))
    withdrawn = pl.when(pl.lit(is_gone)).then(pl.lit("withdrawn"))
    return whole.with_columns(
        reason=pl.coalesce(
            "reason", "trouble", withdrawn, pl.when(is_again).then(pl.lit("same-pixels"))
        ),
        detail=pl.coalesce("detail", pl.when(is_again).then(first)),
    )


def published(kept: pl.DataFrame, salt: str, notes: Mapping[str, tuple[str, ...]]) -> pl.DataFrame:
    """Give the rows as the world sees them: `shape.COLUMNS` but the picture, and its place."""
    rows = _credits.credited(kept, salt)
    hashes = [None if one is None else f"{one:016x}" for one in rows["phash"]]
    rows = rows.with_columns(
        group_id=pl.col("image_id").min().over("group_id"),
        retrieved_at=pl.col("found_at").str.slice(0, 10),
        original_sha256=pl.col("original_id"),
        sha256=pl.col("image_id"),
        phash=pl.Series(hashes, dtype=pl.String),
        warnings=_warnings.of_tags(rows["tags"], notes),
    )
    columns = [name for name in shape.COLUMNS if name != "image"]
    return rows.select(*columns, "format", "shard", "row_group", "row").sort("image_id")


def removed(path: Path | None) -> pl.DataFrame:
    """Give what was withdrawn as releases list it."""
    names = shape.REMOVED_COLUMNS
    return pl.DataFrame(withdrawals(path), schema=dict.fromkeys(names, pl.String), orient="row")


def dropped(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the pictures that are neither shipped nor linked, with the reason."""
    lost = rows.filter(pl.col("reason").is_not_null())
    return lost.select("reason", "detail", image_id="original_id")
