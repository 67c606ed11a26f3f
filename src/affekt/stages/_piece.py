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
from affekt.pictures.decode import Looked
from affekt.pictures.shelf import Writer
from affekt.stages._held import Terms
from affekt.tables import FOUND

KEY = list(FOUND.key)
IN_MEMORY = 16_000_000  # bytes of pictures of one piece; what is more waits in a file
MOST_DETAIL = 500  # characters
TOLD = {**dict.fromkeys(KEY, pl.String), **COLUMNS}
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
    def reason(self) -> str | None:
        """Why there is no picture, None where there is one."""
        return self._trouble[0]

    @property
    def detail(self) -> str | None:
        """What else is known about the reason."""
        return self._trouble[1]

    @property
    def _trouble(self) -> tuple[str | None, str | None]:
        if self.looked and self.looked.trouble:
            return self.looked.trouble.reason, self.looked.trouble.detail or None
        return self.fetched.reason, self.fetched.detail


class Piece:
    """Some rows of a chunk, and what became of those that nobody knew before.

    Args:
        path: Its file, there once it is finished.
        rows: See `affekt.stages._look.Look`.
    """

    def __init__(self, path: Path, rows: pl.DataFrame) -> None:
        self.path, self.rows = path, rows
        self.digest = hashlib.sha256(rows.select(*KEY, "url").write_ndjson().encode()).hexdigest()[
            :32
        ]
        self._waits = set[int]()
        if not path.is_file():
            self._waits = set(rows["is_held"].not_().arg_true().to_list())
        self._told: dict[int, dict[str, Any]] = {}
        self._spool = Spool(path.parent)

    def open_rows(self) -> Iterator[tuple[int, Row]]:
        """Give number and row of what is not known yet."""
        for number in sorted(self._waits):
            yield number, self.rows.row(number, named=True)

    def is_ready(self) -> bool:
        """Tell whether all its rows are known."""
        return not self._waits

    def take(self, number: int, seen: Seen, terms: Terms, *, stores: bool) -> None:
        """Remember what became of a row; bytes only where they are to be stored."""
        self._waits.discard(number)
        self._told[number] = _told(seen, terms)
        looked = seen.looked
        if stores and looked and looked.facts:
            self._spool.put(number, looked.smaller.data if looked.smaller else looked.data)

    def shelved(self, writer: Writer) -> pl.DataFrame:
        """Put the new pictures on the shelf in order; give all rows with all that is known.

        ``is_held`` is false where it was found out now.
        """
        columns: dict[str, list[Any]] = {name: [] for name in TOLD}
        for number in sorted(self._told):
            told = self._told[number]
            data = self._spool.get(number)
            if data is not None:
                image_id = hashlib.sha256(data).hexdigest()
                spot = writer.add(image_id, data)
                told |= {"image_id": image_id, "n_bytes": len(data), **spot._asdict()}
            for name, values in columns.items():
                values.append(told.get(name))
        new = pl.DataFrame(columns, schema=TOLD).with_columns(
            at=pl.Series(sorted(self._told), dtype=pl.UInt32), is_held=False
        )
        rows = self.rows.with_row_index("at")
        held = rows.filter("is_held").select(new.columns)
        return pl.concat([held, new]).sort("at").drop("at")

    def forget(self) -> None:
        """Let go of all bytes."""
        self._told.clear()
        self._spool.close()


class Spool:
    """Bytes of pictures that wait for the others of their piece: in memory, then in a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[int, bytes] = {}
        self._n_bytes = 0
        self._file: IO[bytes] | None = None
        self._places: dict[int, tuple[int, int]] = {}

    def put(self, number: int, data: bytes) -> None:
        """Keep some bytes under a number."""
        if self._n_bytes + len(data) <= IN_MEMORY:
            self._kept[number] = data
            self._n_bytes += len(data)
            return
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  (see close)
        self._places[number] = (self._file.seek(0, 2), len(data))
        self._file.write(data)

    def get(self, number: int) -> bytes | None:
        """Give the bytes under a number, None where there are none."""
        if number not in self._places:
            return self._kept.get(number)
        assert self._file is not None
        start, length = self._places[number]
        self._file.seek(start)
        return self._file.read(length)

    def close(self) -> None:
        """Let go of everything."""
        self._kept.clear()
        if self._file is not None:
            self._file.close()


def _told(seen: Seen, terms: Terms) -> dict[str, Any]:
    """Give the row of the journal, as far as it is known before the bytes have a place."""
    fetched, looked, row = seen.fetched, seen.looked, seen.row
    told = {name: row[name] for name in (*KEY, "url")} | terms.said()
    told |= {
        "reason": seen.reason,
        "detail": seen.detail and seen.detail[:MOST_DETAIL],
        "status": fetched.status,
        "final_url": fetched.final_url,
        "attempts": fetched.attempts,
        "fetched_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "round": (row["round"] or 0) + 1,
        "content": seen.content,
    }
    if looked is not None:
        told |= {"came_bytes": len(looked.data)}
    if looked is not None and looked.facts is not None:
        facts, small = looked.facts, looked.smaller
        told |= facts._asdict()
        told |= {"came_width_px": facts.width_px, "came_height_px": facts.height_px}
        if small is not None:
            told |= {"width_px": small.width_px, "height_px": small.height_px}
            told |= {"format": small.format, "side_px": max(small.width_px, small.height_px)}
    return told


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
