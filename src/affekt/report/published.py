"""All predictions of a benchmark in one Parquet file, from which every score follows again.

One row a test, whatever the entry, data set and protocol; labels, groups and emotions stand in it,
so that neither the plan nor the pictures are needed to score it.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from affekt.durable import replaced
from affekt.errors import Damaged, NewerFormat, UsageError
from affekt.report.banners import banners
from affekt.report.inputs import Banner, ReportInput
from affekt.report.remarks import Remarks
from affekt.report.tested import About
from affekt.tables import Column, Schema
from affekt.taxonomy import MIKELS8, Emotion, Taxonomy

NAME = "predictions.parquet"
FORMAT = 1  # raise when an older affekt cannot read what is written
NOTE = b"affekt"  # of the file's metadata

TESTS = Schema(
    "tests",
    ("dataset", "entry", "protocol", "repeat", "fold", "image_id"),
    {
        "dataset": Column(pl.String, "data set of the plan"),
        "entry": Column(pl.String, "feature and model, or a floor"),
        "protocol": Column(pl.String, "protocol of the plan"),
        "repeat": Column(pl.Int32, "repetition of the whole protocol, from 0"),
        "fold": Column(pl.Int32, "fold in which the picture was tested, from 0"),
        "image_id": Column(pl.String, "SHA-256 of the picture's bytes"),
        "group_id": Column(pl.String, "pictures that stay on one side of every fold"),
        "emotion": Column(pl.String, "the label"),
        "part": Column(pl.String, "train, test or validate where the data set says so"),
        "shares": Column(pl.List(pl.Float64), "share of votes, in the order of `emotions`"),
        "is_trained": Column(pl.Boolean, "whether a picture of this label was left to learn from"),
        "near_bits": Column(pl.Int32, "bits to the nearest picture trained on; null: not known"),
        "probabilities": Column(pl.List(pl.Float64), "by the model, in the order of `emotions`"),
        "claims": Column(pl.List(pl.Boolean), "by classifiers of one emotion each, where such are"),
        "curve": Column(pl.String, "data set of the learning curve it belongs to; null: of none"),
        "labels": Column(pl.Int64, "labels learned from before, on a learning curve"),
        "emotions": Column(pl.List(pl.String), "chosen among"),
        "signs": Column(pl.List(pl.Int8), "+1 pleasant, -1 unpleasant, 0 neither, of `emotions`"),
    },
)


class Note(BaseModel):
    """What the file says of the plan behind its rows.

    Attributes:
        banners: Warnings of its report, such as that no person voted.
        remarks: Data set, entry and protocol, and what a reader must know of them.
    """

    model_config = ConfigDict(frozen=True)

    title: str
    plan: str
    plan_sha256: str
    seed: int
    banners: tuple[Banner, ...]
    versions: dict[str, str]
    remarks: tuple[tuple[str, str, str, Remarks], ...]


class Tests(NamedTuple):
    """The rows of one entry on one data set under one protocol, see `affekt.report.tested`.

    Attributes:
        curve: Tested data set of a learning curve, whose rows tell ``labels``, too; ``""`` of none.
    """

    about: About
    rows: pl.DataFrame
    curve: str = ""


def write(tests: Sequence[Tests], given: ReportInput, path: Path) -> None:
    """Write the rows of all tests; the names of picture files stay at home."""
    frames = [TESTS.empty(), *(_framed(one) for one in tests)]
    note = {
        "format": FORMAT,
        "title": given.title,
        "plan": given.plan_name,
        "plan_sha256": given.plan_sha256,
        "seed": given.seed,
        "banners": banners(given),
        "versions": dict(given.versions),
        "remarks": [_as_note(one) for one in tests],
    }
    table = pl.concat(frames).to_arrow()
    table = table.replace_schema_metadata({NOTE: json.dumps(note).encode()})
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced(path) as beside:
        pq.write_table(table, beside, compression="zstd")


def _framed(one: Tests) -> pl.DataFrame:
    about = one.about
    rows = one.rows if one.curve else one.rows.with_columns(labels=None)
    named = rows.with_columns(
        curve=pl.lit(one.curve or None, dtype=pl.String),
        dataset=pl.lit(about.dataset),
        entry=pl.lit(about.entry),
        protocol=pl.lit(about.protocol),
        emotions=pl.lit(list(about.emotions), dtype=pl.List(pl.String)),
        signs=pl.lit(list(about.signs), dtype=pl.List(pl.Int8)),
    )
    return TESTS.shaped(named, "report")


def _is_whole() -> pl.Expr:
    """Tell whether the lists of a row belong to its emotions."""
    k = pl.col("emotions").list.len()
    needed = [pl.col(name).list.len() == k for name in ("probabilities", "signs")]
    allowed = [(pl.col(name).list.len() == k).fill_null(True) for name in ("claims", "shares")]
    keys = [pl.col(name).is_not_null() for name in TESTS.key]
    return pl.all_horizontal(k > 1, *needed, *allowed, *keys).fill_null(False)


class Published(NamedTuple):
    """What such a file holds: what was said of the plan, and the tests."""

    note: Note
    tests: tuple[Tests, ...]


def read(path: Path) -> Published:
    """Give what is in the file, entries in the order of the plan that made it.

    Raises:
        UsageError: There is no such file, or it holds no predictions of affekt.
        NewerFormat: A newer affekt wrote it.
        Damaged: Columns are missing or have other types.
    """
    try:
        metadata = pq.read_schema(path).metadata or {}
        told = json.loads(metadata[NOTE])
        made_with = int(told["format"])
        note = Note.model_validate(told) if made_with <= FORMAT else None
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as trouble:
        raise UsageError(
            f"{path}: holds no predictions of affekt ({type(trouble).__name__}: "
            f"{' '.join(str(trouble).split())}); give a {NAME} that `affekt report` wrote"
        ) from trouble
    if note is None:
        raise NewerFormat(
            f"{path}: written in format {made_with}, this affekt reads up to {FORMAT}; update "
            "affekt"
        )
    tests = tuple(_told(one, note) for one in _entries(path))
    try:
        taxonomy(tests)
    except ValueError as trouble:
        raise Damaged(
            f"{path}: names emotions that cannot be ({trouble}); get it again"
        ) from trouble
    return Published(note, tests)


def taxonomy(tests: tuple[Tests, ...]) -> Taxonomy:
    """Give the emotions of the first entry, or Mikels' where there is none."""
    if not tests:
        return MIKELS8
    about = tests[0].about
    emotions = tuple(
        Emotion.model_validate({"name": name, "valence": sign})
        for name, sign in zip(about.emotions, about.signs, strict=True)
    )
    return Taxonomy(name="published", emotions=emotions)


def _told(one: Tests, note: Note) -> Tests:
    """Give the tests with what a reader must know of them."""
    key = [one.about.dataset, one.about.entry, one.about.protocol]
    for *names, said in note.remarks:
        if names == key:
            return one._replace(about=one.about._replace(remarks=said))
    return one


def _as_note(one: Tests) -> list[Any]:
    about, told = one.about, one.about.remarks
    unreported = None if told.unreported is None else sorted(told.unreported)
    said = told._replace(unreported=None)._asdict() | {"unreported": unreported}
    return [about.dataset, about.entry, about.protocol, said]


def _entries(path: Path) -> Iterator[Tests]:
    rows = pl.read_parquet(path)
    missing = [name for name, kind in TESTS.types().items() if rows.schema.get(name) != kind]
    if missing:
        raise Damaged(f"{path}: the columns {missing} are missing or of another type; get it again")
    wrong = rows.filter(~_is_whole())
    if wrong.height:
        raise Damaged(
            f"{path}: {wrong.height} rows have not one probability, claim, share and sign for each "
            f"of the emotions, first of {wrong['image_id'][0]!r}; get it again"
        )
    names = ("dataset", "entry", "protocol")
    for key, some in rows.group_by(*names, maintain_order=True):
        dataset, entry, protocol = (str(word) for word in key)
        emotions, signs = some["emotions"][0].to_list(), some["signs"][0].to_list()
        about = About(dataset, entry, protocol, tuple(emotions), tuple(signs))
        curve = some["curve"][0] or ""
        spare = () if curve else ("labels",)
        rest = some.drop(*names, "emotions", "signs", "curve", *spare).with_columns(
            name=pl.col("image_id").str.head(12)
        )
        yield Tests(about, rest.sort("image_id", "repeat", "fold"), curve)
