"""Looking at the pictures of chunks: fetch, decode, put on the shelf, write down what came.

A chunk is cut into pieces of one shard each. A piece is finished when all its pictures are known,
whatever came first, and commits alone: bytes on the shelf, attempts in the journal, its own file.
So one slow server holds up one piece, bytes do not depend on the order of answers, and what dies
costs the pieces at hand. Chunks follow each other without a pause: while one piece waits for its
slowest picture, those of the next chunks are asked for, until too many pieces wait.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl

from affekt import durable
from affekt.fetch.words import Fetched
from affekt.journal.fetched import COLUMNS, PICTURE, Attempts
from affekt.pictures.shelf import PER_SHARD
from affekt.stage import Desk
from affekt.stages._arrivals import Arrivals, Setup
from affekt.stages._piece import (
    KEY,
    MOST_DETAIL,
    Piece,
    Row,
    Seen,
    Spool,
    shape_trouble,
    with_shape,
)

LOOKED: Mapping[str, Any] = {
    **dict.fromkeys([*KEY, "reason", "detail", "content", "host"], pl.String),
    **{name: COLUMNS[name] for name in PICTURE},
}
AT_HAND = 32  # pieces not finished, with which no further pictures are asked for
HOST = r"^[a-z]+://(?:[^/@?#]*@)?(\[[^\]]*\]|[^:/?#]+)"


class Look:
    """The work of `affekt.stages._chunks` on pictures; may be sent to another process.

    Rows have the key, ``url``, ``keeps_bytes``, ``is_held``, and the columns of the journal, which
    say what became of a row that is held.

    Args:
        desk: Where bytes, attempts and results go.
        setup: How pictures are fetched and decoded.
    """

    def __init__(self, desk: Desk, setup: Setup) -> None:
        self._shelf, self._files, self._folder = desk.shelf, desk.files, desk.scratch / "looked"
        self._attempts = Attempts(desk.journal / "fetched", desk.files)
        self._setup = setup
        self._arrivals: Arrivals | None = None
        # Told chunk, row, reason and detail of each picture, in this process.
        self.note: Callable[[str, Row, str | None, str | None], None] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_arrivals": None, "note": None}

    def path(self, name: str) -> Path:
        """Give the file of a chunk, with the columns of `LOOKED`."""
        return self._folder / f"{name}.parquet"

    def is_done(self, name: str) -> bool:
        """Tell whether the file of a chunk is there."""
        return self._files.stands(self.path(name))

    def do(self, name: str, rows: pl.DataFrame) -> None:
        """Commit the file of a chunk."""
        for _ in self.do_all([(name, rows)]):
            pass

    def do_all(self, chunks: Iterable[tuple[str, pl.DataFrame]]) -> Iterator[str]:
        """Commit the file of each chunk as soon as its last piece stands, and give its name."""
        with closing(Spool(self._folder)) as spool:
            at_hand = _AtHand(self, spool)
            rows = at_hand.open_rows(chunks)
            for first in rows:
                if first is not None:
                    yield from self._seen(chain([first], filter(None, rows)), at_hand)
                yield from at_hand.finished()

    def _seen(self, rows: Iterable[tuple[int, Row]], at_hand: "_AtHand") -> Iterator[str]:
        self._arrivals = self._arrivals or Arrivals(self._setup)
        for number, seen in self._arrivals.seen(rows, at_hand.has_room):
            at_hand.take(number, seen)
            yield from at_hand.finished()

    def give_up(self, name: str, row: pl.DataFrame, error: str) -> None:
        """Commit a chunk of one row that affekt itself fails on."""
        told = row.select(*KEY, reason=pl.lit("internal-error"), detail=pl.lit(error[:MOST_DETAIL]))
        empty = pl.DataFrame(schema=LOOKED)
        self._write(pl.concat([empty, told], how="diagonal"), self.path(name))

    def close(self) -> None:
        """End the processes and connections that the work has opened."""
        arrivals, self._arrivals = self._arrivals, None
        if arrivals:
            arrivals.close()

    def left_alone(self) -> tuple[str, ...]:
        """Give the servers that failed so often that they are not asked."""
        return self._arrivals.left_alone() if self._arrivals else ()

    def held(self) -> dict[str, int]:
        """Give the servers that asked to wait and how long that lasts yet, s."""
        return self._arrivals.held() if self._arrivals else {}

    def is_decoding(self) -> bool:
        """Tell whether a picture that came may still turn out to be fine."""
        return self._arrivals is not None and self._arrivals.is_decoding()

    def pieces(self, name: str, rows: pl.DataFrame, spool: Spool) -> list[Piece]:
        """Cut a chunk into pieces."""
        return [
            Piece(self._folder / f"{name}-{number}.piece", part, spool)
            for number, part in enumerate(rows.iter_slices(PER_SHARD))
        ]

    def take(self, name: str, piece: Piece, number: int, seen: Seen) -> None:
        """Give a piece of a chunk what became of one of its rows."""
        trouble = self._trouble(seen)
        stores = trouble is None or self._is_online(seen.row["source"])
        piece.take(number, seen, stores=stores)
        if self.note:
            self.note(name, seen.row, *(trouble or (None, None)))

    def _trouble(self, seen: Seen) -> tuple[str, str | None] | None:
        """Give why there is no picture to be used, None if there is one."""
        reason, detail = seen.trouble
        if reason is not None:
            return reason, detail
        assert seen.looked is not None
        assert seen.looked.facts is not None
        facts = seen.looked.facts
        return shape_trouble(facts.width_px, facts.height_px, self._setup.terms)

    def _is_online(self, source: str) -> bool:
        return self._setup.sources[source].is_online

    def join(self, name: str, pieces: list[Path]) -> None:
        """Commit the file of a chunk whose pieces all stand."""
        frames = [pl.DataFrame(schema=LOOKED), *map(pl.read_parquet, pieces)]
        self._write(pl.concat(frames), self.path(name))
        for path in pieces:
            path.unlink()

    def commit(self, piece: Piece) -> None:
        """Commit a piece all of whose rows are known, unless it stands."""
        if piece.path.is_file():
            return
        with self._shelf.writer(f"draft-{piece.digest}") as writer:
            told = piece.shelved(writer, self._setup.terms)
        told = self._with_shard(told, f"draft-{piece.digest}")
        online = [name for name in self._setup.sources if self._is_online(name)]
        asked = told.filter(~pl.col("is_held"), pl.col("source").is_in(online))
        if asked.height:
            self._attempts.append(asked)
        host = pl.coalesce("final_url", "url").str.extract(HOST).str.to_lowercase()
        is_online = pl.col("source").is_in(online)
        looked = told.with_columns(host=pl.when(is_online).then(host))
        looked = with_shape(looked, self._setup.terms).select(list(LOOKED))
        self._write(looked, piece.path)

    def _with_shard(self, told: pl.DataFrame, draft: str) -> pl.DataFrame:
        """Name the shard by the pictures in it, so that others never come under an old name."""
        is_new = ~pl.col("is_held") & pl.col("image_id").is_not_null()
        ids = "".join(f"{one}\n" for one in told.filter(is_new)["image_id"])
        shard = f"shard-{hashlib.sha256(ids.encode()).hexdigest()[:32]}"
        if self._shelf.has(draft):
            self._shelf.rename(draft, shard)
        return told.with_columns(shard=pl.when(is_new).then(pl.lit(shard)).otherwise("shard"))

    def _write(self, frame: pl.DataFrame, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with durable.replaced(path) as beside:
            frame.write_parquet(beside)
        if path.suffix == ".parquet":  # a piece is of no use elsewhere
            self._files.publish(path)


class _AtHand:
    """The chunks that are worked on at a time, and those of their pieces that are not finished."""

    def __init__(self, work: Look, spool: Spool) -> None:
        self._work, self._spool = work, spool
        self._files: dict[str, list[Path]] = {}  # of all pieces of each chunk
        self._n_open: dict[str, int] = {}  # pieces of each chunk that are not finished
        self._pieces: dict[int, tuple[str, Piece]] = {}  # with rows that were given; by number
        self._n_pieces = 0  # so far
        self._finished: deque[str] = deque()  # chunks whose file stands, not told yet

    def has_room(self) -> bool:
        """Tell whether further rows may be asked for."""
        return len(self._pieces) < AT_HAND

    def open_rows(
        self, chunks: Iterable[tuple[str, pl.DataFrame]]
    ) -> Iterator[tuple[int, Row] | None]:
        """Give number and row of whatever is not known yet, and None behind each chunk."""
        for name, rows in chunks:
            pieces = self._work.pieces(name, rows, self._spool)
            self._files[name] = [piece.path for piece in pieces]
            self._n_open[name] = len(pieces)
            for piece in pieces:
                yield from self._opened(name, piece)
            yield None

    def _opened(self, name: str, piece: Piece) -> Iterator[tuple[int, Row]]:
        if piece.is_ready():
            self._finish(name, piece)
            return
        first = self._n_pieces * PER_SHARD
        self._pieces[self._n_pieces] = (name, piece)
        self._n_pieces += 1
        for number, row in piece.open_rows():
            if row["url"] is None:
                told = Fetched("", None, "gone", "the source gave no address")
                self.take(first + number, Seen(row, told))
            else:
                yield first + number, row

    def take(self, number: int, seen: Seen) -> None:
        """Take what became of a row; commit what is finished by that."""
        at, number = divmod(number, PER_SHARD)
        name, piece = self._pieces[at]
        self._work.take(name, piece, number, seen)
        if piece.is_ready():
            del self._pieces[at]
            self._finish(name, piece)

    def _finish(self, name: str, piece: Piece) -> None:
        self._work.commit(piece)
        self._n_open[name] -= 1
        if not self._n_open[name]:
            del self._n_open[name]
            self._work.join(name, self._files.pop(name))
            self._finished.append(name)

    def finished(self) -> Iterator[str]:
        """Give the names of the chunks whose file stands since this was last asked."""
        while self._finished:
            yield self._finished.popleft()
