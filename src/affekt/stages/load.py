"""Bring a labelled picture set onto the shelf, one row a picture."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np
import polars as pl
from pydantic import Field

from affekt.datasets import Dataset, Labelled
from affekt.errors import AffektError, PictureError
from affekt.forgotten import Forgotten
from affekt.forgotten import read as read_forgotten
from affekt.parts import Place
from affekt.pictures.decode import Decoders
from affekt.pictures.limits import Limits
from affekt.pictures.reasons import REASONS
from affekt.stage import Desk, Outcome, Progress, Stage
from affekt.tables import PICTURES

PER_SHARD = 1000
PARTS = (None, "train", "test", "validate")
LOOKED = {**PICTURES.types(), "reason": pl.String, "detail": pl.String}


class Load(Stage):
    """Read every picture of a data set, decode it in a child, and put its bytes on the shelf.

    A dropped row has no ``image_id`` when there were no bytes; its detail begins with the name of
    the picture in the data set.
    """

    version = 3  # both perceptual hashes are kept, which tell near copies
    gives = PICTURES
    asks_the_world = True
    conserves = False
    idle = frozenset({"workers", "forgotten"})
    reasons: ClassVar[Mapping[str, str]] = {
        **REASONS,
        "missing": "the data set names a file that is not there",
        "unreadable": "the file is there and cannot be read",
        "exact-copy": "the same bytes and label stand under an earlier name",
        "copies-disagree": "the same bytes stand under several names with different labels",
        "forgotten": "it was removed on request",
        "no-label": "its votes name no emotion before all others",
    }

    dataset: Dataset
    limits: Limits = Field(default_factory=Limits, description="what one picture may take")
    workers: int = Field(2, ge=1, description="child processes that decode")
    forgotten: Place | None = Field(None, description="list of what was removed on request")

    def run(self, desk: Desk, *_: Any, **__: Any) -> Outcome:
        with (
            Decoders(workers=self.workers, limits=self.limits) as decoders,
            ThreadPoolExecutor(self.workers) as pool,
        ):
            origins: dict[str, str] = {}
            looked = list(self._shards(desk, decoders, pool, origins))
        rows = _without_copies(pl.concat(looked) if looked else pl.DataFrame(schema=LOOKED))
        kept = rows.filter(pl.col("reason").is_null())
        facts = self.dataset.facts
        notes: dict[str, Any] = {
            "title": facts.title,
            "citation": facts.citation,
            "licence": facts.licence,
            "published": facts.images,
            "named": rows.height,
            "taxonomy": self.dataset.taxonomy.model_dump(mode="json"),
        }
        if difference := facts.difference(Counter(rows["emotion"].to_list())):
            notes["difference"] = difference
        if origins:
            notes["sources"] = _by_source(kept, origins)
        dropped = rows.filter(pl.col("reason").is_not_null())
        return Outcome(
            kept.select(list(PICTURES.columns)),
            dropped.select("image_id", "reason", "detail"),
            notes=notes,
        )

    def witness(self) -> str:
        seen, gone = self.dataset.witness(), self._forgotten().digest()
        return hashlib.sha256(f"{seen}\n{gone}".encode()).hexdigest() if gone else seen

    def _forgotten(self) -> Forgotten:
        return read_forgotten(self.forgotten.path if self.forgotten else None)

    def _shards(
        self, desk: Desk, decoders: Decoders, pool: ThreadPoolExecutor, origins: dict[str, str]
    ) -> Iterator[pl.DataFrame]:
        """Give the rows of one shard after the other; what an earlier run finished is read back.

        Where an entry says where it was found, that goes into ``origins`` by its name.
        """
        entries, forgotten = self.dataset.load(), self._forgotten()
        seen: set[str] = set()
        number = done = failures = 0
        while batch := list(islice(entries, PER_SHARD)):
            for entry in batch:
                self._check(entry)
            origins |= {entry.name: entry.source for entry in batch if entry.source}
            path = desk.scratch / f"{number:06d}.parquet"
            if not path.is_file():
                looks = list(pool.map(lambda entry: self._judge(decoders, entry, forgotten), batch))
                _write(_on_shelf(desk, batch, looks, seen), path)
            rows = pl.read_parquet(path)
            seen.update(rows["image_id"].drop_nulls())
            number, done = number + 1, done + rows.height
            failures += rows["reason"].count()
            desk.watch(Progress("load", done, self.dataset.facts.images, failures))
            yield rows

    def _check(self, entry: Labelled) -> None:
        taxonomy = self.dataset.taxonomy
        where = f"data set {self.dataset.kind()!r}: {entry.name!r} has the"
        if entry.emotion is not None and entry.emotion not in taxonomy.names:
            raise AffektError(
                f"{where} label {entry.emotion!r}; the taxonomy {taxonomy.name!r} knows "
                f"{', '.join(taxonomy.names)}; correct the labels or choose another taxonomy"
            )
        if entry.part not in PARTS:
            raise AffektError(f"{where} part {entry.part!r}; train, test and validate are allowed")
        if entry.shares is not None and len(entry.shares) != len(taxonomy):
            raise AffektError(
                f"{where} shares {entry.shares!r}; one an emotion is needed, {len(taxonomy)}"
            )
        if (entry.read is None) == (entry.values is None):
            raise AffektError(f"{where} picture and values {entry.values!r}; one of both is needed")
        if not all(map(math.isfinite, entry.values or ())):
            raise AffektError(f"{where} values {entry.values!r}; finite numbers are needed")
        if not all(math.isfinite(mean) for mean in (entry.ratings or {}).values()):
            raise AffektError(f"{where} ratings {entry.ratings!r}; finite numbers are needed")

    def _judge(self, decoders: Decoders, entry: Labelled, forgotten: Forgotten) -> "_Look":
        """Give what a picture, or the values that stand for it, is called, or why it is lost."""
        if entry.read is None:
            look = _look_at_values(entry, forgotten)
        else:
            look = self._look(decoders, entry, forgotten)
        if look.reason is None and entry.emotion is None:
            return look._replace(reason="no-label", detail=entry.name)
        return look

    def _look(self, decoders: Decoders, entry: Labelled, forgotten: Forgotten) -> "_Look":
        """Give what a picture's bytes are called, or why they cannot be used."""
        image_id = None
        try:
            data = _read(entry.read, self.limits.max_bytes)
            image_id = hashlib.sha256(data).hexdigest()
            if forgotten.has("image", image_id):
                return _Look(None, "forgotten", None)
            facts = decoders.facts(data)
            if forgotten.is_near(facts.phash):
                return _Look(None, "forgotten", None)
        except PictureError as trouble:
            return _Look(image_id, trouble.reason, f"{entry.name}: {trouble.detail}".rstrip(": "))
        return _Look(image_id, None, None, facts.phash, facts.dhash)


def _by_source(kept: pl.DataFrame, origins: Mapping[str, str]) -> list[dict[str, str | int]]:
    """Count the pictures of each source and emotion; those of no known source are left out."""
    source = pl.col("name").replace_strict(origins, default=None, return_dtype=pl.String)
    known = kept.select("emotion", source=source).drop_nulls()
    counted = known.group_by("source", "emotion").len("pictures").sort("source", "emotion")
    return counted.to_dicts()


def _as_rows(ratings: Mapping[str, float] | None) -> list[dict[str, str | float]] | None:
    if ratings is None:
        return None
    return [{"scale": scale, "mean": mean} for scale, mean in ratings.items()]


class _Look(NamedTuple):
    image_id: str | None
    reason: str | None
    detail: str | None
    phash: int | None = None
    dhash: int | None = None


def _read(place: Path | bytes | None, max_bytes: int) -> bytes:
    assert place is not None  # values alone are not read
    if isinstance(place, bytes):
        return place
    try:
        size = place.stat().st_size
        if size > max_bytes:
            raise PictureError("too-many-bytes", f"{size:,} bytes, {max_bytes:,} are allowed")
        return place.read_bytes()
    except FileNotFoundError as trouble:
        raise PictureError("missing", place.name) from trouble
    except OSError as trouble:
        raise PictureError("unreadable", str(trouble.strerror)) from trouble


def _look_at_values(entry: Labelled, forgotten: Forgotten) -> _Look:
    """Give what a picture that nobody has is called: by its name and its values."""
    values = np.array(entry.values, "<f4").tobytes()
    image_id = hashlib.sha256(entry.name.encode() + b"\0" + values).hexdigest()
    if forgotten.has("image", image_id):
        return _Look(None, "forgotten", None)
    return _Look(image_id, None, None)


def _on_shelf(
    desk: Desk, batch: list[Labelled], looks: list[_Look], seen: set[str]
) -> pl.DataFrame:
    """Put the usable pictures that are not ``seen`` on the shelf and give a row for every entry.

    The shard is named by the pictures in it, so that the same pictures lie in the same place
    wherever and whenever they are loaded.
    """
    new: dict[str, Labelled] = {}
    for entry, look in zip(batch, looks, strict=True):
        is_new = look.reason is None and look.image_id is not None and look.image_id not in seen
        if is_new and entry.read is not None:
            new.setdefault(str(look.image_id), entry)
    spots = _written(desk, new)
    rows = [
        {
            "image_id": look.image_id,
            **spots.get(look.image_id or "", {}),
            "name": entry.name,
            "emotion": entry.emotion,
            "shares": entry.shares,
            "ratings": _as_rows(entry.ratings),
            "values": entry.values,
            "group_id": entry.group or look.image_id,
            "part": entry.part,
            "is_generated": entry.is_generated,
            "phash": look.phash,
            "dhash": look.dhash,
            "reason": look.reason,
            "detail": look.detail,
        }
        for entry, look in zip(batch, looks, strict=True)
    ]
    return pl.DataFrame(rows, schema=LOOKED)


def _written(desk: Desk, new: dict[str, Labelled]) -> dict[str, dict[str, Any]]:
    """Write one shard and give where each picture lies in it."""
    if not new:
        return {}
    name = f"load-{hashlib.sha256(' '.join(new).encode()).hexdigest()[:16]}"
    if not desk.shelf.has(name):
        with desk.shelf.writer(name) as writer:
            for image_id, entry in new.items():
                data = _bytes(entry.read)
                if hashlib.sha256(data).hexdigest() != image_id:
                    raise AffektError(f"load: {entry.name!r} changed while it was read; run again")
                writer.add(image_id, data)
    return {row.pop("image_id"): row for row in desk.shelf.spots(name).to_dicts()}


def _bytes(place: Path | bytes | None) -> bytes:
    assert place is not None  # values alone have no place on the shelf
    return place if isinstance(place, bytes) else place.read_bytes()


def _write(rows: pl.DataFrame, path: Path) -> None:
    beside = path.with_suffix(".part")
    rows.write_parquet(beside)
    beside.rename(path)


def _without_copies(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the rows, with a reason on copies: all of them where labels differ, else all but one."""
    usable = pl.col("reason").is_null()
    kept = rows.filter(usable)
    disagrees = pl.col("emotion").n_unique().over("image_id") > 1
    is_copy = pl.col("image_id").cum_count().over("image_id") > 1
    reason = pl.when(disagrees).then(pl.lit("copies-disagree"))
    kept = kept.with_columns(reason=reason.when(is_copy).then(pl.lit("exact-copy")))
    detail = pl.when(pl.col("reason").is_not_null()).then(pl.col("name"))
    return pl.concat([kept.with_columns(detail=detail), rows.filter(~usable)])
