"""Pool: pictures drawn with their weak labels, as a set that a net can learn from."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import polars as pl
from pydantic import Field

from affekt.rank import ranked
from affekt.stage import Desk, Outcome, Stage
from affekt.stages.split import cut
from affekt.tables import PICTURES, QUESTIONS
from affekt.taxonomy import MIKELS8, Taxonomy

HASHES = ("phash", "dhash")  # by which near copies are found


class Pool(Stage):
    """Give the noisy draw as labelled pictures, cut into train and validate by groups.

    The labels are those of the search; nobody verified them.

    References:
        You, Luo, Jin and Yang (2016), AAAI: the Noisy-Fine-tuned-CNN learns from weak labels of
        pictures that were not submitted to the crowd.
    """

    gives = PICTURES
    takes = QUESTIONS
    reasons: ClassVar[Mapping[str, str]] = {
        "gone": "the picture it names is no longer among those of dedupe",
    }

    taxonomy: Taxonomy
    seed: int
    held_out: float = Field(0.05, ge=0, lt=1, description="share to choose by; part validate")

    @classmethod
    def example(cls) -> Self:
        return cls(taxonomy=MIKELS8, seed=1)

    def run(
        self, desk: Desk, noisy: pl.DataFrame, images: pl.DataFrame, *_: Any, **__: Any
    ) -> Outcome:
        spots = images.select("image_id", "shard", "row_group", "row", "is_generated", *HASHES)
        drawn = noisy.join(spots, on="image_id", how="left")
        there = drawn.filter(pl.col("shard").is_not_null())
        part_of = self._parts(there)
        kept = there.with_columns(
            name=pl.col("source_id"),
            part=pl.col("image_id").replace_strict(part_of, return_dtype=pl.String),
        )
        known = [name for name in PICTURES.columns if name in kept.columns]
        gone = drawn.filter(pl.col("shard").is_null())
        counts = kept.group_by("emotion", "part").len().sort("emotion", "part").rows()
        return Outcome(
            pl.concat([PICTURES.empty(), kept.select(known)], how="diagonal"),
            gone.select("question_id", reason=pl.lit("gone")),
            notes={"pictures": [list(row) for row in counts]},
        )

    def _parts(self, there: pl.DataFrame) -> dict[str, str]:
        """Give the part of each picture; groups stay whole, every emotion is cut by itself."""
        shares = {"train": 1 - self.held_out, "validate": self.held_out}
        parts: dict[str, str] = {}
        home = pl.coalesce("group_id", "image_id")
        homes = there.sort("image_id").with_columns(
            home=home, owner=pl.col("emotion").first().over(home)
        )
        for emotion in self.taxonomy.names:
            rows = homes.filter(pl.col("owner") == emotion)
            sizes = dict(rows["home"].value_counts().iter_rows())
            order = ranked(sizes, self.seed, "pool")
            part_of = cut(order, [sizes[group] for group in order], shares) if order else {}
            for image_id, home in rows.select("image_id", "home").iter_rows():
                parts[image_id] = part_of[home]
        return parts
