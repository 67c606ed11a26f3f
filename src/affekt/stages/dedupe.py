"""Keep one of all copies of a picture, and say which pictures belong together."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import daft
import numpy as np
import polars as pl
from pydantic import Field, model_validator

from affekt.pictures.near import MOST_BITS, Hashes, keepers, near_components
from affekt.stage import Desk, Outcome, Stage
from affekt.tables import CLEAN, IMAGES

KEY = list(CLEAN.key)
NEEDED = [*KEY, "emotion", "width_px", "height_px", "n_bytes", "phash"]


class Dedupe(Stage):
    """Keep one of all copies of a picture.

    Copies have equal bytes, or perceptual hashes within `max_hamming_bits` of each other. The
    keeper is the labelled one before one without emotion, then the one with most pixels, most
    bytes, smallest image_id; of equal bytes the first by source and source_id.

    Pictures are taken in that order: one within the limit of a keeper is its copy, any other
    becomes a keeper. So a chain of small changes is no single group: every copy is within the
    limit of its own keeper, and no two pictures that stay are within the limit of each other. A
    picture without emotion never disagrees. A flat picture has no hash and is compared by its
    bytes only.

    What stays gets a `group_id`: the smallest image_id among all that steps of at most
    `group_bits` join.
    """

    max_hamming_bits: int = Field(
        4,
        ge=0,
        le=MOST_BITS,
        description="bits in which near copies differ at most; 0: equal bytes only",
    )
    group_bits: int = Field(
        8,
        ge=0,
        le=MOST_BITS,
        description="bits a step inside a group; 0: every picture its own group",
    )
    disagree: Literal["drop", "keep-first"] = Field(
        "drop", description="what happens to copies found for different emotions"
    )

    takes = CLEAN
    gives = IMAGES
    engine = "daft"
    reasons: ClassVar[Mapping[str, str]] = {
        "exact-copy": "another picture has the same bytes",
        "near-copy": "a better picture has nearly the same perceptual hash",
        "copies-disagree": "it and its copies were found for different emotions",
    }

    @model_validator(mode="after")
    def _groups_hold_copies(self) -> Self:
        if self.group_bits < self.max_hamming_bits:
            raise ValueError(
                f"group_bits is {self.group_bits} and max_hamming_bits is {self.max_hamming_bits}; "
                "group_bits must not be smaller, because what nearly is a copy belongs together"
            )
        return self

    def run(self, desk: Desk, clean: Any, *_: Any, **__: Any) -> Outcome:
        rows = _in_keeper_order(clean)
        judged = self._judged(rows)
        kept = judged.filter(pl.col("reason").is_null())
        dropped = judged.filter(pl.col("reason").is_not_null()).select(*KEY, "reason", "detail")
        groups = kept.select(KEY).with_columns(group_id=_groups(kept, self.group_bits))
        table = clean.join(daft.from_arrow(groups.to_arrow()), on=KEY)
        return Outcome(table.select(*IMAGES.columns), dropped)

    def _judged(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Add why a row is dropped, null if it stays, and the detail that names its keeper."""
        firsts = rows.unique("image_id", keep="first", maintain_order=True)
        firsts = firsts.select("image_id", keeper=_keepers(firsts, self.max_hamming_bits))
        rows = rows.join(firsts, on="image_id", maintain_order="left")
        emotion = pl.col("emotion")
        n_emotions = emotion.drop_nulls().n_unique().over("keeper")
        disagrees = (n_emotions > 1) & (self.disagree == "drop")
        named = emotion.drop_nulls().unique().sort().str.join(", ").over("keeper")
        is_first = pl.col("image_id").is_first_distinct()
        is_keeper = pl.col("image_id") == pl.col("keeper")
        reason = (
            pl.when(disagrees)
            .then(pl.lit("copies-disagree"))
            .when(~is_first)
            .then(pl.lit("exact-copy"))
            .when(~is_keeper)
            .then(pl.lit("near-copy"))
        )
        detail = pl.when(disagrees).then(pl.format("{}; keeper {}", named, "keeper"))
        return rows.with_columns(
            reason=reason, detail=detail.otherwise(pl.format("keeper {}", "keeper"))
        )


def _in_keeper_order(clean: daft.DataFrame) -> pl.DataFrame:
    """Give the narrow columns, the best keeper first; rows of equal bytes stand together."""
    rows = pl.from_arrow(clean.select(*NEEDED).to_arrow())
    assert isinstance(rows, pl.DataFrame)
    unlabelled = pl.col("emotion").is_null()
    return rows.sort(
        unlabelled.all().over("image_id"),
        -(pl.col("width_px").cast(pl.Int64) * pl.col("height_px")),
        -pl.col("n_bytes"),
        "image_id",
        unlabelled,
        "source",
        "source_id",
    )


def _keepers(firsts: pl.DataFrame, bits: int) -> pl.Series:
    """Give the image_id of each picture's keeper, in keeper order; flat ones keep themselves."""
    keeper = np.arange(firsts.height)
    hashed = np.flatnonzero(firsts["phash"].is_not_null().to_numpy())
    if bits and len(hashed):
        keeper[hashed] = hashed[keepers(_hashes(firsts), bits)]
    return firsts["image_id"].gather(keeper)


def _groups(kept: pl.DataFrame, bits: int) -> pl.Series:
    """Give the smallest image_id of each picture's group."""
    hashed = np.flatnonzero(kept["phash"].is_not_null().to_numpy())
    group = np.arange(kept.height)
    if bits and len(hashed):
        group[hashed] = hashed[near_components(_hashes(kept), bits)]
    numbered = kept.select("image_id").with_columns(group=pl.Series(group))
    return numbered.select(pl.col("image_id").min().over("group")).to_series()


def _hashes(rows: pl.DataFrame) -> Hashes:
    return rows["phash"].drop_nulls().to_numpy()
