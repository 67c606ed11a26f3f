"""Pair: two data sets as one, the first to train on and the second to test."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import polars as pl
from pydantic import Field

from affekt.errors import AffektError
from affekt.stage import Desk, Outcome, Stage
from affekt.tables import PICTURES

ROW = ("image_id", "reason", "detail")


class Pair(Stage):
    """Keep the pictures of emotions that both sides know, and no copy of a tested one to train on.

    Emotions are the same when their names are. Two pictures are copies when their bytes are equal,
    or one hash differs in at most ``near_bits`` and the other in at most twice as many, as `dedupe`
    has it; flat pictures, and values without a picture, have no hashes. The rows keep their places
    on the shelf; their part says on which side they are. Shares of votes are kept where a side's
    emotions are all that remain.
    """

    gives = PICTURES
    takes = PICTURES
    conserves = False
    reasons: ClassVar[Mapping[str, str]] = {
        "same-bytes": "a tested picture of the other data set has the same bytes",
        "near-copy": "a tested picture of the other data set is a near copy",
        "emotion-unknown": "the other data set does not know its emotion",
        "other-part": "it is in a part that is neither trained on nor tested",
    }

    trained: tuple[str, ...] = Field(description="emotions of the side that is trained on")
    tested: tuple[str, ...] = Field(description="emotions of the side that is tested")
    near_bits: int = Field(8, ge=0, le=16, description="bits in which hashes of copies may differ")
    by_parts: bool = Field(False, description="keep the parts `train` and `test`, if any")

    @property
    def shared(self) -> tuple[str, ...]:
        """Emotions that both sides know, in the order of the tested one."""
        return tuple(name for name in self.tested if name in self.trained)

    def run(self, desk: Desk, trained: pl.DataFrame, tested: pl.DataFrame, **_: Any) -> Outcome:
        if len(self.shared) < 2:
            raise AffektError(
                f"pair: one side knows {', '.join(self.trained)}, the other "
                f"{', '.join(self.tested)}; they share {len(self.shared)} names, two are needed; "
                "take data sets with a common taxonomy, or leave out the protocol 'transfer'"
            )
        from affekt.stages._crossings import copies  # its kernels take half a second to import

        train = self._side(trained, self.trained, "train")
        test = self._side(tested, self.tested, "test")
        twins = copies(train.kept, test.kept, self.near_bits)
        lost = pl.concat([train.lost, test.lost, twins]).filter(pl.col("reason").is_not_null())
        kept = train.kept.join(twins, on="image_id", how="anti")
        # A group may be called by the same name in both data sets and means nothing of the other.
        kept = kept.with_columns(group_id=pl.lit("trained: ") + pl.col("group_id"))
        both = pl.concat([kept, test.kept])
        return Outcome(both, lost, notes={"remarks": self._remarks(lost)})

    def _side(self, rows: pl.DataFrame, emotions: tuple[str, ...], part: str) -> "_Side":
        is_other = (pl.col("part") != part).fill_null(True) & self._has_part(rows, part)
        reason = (
            pl.when(~pl.col("emotion").is_in(self.shared))
            .then(pl.lit("emotion-unknown"))
            .when(is_other)
            .then(pl.lit("other-part"))
        )
        judged = rows.with_columns(reason=reason, detail=pl.lit(part), part=pl.lit(part))
        if emotions != self.shared:
            judged = judged.with_columns(shares=pl.lit(None, dtype=PICTURES.types()["shares"]))
        kept = judged.filter(pl.col("reason").is_null()).select(list(PICTURES.columns))
        return _Side(kept, judged.select(ROW))

    def _has_part(self, rows: pl.DataFrame, part: str) -> bool:
        return self.by_parts and part in rows["part"]

    def _remarks(self, lost: pl.DataFrame) -> list[str]:
        """Give what a table of results has to say, one sentence each."""
        counted = lost.group_by("reason", "detail").len()
        n = {(reason, side): count for reason, side, count in counted.iter_rows()}
        said = []
        same, near = n.get(("same-bytes", "train"), 0), n.get(("near-copy", "train"), 0)
        if same or near:
            said.append(
                f"{same + near:,} pictures were left out of training, copies of tested ones: "
                f"{same:,} of the same bytes, {near:,} near"
            )
        for side, own, word in (
            ("train", self.trained, "trained on"),
            ("test", self.tested, "tested"),
        ):
            alone = [name for name in own if name not in self.shared]
            if alone:
                count = n.get(("emotion-unknown", side), 0)
                said.append(
                    f"known only to the side that is {word} and left out: {', '.join(alone)} "
                    f"({count:,} pictures)"
                )
        return said


class _Side(NamedTuple):
    kept: pl.DataFrame
    lost: pl.DataFrame
