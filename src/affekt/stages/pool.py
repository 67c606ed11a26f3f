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

    The labels are those of the search; nobody verified them. The draw leaves out the groups of near
    copies of whatever was submitted to the crowd, which all tested pictures of a release are of. A
    group that grew long is cut, so here hashes are compared once more, picture by picture.

    References:
        You, Luo, Jin and Yang (2016), AAAI: the Noisy-Fine-tuned-CNN learns from weak labels of
        pictures that were not submitted to the crowd.
    """

    gives = PICTURES
    takes = QUESTIONS
    reasons: ClassVar[Mapping[str, str]] = {
        "gone": "the picture it names is no longer among those of dedupe",
        "near-copy": "a picture submitted to the crowd is a near copy, though of another group",
    }

    taxonomy: Taxonomy
    seed: int
    held_out: float = Field(0.05, ge=0, lt=1, description="share to choose by; part validate")

    near_bits: int = Field(8, ge=0, le=16, description="bits in which hashes of copies may differ")

    @classmethod
    def example(cls) -> Self:
        return cls(taxonomy=MIKELS8, seed=1)

    def run(
        self, desk: Desk, noisy: pl.DataFrame, images: pl.DataFrame, asked: pl.DataFrame, **_: Any
    ) -> Outcome:
        spots = images.select("image_id", "shard", "row_group", "row", "is_generated", *HASHES)
        drawn = noisy.join(spots, on="image_id", how="left")
        is_gone = pl.col("shard").is_null()
        twins = self._twins(drawn.filter(~is_gone), spots.join(asked, on="image_id", how="semi"))
        is_twin = pl.col("image_id").is_in(twins)
        there = drawn.filter(~is_gone & ~is_twin)
        part_of = self._parts(there)
        kept = there.with_columns(
            name=pl.col("source_id"),
            part=pl.col("image_id").replace_strict(part_of, return_dtype=pl.String),
        )
        known = [name for name in PICTURES.columns if name in kept.columns]
        reason = pl.when(is_gone).then(pl.lit("gone")).otherwise(pl.lit("near-copy"))
        counts = kept.group_by("emotion", "part").len().sort("emotion", "part").rows()
        return Outcome(
            pl.concat([PICTURES.empty(), kept.select(known)], how="diagonal"),
            drawn.filter(is_gone | is_twin).select("question_id", reason=reason),
            notes={"pictures": [list(row) for row in counts]},
        )

    def _twins(self, drawn: pl.DataFrame, asked: pl.DataFrame) -> list[str]:
        """Give the drawn pictures that are near copies of submitted ones."""
        from affekt.stages._crossings import copies  # its kernels take half a second to import

        train = drawn.select("image_id", *HASHES, part=pl.lit("train"))
        test = asked.select("image_id", *HASHES, part=pl.lit("test"))
        return copies(train, test, self.near_bits)["image_id"].to_list()

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
