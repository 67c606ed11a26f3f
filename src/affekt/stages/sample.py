"""Draws the pictures people are asked about: so many an emotion, the first of a random order."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, ClassVar, Literal, Self

import daft
import polars as pl
from pydantic import Field, model_validator

from affekt.parts import did_you_mean
from affekt.rank import rank_of
from affekt.stage import Desk, Outcome, Stage
from affekt.tables import IMAGES, QUESTIONS
from affekt.taxonomy import MIKELS8, Taxonomy

ASIDE = ("question_id", "role")  # what this stage adds to the columns of a picture
COLUMNS = tuple(name for name in QUESTIONS.columns if name not in ASIDE)


class Sample(Stage):
    """Draw ``per_emotion`` pictures of every emotion by rank, and ``more`` of some.

    A longer draw contains the shorter one, so raising a number keeps every question asked before.
    Where an emotion has fewer pictures all are taken and the notes say what is missing. Tables of
    questions given besides the pictures exclude their pictures and all near copies of them.

    References:
        You, Luo, Jin and Yang (2016), AAAI: 11,000 an emotion at random, then 2,000 more of fear;
        the noisy set is drawn from what was not submitted.
    """

    version = 2  # questions carry the name of the picture at its source
    gives = QUESTIONS
    takes = IMAGES
    engine = "daft"
    reasons: ClassVar[Mapping[str, str]] = {
        "no-weak-label": "no emotion of the taxonomy is known for the picture, so nothing is asked",
        "excluded": "the picture, or a near copy, is in a draw that must stay apart from this one",
        "not-drawn": "enough pictures of its emotion come earlier in the random order",
    }

    taxonomy: Taxonomy
    seed: int
    per_emotion: int = Field(ge=0, description="pictures to draw of each emotion")
    more: dict[str, int] = Field({}, description="emotion → further pictures to draw")
    role: Literal["task", "noisy"] = Field(
        "task", description="asked of the crowd, or kept apart with its weak label"
    )

    @classmethod
    def example(cls) -> Self:
        return cls(taxonomy=MIKELS8, seed=1, per_emotion=2)

    @model_validator(mode="after")
    def _more_is_known(self) -> Self:
        for emotion, count in self.more.items():
            if emotion not in self.taxonomy.names:
                known = did_you_mean(emotion, list(self.taxonomy.names))
                raise ValueError(f"more names the unknown emotion {emotion!r}; {known}")
            if count < 0:
                raise ValueError(f"more.{emotion} is {count}; 0 or a larger number is allowed")
        return self

    def run(
        self, desk: Desk, images: daft.DataFrame, *excluding: daft.DataFrame, **_: Any
    ) -> Outcome:
        pictures = _narrow(images, *COLUMNS)
        apart = [_narrow(questions, "image_id", "group_id") for questions in excluding]
        judged = self._judge(pictures, apart)
        drawn = judged.filter(pl.col("reason").is_null())
        dropped = judged.filter(pl.col("reason").is_not_null())
        return Outcome(
            self._questions(drawn),
            dropped=dropped.select("image_id", "reason", "detail"),
            notes=self._notes(drawn),
        )

    def wanted(self) -> dict[str, int]:
        """Give the number of pictures to draw of every emotion."""
        return {name: self.per_emotion + self.more.get(name, 0) for name in self.taxonomy.names}

    def most(self) -> int:
        """Give the largest number of questions this draw can ask."""
        return sum(self.wanted().values())

    def _judge(self, pictures: pl.DataFrame, apart: list[pl.DataFrame]) -> pl.DataFrame:
        """Add to every picture why it is not drawn; null when it is."""
        names = list(self.taxonomy.names)
        is_apart = pl.lit(False)
        for questions in apart:
            for column in ("image_id", "group_id"):
                known = questions[column].drop_nulls().unique().implode()
                is_apart = is_apart | pl.col(column).is_in(known).fill_null(False)
        refused = (
            pl.when(~pl.col("emotion").is_in(names).fill_null(False))
            .then(pl.lit("no-weak-label"))
            .when(is_apart)
            .then(pl.lit("excluded"))
        )
        judged = pictures.with_columns(reason=refused, detail=pl.lit(None, dtype=pl.String))
        return judged.with_columns(self._not_drawn(judged))

    def _not_drawn(self, judged: pl.DataFrame) -> list[pl.Series]:
        """Give the columns ``reason`` and ``detail`` with those that come too late filled in."""
        ranks = [
            rank_of(image, self.seed, "sample") if reason is None else None
            for image, reason in judged.select("image_id", "reason").iter_rows()
        ]
        wanted = pl.col("emotion").replace_strict(self.wanted(), default=0, return_dtype=pl.Int64)
        place = pl.col("rank").rank("ordinal").over("emotion").cast(pl.Int64)
        placed = judged.with_columns(rank=pl.Series(ranks, dtype=pl.Int64)).select(
            "reason", "detail", place=place, wanted=wanted
        )
        is_late = pl.col("reason").is_null() & (pl.col("place") > pl.col("wanted"))
        late = pl.format("place {}, {} are drawn", "place", "wanted")
        filled = placed.select(
            reason=pl.when(is_late).then(pl.lit("not-drawn")).otherwise("reason"),
            detail=pl.when(is_late).then(late).otherwise("detail"),
        )
        return filled.get_columns()

    def _questions(self, drawn: pl.DataFrame) -> pl.DataFrame:
        ids = [
            question_id(image, emotion, self.role)
            for image, emotion in drawn.select("image_id", "emotion").iter_rows()
        ]
        return drawn.select(*COLUMNS, role=pl.lit(self.role)).with_columns(
            question_id=pl.Series(ids, dtype=pl.String)
        )

    def _notes(self, drawn: pl.DataFrame) -> Mapping[str, Any]:
        counts = dict(drawn["emotion"].value_counts().iter_rows())
        wanted = self.wanted()
        got = {name: int(counts.get(name, 0)) for name in wanted}
        return {
            "wanted": wanted,
            "drawn": got,
            "shortfall": {
                name: wanted[name] - got[name] for name in wanted if got[name] < wanted[name]
            },
        }


def question_id(image_id: str, emotion: str, role: str) -> str:
    """Name a question by what it asks about which picture: 32 hexadecimal digits."""
    return sha256(f"{image_id}\n{emotion}\n{role}".encode()).hexdigest()[:32]


def _narrow(table: daft.DataFrame, *columns: str) -> pl.DataFrame:
    """Bring a few columns into memory, by picture; the bytes of pictures never come along."""
    frame = pl.from_arrow(table.select(*columns).to_arrow())
    assert isinstance(frame, pl.DataFrame)
    return frame.sort("image_id")
