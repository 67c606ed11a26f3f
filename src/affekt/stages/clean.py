"""Fetch and decode what was found, and drop what nobody should be asked about."""

import hashlib
import os
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple, TypeVar

import daft
import polars as pl
from pydantic import Field, field_validator

from affekt import licences
from affekt.errors import AffektError, PictureError
from affekt.parts import did_you_mean
from affekt.pictures.decode import Decoders, PictureFacts
from affekt.pictures.limits import Limits
from affekt.pictures.reasons import REASONS
from affekt.pictures.shelf import PER_SHARD
from affekt.sources import Source, labelled
from affekt.stage import Desk, Outcome, Progress, Stage
from affekt.stages._tags import named_by, words_of
from affekt.tables import CLEAN, FOUND
from affekt.taxonomy import Taxonomy

KEY = list(FOUND.key)
PICTURE = [name for name in CLEAN.columns if name not in FOUND.columns]  # what decoding tells
LOOKED = {
    **dict.fromkeys([*KEY, "reason", "detail"], pl.String),
    **{name: CLEAN.columns[name].dtype for name in PICTURE},
}
TRIES = 50  # failures of one kind and nothing else, after which going on is pointless
STEP = 20  # pictures between two words about progress
VERSION = re.compile(r"-\d\.\d$")  # end of a licence word that names its version
Row = Mapping[str, Any]
A = TypeVar("A")
B = TypeVar("B")


class Clean(Stage):
    """Fetch every picture found, decode it whole in a child, keep those that can be asked about.

    A picture whose tags, with the word it was searched by, name two emotions is dropped, and so is
    one found for two emotions. What decodes goes on the shelf; a picture found twice stays once.
    """

    sources: tuple[Source, ...] = Field(description="where the bytes are fetched")
    taxonomy: Taxonomy = Field(description="the emotions whose words are looked for in tags")
    min_side_px: int = Field(64, ge=1, description="shorter side a picture needs, px")
    max_aspect: float = Field(10.0, ge=1, description="longer side over shorter side at most")
    licences: tuple[str, ...] | None = Field(
        None,
        description="licence words that are kept, without version for all versions; all if absent",
    )
    conflicts: Literal["tags", "off"] = Field(
        "tags",
        description='drop pictures that name two emotions ("tags") or keep the first ("off")',
    )
    workers: int = Field(2, ge=1, description="pictures fetched and decoded at a time")
    limits: Limits = Field(default_factory=Limits, description="what one picture may take")

    takes = FOUND
    gives = CLEAN
    engine = "daft"
    asks_the_world = True
    idle = frozenset({"sources", "workers"})
    reasons: ClassVar[Mapping[str, str]] = {
        **REASONS,
        "two-emotions": "its tags, with the word it was searched by, name two emotions",
        "two-queries": "it was found for two emotions",
        "found-twice": "the same picture of the same source was found by another query",
        "licence": "its licence is missing or not among those allowed",
        "gone": "the source has it no longer",
        "link": "a symbolic link, or reached through one; links are not followed",
        "not-a-file": "neither a file nor a folder",
        "unreadable": "the operating system does not let it be read",
        "refused": "the source named another reason; the detail tells it",
    }

    @field_validator("licences")
    @classmethod
    def _are_known(cls, words: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for word in words or ():
            if licences.of(word) is None:
                raise ValueError(
                    f"the licence {word!r} is not known; {did_you_mean(word, licences.words())}"
                )
        return words

    def run(self, desk: Desk, found: Any, *_: Any, **__: Any) -> Outcome:
        verdicts = _rows(self._judged(found))
        wanted = verdicts.filter(pl.col("reason").is_null())
        looked = pl.concat([pl.DataFrame(schema=LOOKED), *self._looked_at(desk, wanted)])
        kept = looked.filter(pl.col("reason").is_null())
        dropped = pl.concat(
            [
                rows.filter(pl.col("reason").is_not_null()).select(*KEY, "reason", "detail")
                for rows in (verdicts, looked)
            ]
        )
        table = found.join(daft.from_arrow(kept.select(*KEY, *PICTURE).to_arrow()), on=KEY)
        return Outcome(table.select(*CLEAN.columns), dropped)

    def _judged(self, found: daft.DataFrame) -> daft.DataFrame:
        """Give, for each row, its address and why it is not worth fetching, null if it is."""
        rows = found.select(*KEY, "emotion", "tags", "licence", "url")
        rows = rows.with_column("rivals", self._rivals()(rows["tags"], rows["emotion"]))
        rows = rows.with_column("allowed", self._is_allowed()(rows["licence"]))
        rows = _with_emotions_of_queries(rows)
        conflicts = (
            ("two-emotions", rows["rivals"].not_null()),
            ("two-queries", rows["n_emotions"] > daft.lit(1)),
        )
        claims = (*(conflicts if self.conflicts == "tags" else ()), ("licence", ~rows["allowed"]))
        rows = rows.with_column("reason", _first_reason(*claims))
        return _without_second_finds(rows).select(*KEY, "url", "reason", "detail")

    def _rivals(self) -> Any:
        """Give the function (tags, emotion) → the two or more emotions named, null for fewer."""
        words = words_of(self.taxonomy)

        @daft.func.batch(return_dtype=daft.DataType.string())
        def rivals(tags: daft.Series, emotion: daft.Series) -> list[str | None]:
            pairs = zip(tags.to_pylist(), emotion.to_pylist(), strict=True)
            named = [named_by(tag or (), words) | ({own} - {None}) for tag, own in pairs]
            return [
                None if len(emotions) < 2 else ", ".join(sorted(emotions)) for emotions in named
            ]

        return rivals

    def _is_allowed(self) -> Any:
        """Give the function licence → whether pictures under it are kept."""
        allowed = None if self.licences is None else _matching(self.licences)

        @daft.func.batch(return_dtype=daft.DataType.bool())
        def is_allowed(licence: daft.Series) -> list[bool]:
            known = [licences.of(word) for word in licence.to_pylist()]
            return [allowed is None or (one is not None and one.word in allowed) for one in known]

        return is_allowed

    def _looked_at(self, desk: Desk, wanted: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Give the rows with what decoding told, chunk by chunk; finished chunks are read back."""
        fetch = _Fetch(labelled(self.sources))
        tally: Counter[str | None] = Counter()
        with (
            Decoders(self.workers, self.limits) as decoders,
            ThreadPoolExecutor(self.workers) as pool,
        ):
            look = _Look(fetch, decoders, self.min_side_px, self.max_aspect)
            for number, rows in enumerate(wanted.iter_slices(PER_SHARD)):
                path = desk.scratch / f"{number:06d}-{_digest(rows)[:16]}.parquet"
                if not path.is_file():
                    found: Iterator[Row] = rows.iter_rows(named=True)
                    seen = _in_order(look.see, found, pool, 2 * self.workers)
                    watched = _watched(seen, desk, tally.copy(), wanted.height)
                    _write(_on_shelf(desk, rows, watched), path)
                done = pl.read_parquet(path)
                tally.update(done["reason"].to_list())
                yield done


class _Seen(NamedTuple):
    """What became of one picture: its bytes and facts, or a reason."""

    data: bytes | None
    facts: PictureFacts | None
    reason: str | None = None
    detail: str | None = None


class _Fetch(NamedTuple):
    """Gives the bytes of a row from the source that found it."""

    sources: Mapping[str, Source]

    def bytes_of(self, row: Row) -> bytes:
        source = self.sources.get(row["source"])
        if source is None:
            raise AffektError(
                f"clean: the source {row['source']!r} is not in the plan, which knows "
                f"{', '.join(self.sources)}; put it back or raise `edition` of [collect]"
            )
        if row["url"] is None:
            raise PictureError("gone", "the source gave no address")
        try:
            return source.fetch(row["url"])
        except PictureError as trouble:
            if trouble.reason in Clean.reasons:
                raise
            raise PictureError("refused", f"{trouble.reason}: {trouble.detail}") from trouble


class _Look(NamedTuple):
    """Fetches and decodes one picture; may be called from any thread."""

    fetch: _Fetch
    decoders: Decoders
    min_side_px: int
    max_aspect: float

    def see(self, row: Row) -> _Seen:
        try:
            data = self.fetch.bytes_of(row)
            facts = self.decoders.facts(data)
            self._check_shape(facts)
        except PictureError as trouble:
            return _Seen(None, None, trouble.reason, trouble.detail or None)
        return _Seen(data, facts)

    def _check_shape(self, facts: PictureFacts) -> None:
        shorter, longer = sorted((facts.width_px, facts.height_px))
        size = f"{facts.width_px} × {facts.height_px}"
        if longer > self.max_aspect * shorter:
            raise PictureError("too-narrow", size)
        if shorter < self.min_side_px:
            raise PictureError("too-small", size)


def _first_reason(*claims: tuple[str, Any]) -> Any:
    """Give the first word whose claim is true, null when none is."""
    reason = daft.lit(None).cast(daft.DataType.string())
    for word, claim in reversed(claims):
        reason = daft.functions.when(claim, daft.lit(word)).otherwise(reason)
    return reason


def _with_emotions_of_queries(rows: daft.DataFrame) -> daft.DataFrame:
    """Add how many emotions each picture was found for."""
    counted = rows.groupby("source", "source_id").agg(
        daft.col("emotion").count_distinct().alias("n_emotions")
    )
    return rows.join(counted, on=["source", "source_id"])


def _without_second_finds(rows: daft.DataFrame) -> daft.DataFrame:
    """Give the detail, and a reason to all rows of a picture still in, but the first query's.

    A query for an emotion comes before one for everything.
    """
    rank = daft.functions.when(rows["emotion"].is_null(), daft.lit("1")).otherwise(daft.lit("0"))
    rows = rows.with_column("place", rank + rows["query"])
    firsts = (
        rows.where(rows["reason"].is_null())
        .groupby("source", "source_id")
        .agg(daft.col("place").min().alias("first"))
    )
    rows = rows.join(firsts, on=["source", "source_id"], how="left")
    is_second = rows["reason"].is_null() & (rows["place"] != rows["first"])
    found_twice = _first_reason(("found-twice", is_second))
    return rows.with_columns(
        {
            "reason": daft.functions.coalesce(rows["reason"], found_twice),
            "detail": daft.functions.when(rows["reason"] == "two-emotions", rows["rivals"])
            .when(rows["reason"] == "licence", rows["licence"])
            .otherwise(daft.lit(None).cast(daft.DataType.string())),
        }
    )


def _rows(frame: daft.DataFrame) -> pl.DataFrame:
    """Give the narrow rows in memory, in the order in which everything is done."""
    rows = pl.from_arrow(frame.to_arrow())
    assert isinstance(rows, pl.DataFrame)
    return rows.sort(KEY)


def _matching(words: Iterable[str]) -> frozenset[str]:
    """Give the canonical words that licence words stand for: one, or all versions of one kind."""
    allowed = set()
    for word in words:
        one = licences.of(word)
        assert one is not None
        if VERSION.search(word.strip()):
            allowed.add(one.word)
        else:
            kind = VERSION.sub("", one.word)
            allowed |= {each for each in licences.words() if VERSION.sub("", each) == kind}
    return frozenset(allowed)


def _in_order(
    function: Callable[[A], B], items: Iterable[A], pool: ThreadPoolExecutor, ahead: int
) -> Iterator[B]:
    """Give the results in the order of the items, working at most `ahead` items in advance."""
    source, waiting = iter(items), deque[Future[B]]()
    waiting.extend(pool.submit(function, item) for item in islice(source, ahead))
    try:
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(pool.submit(function, item) for item in islice(source, 1))
    finally:
        for future in waiting:
            future.cancel()


def _watched(
    seen: Iterable[_Seen], desk: Desk, tally: Counter[str | None], total: int
) -> Iterator[_Seen]:
    """Pass everything on, tell how far it is, and stop when nothing but one failure happens.

    Raises:
        AffektError: The first 50 pictures failed, all for the same reason.
    """
    for one in seen:
        tally[one.reason] += 1
        done, failures = tally.total(), tally.total() - tally[None]
        if done >= TRIES and len(+tally) == 1 and one.reason is not None:
            raise AffektError(
                f"clean: all of the first {done} pictures failed with {one.reason!r} "
                f"({one.detail or Clean.reasons[one.reason]}); correct the source or the settings "
                "of [clean] and run again"
            )
        if done % STEP == 0 or done == total:
            desk.watch(Progress("clean", done, total, failures))
        yield one


def _on_shelf(desk: Desk, rows: pl.DataFrame, seen: Iterable[_Seen]) -> pl.DataFrame:
    """Put the bytes of one chunk into one shard and give its rows.

    The shard is named by the pictures in it, so that other bytes never come under an old name.
    """
    draft, told, ids = f"draft-{_digest(rows)[:16]}", [], hashlib.sha256()
    with desk.shelf.writer(draft) as writer:
        for key, (data, facts, reason, detail) in zip(rows.select(KEY).rows(), seen, strict=True):
            if data is None or facts is None:
                told.append(dict(zip(KEY, key, strict=True)) | {"reason": reason, "detail": detail})
                continue
            image_id = hashlib.sha256(data).hexdigest()
            ids.update(f"{image_id}\n".encode())
            spot = writer.add(image_id, data)._asdict()
            about = {"image_id": image_id, "n_bytes": len(data), **spot, **facts._asdict()}
            told.append(dict(zip(KEY, key, strict=True)) | about)
    shard = f"shard-{ids.hexdigest()[:32]}"
    if desk.shelf.has(draft):
        desk.shelf.rename(draft, shard)
    frame = pl.DataFrame(told, schema=LOOKED, orient="row")
    return frame.with_columns(shard=pl.when(pl.col("image_id").is_not_null()).then(pl.lit(shard)))


def _digest(rows: pl.DataFrame) -> str:
    """Name a chunk by its rows."""
    return hashlib.sha256(rows.select(*KEY, "url").write_ndjson().encode()).hexdigest()


def _write(frame: pl.DataFrame, path: Path) -> None:
    """Write the rows of a chunk beside, force them to the disk and rename."""
    beside = path.with_suffix(".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with beside.open("wb") as file:
        frame.write_parquet(file)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
