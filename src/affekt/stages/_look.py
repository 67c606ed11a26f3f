"""Looking at the pictures of one chunk: fetch, decode, put on the shelf, write down what came.

A chunk is cut into pieces of one shard each. A piece is finished when all its pictures are known,
whatever came first, and commits alone: bytes on the shelf, attempts in the journal, its own file.
So one slow server holds up one piece, bytes do not depend on the order of answers, and what dies
costs the pieces at hand.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl

from affekt import durable
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
        # Told row, reason and detail of each picture, in this process.
        self.note: Callable[[Row, str | None, str | None], None] | None = None

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
        spool = Spool(self._folder)
        pieces = [
            Piece(self._folder / f"{name}-{number}.piece", part, spool)
            for number, part in enumerate(rows.iter_slices(PER_SHARD))
        ]
        with closing(spool):
            self._finish(pieces)
        frames = [pl.DataFrame(schema=LOOKED), *(pl.read_parquet(piece.path) for piece in pieces)]
        self._write(pl.concat(frames), self.path(name))
        for piece in pieces:
            piece.path.unlink()

    def _finish(self, pieces: list[Piece]) -> None:
        """Commit every piece as soon as all its rows are known."""
        for piece in pieces:
            self._commit_if_ready(piece)
        for at, seen in self._seen(pieces):
            piece, trouble = pieces[at // PER_SHARD], self._trouble(seen)
            stores = trouble is None or self._is_online(seen.row["source"])
            piece.take(at % PER_SHARD, seen, stores=stores)
            if self.note:
                self.note(seen.row, *(trouble or (None, None)))
            self._commit_if_ready(piece)

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

    def _seen(self, pieces: list[Piece]) -> Iterator[tuple[int, Seen]]:
        """Give what became of every row that nobody knows yet, by its number in the chunk."""
        asked = {
            at * PER_SHARD + number: row
            for at, piece in enumerate(pieces)
            for number, row in piece.open_rows()
        }
        if asked:
            self._arrivals = self._arrivals or Arrivals(self._setup)
            yield from self._arrivals.seen(asked)

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

    def _commit_if_ready(self, piece: Piece) -> None:
        if not piece.is_ready() or piece.path.is_file():
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
