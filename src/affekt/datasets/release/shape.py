"""The form of a release: files, columns, manifest, said once for writer, loader and checker."""

import json
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import pyarrow as pa
from pydantic import BaseModel, Field

from affekt.taxonomy import Taxonomy

FORMAT = 2  # raise when an older affekt cannot read what this one writes
SPLITS = ("train", "validation", "test")
SPLIT_OF_PART = {"train": "train", "validate": "validation", "test": "test"}
PART_OF_SPLIT = {split: part for part, split in SPLIT_OF_PART.items()}
EXTENSIONS = {"JPEG": "jpg", "PNG": "png"}
MAX_PIXELS = 25_000_000
ROW_GROUP = 100  # rows; viewers read one group at a time

MANIFEST = "manifest.json"
CHECKSUMS = "CHECKSUMS.sha256"
LABELS = "annotations/labels.csv"
ATTRIBUTION = "annotations/attribution.csv"
VOTES = "annotations/votes.parquet"
ASKED = "annotations/asked.csv"
NOISY = "annotations/noisy.csv"
REMOVED = "annotations/removed.csv"
ARCHIVE = "images.zip"  # where it is wanted
PAPERS = ("README.md", "LICENSE.md", "CITATION.cff", "CHANGELOG.md")
TABLES = (LABELS, ATTRIBUTION, VOTES, ASKED, NOISY, REMOVED)
DATA = r"data/(train|validation|test)-(\d{5})-of-(\d{5})\.parquet"
LINKS = r"links/(train|validation|test)-(\d{5})-of-(\d{5})\.parquet"


class Kind(NamedTuple):
    """Arrow type and meaning of one column."""

    kind: Any
    meaning: str


_TEXT, _LONG, _INT = pa.string(), pa.int64(), pa.int32()
IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
COLUMNS: dict[str, Kind] = {
    "image": Kind(IMAGE, "the picture: bytes, and file name"),
    "image_id": Kind(
        _TEXT, "SHA-256 of the picture's bytes in this release; of the original's if not shipped"
    ),
    "label": Kind(_TEXT, "the emotion that enough people felt"),
    "share": Kind(
        pa.list_(pa.float64()),
        "share of votes an emotion, in taxonomy order; null where nobody was asked",
    ),
    "votes": Kind(_INT, "votes counted"),
    "votes_yes": Kind(_INT, "votes that felt the label"),
    "split": Kind(_TEXT, "train, validation or test"),
    "group_id": Kind(_TEXT, "pictures of one group are near copies; none is cut by the splits"),
    "is_generated": Kind(pa.bool_(), "painted by a program, not taken by a person"),
    "shipped": Kind(pa.bool_(), "whether the picture is inside"),
    "source": Kind(_TEXT, "where the picture was found"),
    "source_url": Kind(_TEXT, "address of the original file"),
    "landing_url": Kind(_TEXT, "page that shows the original to people"),
    "author": Kind(_TEXT, "who published it, where the licence demands the name"),
    "author_url": Kind(_TEXT, "page of the author, where known"),
    "owner_id": Kind(_TEXT, "pseudonym of who published it, not comparable between releases"),
    "licence": Kind(_TEXT, "canonical licence word"),
    "licence_url": Kind(_TEXT, "text of the licence"),
    "title": Kind(_TEXT, "title at the source"),
    "retrieved_at": Kind(_TEXT, "day the source answered, UTC"),
    "original_sha256": Kind(_TEXT, "SHA-256 of the file as found"),
    "sha256": Kind(_TEXT, "the same as image_id"),
    "phash": Kind(_TEXT, "64-bit perceptual hash of the picture as found; null when it is flat"),
    "width_px": Kind(_INT, "width; of the original if not shipped"),
    "height_px": Kind(_INT, "height; of the original if not shipped"),
    "bytes": Kind(_LONG, "size of the picture's bytes; of the original's if not shipped"),
    "warnings": Kind(
        pa.list_(pa.string()), "content notes; null where nobody assessed the picture"
    ),
}
VOTE_COLUMNS: dict[str, Kind] = {
    "question_id": Kind(_TEXT, "the question, as in asked.csv"),
    "worker": Kind(_TEXT, "pseudonym, not comparable between releases"),
    "emotion": Kind(_TEXT, "the emotion this row speaks of"),
    "felt": Kind(pa.bool_(), "whether the worker felt it"),
    "seconds": Kind(_INT, "from question to answer, whole seconds; null when not measured"),
}
ATTRIBUTION_COLUMNS = (
    "image_id", "shipped", "title", "author", "author_url", "source", "source_url", "landing_url",
    "licence", "licence_url", "retrieved_at", "text",
)  # fmt: skip
ASKED_COLUMNS = (
    "question_id", "original_sha256", "emotion", "role", "votes", "votes_yes", "outcome", "reason",
    "image_id",
)  # fmt: skip
NOISY_COLUMNS = ("original_sha256", "emotion")
REMOVED_COLUMNS = ("sha256", "phash", "removed_at", "reason")


def label_columns(taxonomy: Taxonomy) -> tuple[str, ...]:
    """Columns of labels.csv: the share vector becomes one column an emotion."""
    shares = tuple(f"share_{name}" for name in taxonomy.names)
    before = ("image_id", "shipped", "label", *shares, "votes", "votes_yes", "split", "group_id")
    return (*before, "is_generated", "original_sha256", "width_px", "height_px")


def data_schema() -> Any:
    """Arrow schema of the picture files, with the features that Hugging Face datasets reads."""
    return _schema_of(features())


def link_schema() -> Any:
    """Arrow schema of the files of what is not shipped: the same without the picture."""
    return _schema_of({name: one for name, one in features().items() if name != "image"})


def _schema_of(described: Mapping[str, Any]) -> Any:
    about = json.dumps({"info": {"features": described}})
    columns = [(name, COLUMNS[name].kind) for name in described]
    return pa.schema(columns).with_metadata({b"huggingface": about.encode()})


def vote_schema() -> Any:
    """Arrow schema of the single votes."""
    return pa.schema([(name, column.kind) for name, column in VOTE_COLUMNS.items()])


def features() -> dict[str, Any]:
    """Feature description of every column, as Hugging Face datasets writes it."""
    return {name: _feature(column.kind) for name, column in COLUMNS.items()}


def type_word(kind: Any) -> str:
    """Name of an Arrow type in a feature description; pictures aside.

    >>> type_word(pa.bool_()), type_word(pa.int32())
    ('bool', 'int32')
    """
    return {"double": "float64"}.get(str(kind), str(kind))


def _feature(kind: Any) -> dict[str, Any]:
    if kind == IMAGE:
        return {"_type": "Image"}
    if pa.types.is_list(kind):
        # Old and new readers both know this name for a list.
        return {"_type": "Sequence", "feature": _feature(kind.value_type)}
    return {"_type": "Value", "dtype": type_word(kind)}


class Tool(BaseModel, frozen=True):
    """What wrote a release."""

    name: str
    version: str


class About(BaseModel, frozen=True):
    """What a human says about a release."""

    name: str
    version: str
    mode: Literal["full", "links", "mixed"]
    title: str
    description: str = ""
    creators: tuple[str, ...] = ()
    contact: str = ""
    licence: str = Field("unknown", description="of the annotations")
    changes: tuple[str, ...] = ()
    permitted: dict[str, str] = Field(
        {}, description="licence word → why pictures under it are here all the same"
    )
    permitted_pictures: dict[str, str] = Field(
        {}, description="SHA-256 of an original → why that picture is here all the same"
    )
    faces: Literal["keep"] = "keep"
    response_days: int = Field(30, description="within which a request for removal is answered")


class EmotionCounts(BaseModel, frozen=True):
    """Pictures of one emotion."""

    asked: int
    labelled: int
    released: int = Field(description="shipped")
    linked: int = Field(0, description="not shipped, named by address and hash")
    train: int
    validation: int
    test: int


class Counts(BaseModel, frozen=True):
    """How many of everything."""

    asked: int
    labelled: int
    released: int = Field(description="shipped")
    linked: int = Field(0, description="not shipped, named by address and hash")
    generated: int
    votes: int
    workers: int
    noisy: int
    emotions: dict[str, EmotionCounts]
    splits: dict[str, int]
    licences: dict[str, int] = Field(description="of what is shipped")
    linked_licences: dict[str, int] = {}
    removed: int = Field(0, description="lines of the list of what was withdrawn")
    dropped: dict[str, int]


class Step(BaseModel, frozen=True):
    """One stage on the way to the release."""

    stage: str
    address: str
    inputs: tuple[str, ...]
    recipe: dict[str, Any]
    came_in: int
    kept: int
    dropped: int
    reasons: dict[str, int]
    notes: dict[str, Any]


class Manifest(BaseModel, frozen=True):
    """What ``manifest.json`` says."""

    format: int
    tool: Tool
    release: About
    taxonomy: Taxonomy
    recipe: dict[str, Any]
    near_bits: int = Field(
        description="perceptual hashes this many bits apart are in one group; 0: not looked for"
    )
    seeds: dict[str, int]
    stages: tuple[Step, ...]
    counts: Counts
    versions: dict[str, str]
