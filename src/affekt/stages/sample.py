"""Draws the pictures people are asked about: so many an emotion, the first of a random order."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, ClassVar, Literal, Self

import daft
import numpy as np
import polars as pl
from jaxtyping import Int
from pydantic import Field, model_validator

from affekt.errors import UsageError
from affekt.parts import Place, did_you_mean
from affekt.rank import ranks_of
from affekt.stage import Desk, Outcome, Stage
from affekt.stages import _again
from affekt.tables import IMAGES, QUESTIONS, Pieces
from affekt.taxonomy import MIKELS8, Taxonomy

ASIDE = ("question_id", "role")  # what this stage adds to the columns of a picture
COLUMNS = tuple(name for name in QUESTIONS.columns if name not in ASIDE)
APART = ("image_id", "group_id")  # what tells that a picture, or its like, is in another draw
OWNER = ("source", "owner", "owner_id")  # what tells whose a picture is
DRAWN, NO_LABEL, EXCLUDED, OWNED, LATE, UNLISTED = range(6)
WORDS = {
    NO_LABEL: "no-weak-label",
    EXCLUDED: "excluded",
    OWNED: "owner-has-enough",
    LATE: "not-drawn",
    UNLISTED: "not-listed",
}
MARKED = {
    "image_id": pl.String,
    "emotion": pl.Int8,
    "rank": pl.Int64,
    "reason": pl.UInt8,
    "owner": pl.UInt64,
}
PIECE = 100_000  # dropped rows in memory at a time


class Sample(Stage):
    """Draw ``per_emotion`` pictures of every emotion by rank, and ``more`` of some.

    A longer draw contains the shorter one, so raising a number keeps every question asked before.
    Where an emotion has fewer pictures all are taken and the notes say what is missing. Tables of
    questions given besides the pictures exclude their pictures and all near copies of them.
    ``per_owner`` keeps a few busy people from filling an emotion: their further pictures are passed
    over. Pictures whose owner is unknown are no one's, and never too many.

    With ``again`` exactly the listed pictures are asked about, however many, as new questions that
    no earlier vote answers.

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
        "owner-has-enough": "its owner has as many pictures of the emotion as `per_owner` lets in",
        "not-drawn": "enough pictures of its emotion come earlier in the random order",
        "not-listed": "the list of pictures to ask about again does not name it",
    }

    taxonomy: Taxonomy
    seed: int
    per_emotion: int = Field(ge=0, description="pictures to draw of each emotion")
    more: dict[str, int] = Field({}, description="emotion → further pictures to draw")
    per_owner: int | None = Field(
        None, ge=1, description="most pictures of one owner for each emotion; any number if absent"
    )
    again: Place | None = Field(
        None, description="CSV of pictures that people are asked about once more, and no others"
    )
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
        rows = self._marked(images, [_in_memory(one, *APART) for one in excluding])
        listed = _again.listed(self.again, self.taxonomy.names) if self.again else None
        if listed is not None:
            rows = self._relisted(rows, listed)
        rows = rows.with_columns(self._placed(rows))
        ids = rows.filter(reason=DRAWN).select("image_id")
        drawn = images.select(*COLUMNS).join(
            daft.from_arrow(ids.to_arrow()), "image_id", how="semi"
        )
        pictures = _in_memory(drawn, *COLUMNS).sort("image_id")
        if self.again:  # the list may name another emotion than the query did
            pictures = pictures.with_columns(self._emotions(rows))
        questions = self._questions(pictures)
        left = rows.filter(pl.col("reason") != DRAWN)
        return Outcome(
            questions,
            dropped=Pieces(lambda: self._dropped(left)),
            notes=self._notes(questions, listed),
        )

    def witness(self) -> str:
        return _again.witness(self.again)

    def wanted(self) -> dict[str, int]:
        """Give the number of pictures to draw of every emotion."""
        return {name: self.per_emotion + self.more.get(name, 0) for name in self.taxonomy.names}

    def most(self) -> int:
        """Give the largest number of questions this draw can ask."""
        if self.again:
            return _again.listed(self.again, self.taxonomy.names).height
        return sum(self.wanted().values())

    def _marked(self, images: daft.DataFrame, apart: list[pl.DataFrame]) -> pl.DataFrame:
        """Give every picture, narrow and by name: emotion as number, rank, why it cannot be drawn.

        The table is as long as the web, so nothing else of it is held.
        """
        marked = [pl.DataFrame(schema=MARKED)]
        owner = OWNER if self.per_owner else ()
        for batch in images.select(*APART, "emotion", *owner).to_arrow_iter():
            piece = pl.from_arrow(batch)
            assert isinstance(piece, pl.DataFrame)
            marked.append(self._mark(piece, apart))
        rows = pl.concat(marked)
        return rows if rows["image_id"].is_sorted() else rows.sort("image_id")

    def _mark(self, pictures: pl.DataFrame, apart: list[pl.DataFrame]) -> pl.DataFrame:
        names = list(self.taxonomy.names)
        is_apart = pl.lit(False)
        for questions in apart:
            for column in APART:
                known = questions[column].drop_nulls().unique().implode()
                is_apart = is_apart | pl.col(column).is_in(known).fill_null(False)
        number = pl.col("emotion").replace_strict(names, range(len(names)), default=None)
        reason = (
            pl.when(~pl.col("emotion").is_in(names).fill_null(False))
            .then(NO_LABEL)
            .when(is_apart)
            .then(EXCLUDED)
            .otherwise(DRAWN)
        )
        ranks = ranks_of(pictures["image_id"], self.seed, "sample")
        owner = pl.concat_str("source", pl.lit("\0"), pl.coalesce("owner_id", "owner"))
        whose = pl.when(owner.is_not_null()).then(owner.hash(seed=0))
        # What is added to is a copy: a column as it came would keep all others in memory, too.
        return pictures.select(
            pl.col("image_id") + "",
            emotion=number.cast(pl.Int8),
            rank=pl.Series(ranks),
            reason=reason.cast(pl.UInt8),
            # A number is enough, because it is compared with others of this run only.
            owner=whose if self.per_owner else pl.lit(None, pl.UInt64),
        )

    def _relisted(self, rows: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
        """Give the pictures as the list wants them: all others are not asked about."""
        known = listed.with_columns(is_listed=True)
        rows = rows.join(known, on="image_id", how="left", maintain_order="left")
        if listed.height and not rows["is_listed"].any():
            raise UsageError(
                f"sample.again: none of the {listed.height:,} pictures listed is among the "
                f"{rows.height:,} of this plan; take the list from the report of a plan that "
                "benchmarks this plan's release"
            )
        emotion = pl.coalesce("asked", "emotion")
        reason = (
            pl.when(pl.col("is_listed").is_null())
            .then(UNLISTED)
            .when(pl.col("reason") == EXCLUDED)
            .then(EXCLUDED)
            .when(emotion.is_null())
            .then(NO_LABEL)
            .otherwise(DRAWN)
        )
        return rows.select(
            "image_id", "rank", "owner", emotion=emotion, reason=reason.cast(pl.UInt8)
        )

    def _emotions(self, rows: pl.DataFrame) -> pl.Series:
        """Give what is asked about each picture that is drawn, in the order of their names."""
        drawn = rows.filter(reason=DRAWN).sort("image_id")
        names = list(self.taxonomy.names)
        return drawn["emotion"].replace_strict(range(len(names)), names, return_dtype=pl.String)

    def _placed(self, rows: pl.DataFrame) -> list[pl.Series]:
        """Give ``place`` in the order of each emotion, and ``reason`` where that comes too late."""
        place, reason = np.zeros(rows.height, np.int32), rows["reason"].to_numpy().copy()
        if self.again:
            return [pl.Series("place", place), pl.Series("reason", reason)]
        if self.per_owner:
            reason[self._passed_over(rows, self.per_owner)] = OWNED
        open_ = np.flatnonzero(reason == DRAWN)
        emotion = rows["emotion"].gather(open_).to_numpy()
        order = np.lexsort((rows["rank"].gather(open_).to_numpy(), emotion))
        begin = np.searchsorted(emotion[order], np.arange(len(self.taxonomy)))
        place[open_[order]] = np.arange(len(order)) - begin[emotion[order]] + 1
        wanted = np.array(list(self.wanted().values()))
        reason[open_[place[open_] > wanted[emotion]]] = LATE
        return [pl.Series("place", place), pl.Series("reason", reason)]

    def _passed_over(self, rows: pl.DataFrame, most: int) -> Int[np.ndarray, " row"]:
        """Give the numbers of rows that come behind so many others of their owner and emotion."""
        owned = rows.select("owner", "emotion", "rank", "reason", row=pl.int_range(pl.len()))
        owned = owned.filter(pl.col("owner").is_not_null(), reason=DRAWN).sort("rank", "row")
        before = pl.int_range(pl.len()).over("owner", "emotion")
        return owned.filter(before >= most)["row"].to_numpy()

    def _dropped(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Give the rows that go, in pieces: most of the web is not drawn."""
        wanted = pl.col("emotion").replace_strict(
            range(len(self.taxonomy)), list(self.wanted().values()), return_dtype=pl.Int64
        )
        late = pl.format("place {}, {} are drawn", "place", wanted)
        words = pl.col("reason").replace_strict(WORDS, return_dtype=pl.String)
        for piece in (rows.clear(), *rows.iter_slices(PIECE)):
            yield piece.select("image_id", reason=words, detail=pl.when(reason=LATE).then(late))

    def _questions(self, drawn: pl.DataFrame) -> pl.DataFrame:
        ids = [
            question_id(image, emotion, f"{self.role} again" if self.again else self.role)
            for image, emotion in drawn.select("image_id", "emotion").iter_rows()
        ]
        return drawn.select(*COLUMNS, role=pl.lit(self.role)).with_columns(
            question_id=pl.Series(ids, dtype=pl.String)
        )

    def _notes(self, drawn: pl.DataFrame, listed: pl.DataFrame | None) -> Mapping[str, Any]:
        counts = dict(drawn["emotion"].value_counts().iter_rows())
        if listed is not None:
            return {"listed": listed.height, "drawn": counts}
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


def _in_memory(table: daft.DataFrame, *columns: str) -> pl.DataFrame:
    """Give a few columns of a table that people can label."""
    frame = pl.from_arrow(table.select(*columns).to_arrow())
    assert isinstance(frame, pl.DataFrame)
    return frame
