"""The contract of every table that flows along the two lines: each column typed and explained once.

A table is a polars or a Daft frame while a stage works on it and a Parquet file when it rests.
Missing is
null, never ``""``. Every table rests sorted by its key, so that equal rows are equal bytes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Union

import polars as pl

from affekt.errors import TableError

if TYPE_CHECKING:
    import daft


class Pieces:
    """A table too big for memory that comes piece by piece, anew each time; one piece at least."""

    def __init__(self, make: Callable[[], Iterator[pl.DataFrame]]) -> None:
        self._make = make

    def __iter__(self) -> Iterator[pl.DataFrame]:
        return self._make()


Table = Union[pl.DataFrame, "daft.DataFrame", Pieces]


class Column(NamedTuple):
    """Type and meaning of one column."""

    dtype: pl.DataType | type[pl.DataType]
    meaning: str


@dataclass(frozen=True)
class Schema:
    """Name, columns in order, and the columns that tell one row from another."""

    name: str
    key: tuple[str, ...]
    columns: dict[str, Column]

    def types(self) -> dict[str, pl.DataType | type[pl.DataType]]:
        """Give the polars type of every column, in order."""
        return {name: column.dtype for name, column in self.columns.items()}

    def empty(self) -> pl.DataFrame:
        """Give a table of this schema without rows."""
        return pl.DataFrame(schema=self.types())

    def conform(self, frame: pl.DataFrame, made_by: str) -> pl.DataFrame:
        """Give the frame with exactly these columns and types, sorted by key.

        Raises:
            TableError: A column is missing, cannot take its type, or two rows share one key.
        """
        (whole,) = self.distinct([self.shaped(frame, made_by).sort(self.key)], made_by)
        return whole

    def shaped(self, frame: pl.DataFrame, made_by: str) -> pl.DataFrame:
        """Give the frame with exactly these columns and types.

        Raises:
            TableError: A column is missing, or cannot take its type.
        """
        missing = [name for name in self.columns if name not in frame.columns]
        if missing:
            raise TableError(f"{made_by}: the table {self.name!r} lacks the columns {missing}")
        try:
            return frame.select(pl.col(name).cast(kind) for name, kind in self.types().items())
        except pl.exceptions.PolarsError as trouble:
            raise TableError(
                f"{made_by}: the table {self.name!r} has a wrong type: {trouble}"
            ) from trouble

    def distinct(self, pieces: Iterable[pl.DataFrame], made_by: str) -> Iterator[pl.DataFrame]:
        """Pass on the pieces of a table, in which rows of one key lie in one piece.

        Raises:
            TableError: Two rows share one key; told after the last piece.
        """
        n_twice, first = 0, None
        for piece in pieces:
            twice = piece.select(self.key).filter(piece.select(self.key).is_duplicated())
            if twice.height:
                n_twice, first = n_twice + twice.height, first or twice.row(0)
            yield piece
        if n_twice:
            raise TableError(
                f"{made_by}: {n_twice} rows of {self.name!r} share a key, first {first!r}"
            )


def _schema(
    name: str, key: str, *blocks: dict[str, tuple[pl.DataType | type[pl.DataType], str]]
) -> Schema:
    columns = {word: Column(*about) for block in blocks for word, about in block.items()}
    return Schema(name, tuple(key.split()), columns)


SIZE = pl.Struct({"name": pl.String, "url": pl.String, "width_px": pl.Int32, "height_px": pl.Int32})
_HIT: dict[str, tuple[pl.DataType | type[pl.DataType], str]] = {
    "source": (pl.String, "kind of the source that returned it"),
    "source_id": (pl.String, "name of the picture at its source"),
    "emotion": (
        pl.String,
        "weak label: the emotion whose query returned it; null in an unlabelled folder",
    ),
    "query": (pl.String, "words the source was asked"),
    "tags": (pl.List(pl.String), "tags as given by people at the source"),
    "title": (pl.String, "title at the source"),
    "owner": (pl.String, "who published it, as the source names them"),
    "owner_id": (pl.String, "who published it, by the source's own unchanging name"),
    "licence": (pl.String, "canonical licence word, as in `affekt.licences`"),
    "url": (pl.String, "where the bytes are"),
    "page_url": (pl.String, "page that shows the picture to people"),
    "taken_at": (pl.String, "when it was taken, ISO 8601, as the source says"),
    "uploaded_at": (pl.String, "when it was put there, ISO 8601, UTC"),
    "found_at": (pl.String, "when the source answered, ISO 8601, UTC"),
    "is_generated": (pl.Boolean, "painted by a program, not taken by a person"),
    "truth": (
        pl.String,
        "emotion a generated picture was painted for; null for every real picture",
    ),
}
_SEARCHED: dict[str, tuple[pl.DataType | type[pl.DataType], str]] = {
    "description": (pl.String, "text beside the picture, without mark-up, first 2,000 characters"),
    "machine_tags": (pl.List(pl.String), "tags that the source says no person gave"),
    "owner_url": (pl.String, "page of who published it"),
    "safety": (pl.String, "how safe the source calls it: safe, moderate or restricted"),
    "sizes": (pl.List(SIZE), "every size the source offers, smallest first"),
    "raw_sha256": (pl.String, "SHA-256 of the entry as the source gave it, canonical JSON"),
}
_PICTURE: dict[str, tuple[pl.DataType | type[pl.DataType], str]] = {
    "image_id": (pl.String, "SHA-256 of the bytes, 64 hexadecimal digits"),
    "shard": (pl.String, "file of the shelf that holds the bytes"),
    "row_group": (pl.Int32, "row group inside the shard"),
    "row": (pl.Int32, "row inside the row group"),
}
_FACTS: dict[str, tuple[pl.DataType | type[pl.DataType], str]] = {
    "width_px": (pl.Int32, "width of the upright picture"),
    "height_px": (pl.Int32, "height of the upright picture"),
    "n_bytes": (pl.Int64, "size of the file"),
    "format": (pl.String, "JPEG, PNG, WEBP or GIF, told by content"),
    "is_animated": (pl.Boolean, "has more than one frame; only the first is used"),
    "phash": (pl.UInt64, "64-bit perceptual hash of the upright picture; null when it is flat"),
    "dhash": (pl.UInt64, "64-bit difference hash of the upright picture; null when it is flat"),
}

FOUND = _schema("found", "source source_id query", _HIT, _SEARCHED)
_CREDIT = {"owner_url": _SEARCHED["owner_url"]}  # older products lack it
CLEAN = _schema("clean", "image_id source source_id", _PICTURE, _HIT, _FACTS, _CREDIT)
IMAGES = _schema(
    "images",
    "image_id",
    _PICTURE,
    _HIT,
    _FACTS,
    _CREDIT,
    {"group_id": (pl.String, "smallest image_id among its near copies; its own when it has none")},
)
QUESTIONS = _schema(
    "questions",
    "question_id",
    {
        "question_id": (pl.String, "sha256 of image, emotion and role, first 32 digits"),
        "image_id": (pl.String, "picture that is shown"),
        "emotion": (pl.String, "emotion that is asked about"),
        "role": (pl.String, "task, gold or qualification"),
        "group_id": (pl.String, "group of near copies the picture belongs to"),
        "truth": (pl.String, "emotion a generated picture was painted for; null for real pictures"),
        "source": _HIT["source"],
        "source_id": _HIT["source_id"],
    },
)
VOTES = _schema(
    "votes",
    "question_id worker emotion",
    {
        "question_id": (pl.String, "what was asked about which picture"),
        "worker": (pl.String, "random token, stable inside one plan"),
        "emotion": (pl.String, "the emotion this row speaks of"),
        "felt": (pl.Boolean, "whether the worker felt it"),
        "seconds": (pl.Float32, "from question shown to answer, s; null when not measured"),
    },
)
DECISIONS = _schema(
    "decisions",
    "question_id emotion",
    {
        "question_id": (pl.String, "question the votes answered"),
        "emotion": (pl.String, "emotion decided about"),
        "votes": (pl.Int32, "votes counted"),
        "votes_yes": (pl.Int32, "votes that felt it"),
        "share": (pl.Float64, "probability that the emotion is felt, by the rule, 0–1"),
        "is_label": (
            pl.Boolean,
            "whether the rule keeps the emotion as label; null while the votes do not decide",
        ),
    },
)
LABELS = _schema(
    "labels",
    "image_id",
    {
        "image_id": (pl.String, "picture"),
        "question_id": (pl.String, "question whose votes decided"),
        "emotion": (pl.String, "strong label"),
        "votes": (pl.Int32, "votes counted"),
        "votes_yes": (pl.Int32, "votes that felt the label"),
        "shares": (
            pl.List(pl.Float64),
            "probability an emotion, taxonomy order; null where not asked",
        ),
    },
)
SPLITS = _schema(
    "splits",
    "image_id",
    {
        "image_id": (pl.String, "picture"),
        "group_id": (pl.String, "group that stays on one side"),
        "part": (pl.String, "train, test or validate"),
    },
)
RELEASED = _schema(
    "released",
    "image_id",
    {
        "image_id": (pl.String, "SHA-256 of the released bytes"),
        "original_id": (pl.String, "SHA-256 of the bytes as found"),
        "emotion": (pl.String, "strong label"),
        "part": (pl.String, "train, validation or test"),
    },
)
RATING = pl.Struct({"scale": pl.String, "mean": pl.Float64})
PICTURES = _schema(
    "pictures",
    "image_id",
    _PICTURE,
    {
        "name": (pl.String, "name of the picture in its data set"),
        "emotion": (pl.String, "label to be predicted"),
        "shares": (
            pl.List(pl.Float64),
            "share of votes an emotion, taxonomy order; null when unknown",
        ),
        "ratings": (
            pl.List(RATING),
            "mean of what people answered on each scale, such as valence; null when not rated",
        ),
        "values": (
            pl.List(pl.Float32),
            "values that the data set brings itself; null where it brings pictures alone",
        ),
        "group_id": (pl.String, "pictures that must stay on one side of every fold"),
        "part": (pl.String, "train, test or validate where the data set says so, else null"),
        "is_generated": (pl.Boolean, "painted by a program, not taken by a person"),
        "phash": _FACTS["phash"],
        "dhash": _FACTS["dhash"],
    },
)
STUDIED = _schema(
    "studied",
    "image_id",
    {
        "image_id": (pl.String, "picture that a net learned from or was chosen by"),
        "group_id": (pl.String, "group of near copies the picture belongs to"),
        "part": (pl.String, "train, or validate: a run is chosen by it"),
    },
)
FEATURES = _schema(
    "features",
    "image_id",
    {
        "image_id": (pl.String, "picture"),
        "vector": (pl.List(pl.Float32), "one value a feature"),
    },
)
MAPPED = _schema(
    "mapped",
    "image_id",
    {
        "image_id": (pl.String, "picture"),
        "x": (pl.Float64, "place on the map, to the right; no unit"),
        "y": (pl.Float64, "place on the map, upwards; no unit"),
        "near": (
            pl.List(pl.Int32),
            "nearest pictures by the feature, nearest first: numbers of rows of this table, from 0",
        ),
        "near_on_map": (pl.List(pl.Int32), "nearest pictures on the map, as in `near`"),
        "recall": (pl.Float64, "share of `near_on_map` that is near by the feature, 0–1"),
        "trust": (pl.Float64, "what the picture adds to trustworthiness, the mean of all"),
    },
)
EXPLAINED = _schema(
    "explained",
    "image_id",
    {
        "image_id": (pl.String, "tested picture"),
        "emotion": (pl.String, "what was said of it, and what the maps speak for"),
        "probability": (pl.Float64, "of that emotion, 0–1"),
        "is_right": (pl.Boolean, "it is the picture's label"),
        "place": (pl.Int32, "in the random order of the right answers, or of the wrong, from 0"),
        "map": (
            pl.List(pl.Float32),
            "what each cell of a square grid adds to the answer, row by row from the upper left",
        ),
        "map_shuffled": (pl.List(pl.Float32), "the same with the classifier's weights shuffled"),
        "map_all_shuffled": (pl.List(pl.Float32), "the same with the net's shuffled, too"),
        "without_marked": (pl.Float64, "probability with the highest cells of `map` greyed out"),
        "without_random": (pl.Float64, "probability with as many cells by lot greyed out"),
    },
)
PREDICTIONS = _schema(
    "predictions",
    "repeat fold image_id emotion",
    {
        "repeat": (pl.Int32, "repetition of the whole protocol, from 0"),
        "fold": (pl.Int32, "fold in which the picture was tested, from 0"),
        "image_id": (pl.String, "tested picture"),
        "emotion": (pl.String, "emotion of this row"),
        "probability": (pl.Float64, "by the model, 0–1; sums to 1 over the emotions of a picture"),
        "is_claimed": (
            pl.Boolean,
            "what the classifier of this emotion alone says; null where the model only chooses",
        ),
    },
)
ESTIMATES = _schema(
    "estimates",
    "repeat fold image_id scale",
    {
        "repeat": (pl.Int32, "repetition of the whole protocol, from 0"),
        "fold": (pl.Int32, "fold in which the picture was tested, from 0"),
        "image_id": (pl.String, "tested picture"),
        "scale": (pl.String, "scale of this row, such as valence"),
        "estimate": (pl.Float64, "of the mean rating, by the model, in points of the scale"),
    },
)
ALL = {
    schema.name: schema
    for schema in (
        FOUND, CLEAN, IMAGES, QUESTIONS, VOTES, DECISIONS, LABELS, SPLITS, RELEASED, PICTURES,
        STUDIED, FEATURES,
        MAPPED, EXPLAINED, PREDICTIONS, ESTIMATES,
    )
}  # fmt: skip
