"""One piece of a chunk: as many rows as a shard of the shelf holds, and what becomes of them."""

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

import polars as pl

from affekt.fetch.words import Fetched
from affekt.journal.fetched import COLUMNS
from affekt.pictures.decode import Looked, PictureFacts
from affekt.pictures.shelf import Writer
from affekt.stages._held import Terms
from affekt.tables import FOUND

KEY = list(FOUND.key)
IN_MEMORY = 64_000_000  # bytes of pictures of all pieces at hand; what is more waits in files
MOST_DETAIL = 500  # characters
ALL = {**dict.fromkeys(KEY, pl.String), **COLUMNS}
Row = Mapping[str, Any]


class Seen(NamedTuple):
    """What became of one picture.

    Attributes:
        row: What was asked for.
        fetched: How it came; its bytes are in ``looked``.
        looked: What is in it; None where no bytes came.
        content: SHA-256 of the bytes as they came.
    """

    row: Row
    fetched: Fetched
    looked: Looked | None = None
    content: str | None = None

    @property
    def trouble(self) -> tuple[str | None, str | None]:
        """Why there is no picture, and what else is known; None twice where there is one."""
        if self.looked and self.looked.trouble:
            return self.looked.trouble.reason, self.looked.trouble.detail or None
        return self.fetched.reason, self.fetched.detail


class Piece:
    """Some rows of a chunk, and what became of those that nobody knew before.

    Args:
        path: Its file, there once it is finished.
        rows: See `affekt.stages._look.Look`.
        spool: Where bytes wait; shared by all pieces at hand.
    """

    def __init__(self, path: Path, rows: pl.DataFrame, spool: "Spool") -> None:
        self.path, self.rows, self._spool = path, rows, spool
        named = rows.select(*KEY, "url").write_ndjson()
        self.digest = hashlib.sha256(named.encode()).hexdigest()[:32]
        self._waits = set[int]()
        if not path.is_file():
            self._waits = set(rows["is_held"].not_().arg_true().to_list())
        self._told: dict[int, Told] = {}

    def open_rows(self) -> Iterator[tuple[int, Row]]:
        """Give number and row of what is not known yet."""
        rows = self.rows.select(*KEY, "url", "keeps_bytes", "round")
        for number, row in enumerate(rows.iter_rows(named=True)):
            if number in self._waits:
                yield number, row

    def is_ready(self) -> bool:
        """Tell whether all its rows are known."""
        return not self._waits

    def take(self, number: int, seen: Seen, *, stores: bool) -> None:
        """Remember what became of a row; bytes only where they are to be stored."""
        self._waits.discard(number)
        self._told[number] = Told.of(seen)
        looked = seen.looked
        if stores and looked and looked.facts:
            data = looked.smaller.data if looked.smaller else looked.data
            self._spool.put((self.digest, number), data)

    def shelved(self, writer: Writer, terms: Terms) -> pl.DataFrame:
        """Put the new pictures on the shelf in order; give all rows with all that is known.

        ``is_held`` is false where it was found out now.
        """
        rows = []
        for number in sorted(self._told):
            told = self._told[number]
            data = self._spool.take((self.digest, number))
            if data is not None:
                image_id = told.image_id or hashlib.sha256(data).hexdigest()
                spot = writer.add(image_id, data, is_checked=True)
                told = told._replace(image_id=image_id, n_bytes=len(data), **spot._asdict())
            rows.append((number, *told))
        self._spool.let_go(self.digest)
        schema = {"at": pl.UInt32, **{name: ALL[name] for name in Told._fields}}
        new = pl.DataFrame(rows, schema=schema, orient="row")
        said = {name: pl.lit(text) for name, text in terms.said().items()}
        new = new.with_columns(is_held=False, **said)
        held = self.rows.with_row_index("at").filter("is_held").select(new.columns)
        return pl.concat([held, new]).sort("at").drop("at")


class Told(NamedTuple):
    """The row of the journal about one picture, without what is the same for all; see there."""

    source: str
    source_id: str
    query: str
    url: str | None
    reason: str | None
    detail: str | None
    status: int | None
    final_url: str | None
    attempts: int
    fetched_at: str
    round: int
    content: str | None
    side_px: int | None = None
    came_bytes: int | None = None
    came_width_px: int | None = None
    came_height_px: int | None = None
    image_id: str | None = None  # as long as it has none, it is to be computed
    shard: str | None = None
    row_group: int | None = None
    row: int | None = None
    width_px: int | None = None
    height_px: int | None = None
    n_bytes: int | None = None
    format: str | None = None
    is_animated: bool | None = None
    phash: int | None = None
    dhash: int | None = None

    @classmethod
    def of(cls, seen: Seen) -> "Told":
        """Give what is known before the bytes have a place."""
        fetched, looked, row = seen.fetched, seen.looked, seen.row
        reason, detail = seen.trouble
        told = cls(
            source=row["source"],
            source_id=row["source_id"],
            query=row["query"],
            url=row["url"],
            reason=reason,
            detail=detail and detail[:MOST_DETAIL],
            status=fetched.status,
            final_url=fetched.final_url,
            attempts=fetched.attempts,
            fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
            round=(row["round"] or 0) + 1,
            content=seen.content,
        )
        if looked is None or looked.facts is None:
            return told
        return told._described(looked, looked.facts)

    def _described(self, looked: Looked, facts: PictureFacts) -> "Told":
        small = looked.smaller
        return self._replace(
            side_px=max(small.width_px, small.height_px) if small else None,
            came_bytes=len(looked.data),
            came_width_px=facts.width_px,
            came_height_px=facts.height_px,
            image_id=None if small else self.content,
            width_px=small.width_px if small else facts.width_px,
            height_px=small.height_px if small else facts.height_px,
            format=small.format if small else facts.format,
            is_animated=facts.is_animated,
            phash=facts.phash,
            dhash=facts.dhash,
        )


class Spool:
    """Bytes of pictures that wait for the others of their piece: in memory, then in a file.

    Each piece has a file of its own, so that the disk is free again as soon as it is finished.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[tuple[str, int], bytes] = {}
        self._n_bytes = 0
        self._files: dict[str, IO[bytes]] = {}
        self._places: dict[tuple[str, int], tuple[int, int]] = {}

    def put(self, name: tuple[str, int], data: bytes) -> None:
        """Keep some bytes under a name."""
        if self._n_bytes + len(data) <= IN_MEMORY:
            self._kept[name] = data
            self._n_bytes += len(data)
            return
        file = self._files.get(name[0])
        if file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  (see let_go)
            self._files[name[0]] = file
        self._places[name] = (file.seek(0, 2), len(data))
        file.write(data)

    def take(self, name: tuple[str, int]) -> bytes | None:
        """Give the bytes under a name, once; None where there are none."""
        if name not in self._places:
            data = self._kept.pop(name, None)
            self._n_bytes -= len(data or b"")
            return data
        start, length = self._places.pop(name)
        file = self._files[name[0]]
        file.seek(start)
        return file.read(length)

    def let_go(self, digest: str) -> None:
        """Give up the file of a piece whose bytes were taken."""
        file = self._files.pop(digest, None)
        if file is not None:
            file.close()

    def close(self) -> None:
        """Let go of everything."""
        self._kept.clear()
        for digest in list(self._files):
            self.let_go(digest)


def shape_trouble(width_px: int, height_px: int, terms: Terms) -> tuple[str, str] | None:
    """Give why a picture that came in this size is not used, None if it is."""
    shorter, longer = sorted((width_px, height_px))
    size = f"{width_px} × {height_px}"
    if longer > terms.max_aspect * shorter:
        return "too-narrow", size
    return ("too-small", size) if shorter < terms.min_side_px else None


def with_shape(frame: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Give a reason to pictures that are here and whose shape is not wanted."""
    columns = frame.select("reason", "detail", "came_width_px", "came_height_px").rows()
    told = [
        (reason, detail)
        if reason is not None or width is None
        else shape_trouble(width, height, terms) or (None, None)
        for reason, detail, width, height in columns
    ]
    return frame.with_columns(
        reason=pl.Series([reason for reason, _ in told], dtype=pl.String),
        detail=pl.Series([detail for _, detail in told], dtype=pl.String),
    )
