"""Makes every picture anew from its pixels, in shards that survive a kill."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from affekt.errors import AffektError, PictureError
from affekt.pictures.decode import Decoders, Rebuilt
from affekt.pictures.shelf import PER_SHARD, Shelf, Writer
from affekt.stage import Desk

AT_ONCE = 16  # pictures in memory
MANY = 50  # pictures; when all of so many fail alike, the fault is not theirs
MADE = {
    "original_id": pl.String,
    "image_id": pl.String,
    "shard": pl.String,
    "row_group": pl.Int32,
    "row": pl.Int32,
    "format": pl.String,
    "width_px": pl.Int32,
    "height_px": pl.Int32,
    "bytes": pl.Int64,
    "reason": pl.String,
    "detail": pl.String,
}


class Lost(NamedTuple):
    """A picture that could not be rebuilt."""

    reason: str
    detail: str


class Rebuilding:
    """Rebuilds the pictures of one release below the desk's scratch.

    Args:
        desk: Where the originals are read and the new ones kept.
        decoders: The children that do it.
        max_pixels: Bigger pictures are made smaller.
        watch: Told how many are done and how many failed.
    """

    def __init__(
        self, desk: Desk, decoders: Decoders, max_pixels: int, watch: Callable[[int, int], None]
    ) -> None:
        self.shelf = Shelf(desk.scratch / "rebuilt")
        self._desk = desk
        self._decoders = decoders
        self._max_pixels = max_pixels
        self._watch = watch

    def run(self, rows: pl.DataFrame, pool: ThreadPoolExecutor) -> pl.DataFrame:
        """Give one row (columns `MADE`) a picture; ``reason`` is null where it could be rebuilt.

        ``rows`` has the columns of a place on the shelf and is taken in the order of ``image_id``.

        Raises:
            AffektError: The first pictures fail all alike.
        """
        rows = rows.sort("image_id")
        made = [pl.DataFrame(schema=MADE)]
        for number, shard in enumerate(rows.iter_slices(PER_SHARD)):
            path = self._desk.scratch / f"rebuilt-{number:06d}.parquet"
            if not path.is_file():
                _write(self._shard(f"{number:06d}", shard, pool), path)
            made.append(pl.read_parquet(path))
            _check_some_work(pl.concat(made))
            self._watch(
                sum(part.height for part in made), sum(part["reason"].count() for part in made)
            )
        return pl.concat(made)

    def _shard(self, name: str, rows: pl.DataFrame, pool: ThreadPoolExecutor) -> pl.DataFrame:
        made = []
        # They are read by the hashes of their new bytes, so neighbours here are none there.
        with self.shelf.writer(name, per_group=1) as writer:
            scan = self._desk.shelf.scan(rows)
            while originals := list(islice(scan, AT_ONCE)):
                answers = pool.map(self._rebuilt, (data for _, data in originals))
                for (original_id, _), answer in zip(originals, answers, strict=True):
                    made.append({"original_id": original_id, **_kept(writer, answer)})
        return pl.DataFrame(made, schema=MADE)

    def _rebuilt(self, data: bytes) -> Rebuilt | Lost:
        try:
            return self._decoders.rebuilt(data, max_pixels=self._max_pixels)
        except PictureError as trouble:
            return Lost(trouble.reason, trouble.detail)


def _kept(writer: Writer, answer: Rebuilt | Lost) -> dict[str, Any]:
    if isinstance(answer, Lost):
        return answer._asdict()
    image_id = sha256(answer.data).hexdigest()
    facts = {"format": answer.format, "width_px": answer.width_px, "height_px": answer.height_px}
    spot = writer.add(image_id, answer.data)
    return {"image_id": image_id, "bytes": len(answer.data), **spot._asdict(), **facts}


def _check_some_work(made: pl.DataFrame) -> None:
    reasons = Counter(made["reason"])
    if made.height >= MANY and len(reasons) == 1 and None not in reasons:
        raise AffektError(
            f"release: none of the first {made.height:,} pictures could be rebuilt, "
            f"all for {next(iter(reasons))!r}; run `affekt doctor`, then run again"
        )


def _write(rows: pl.DataFrame, path: Path) -> None:
    beside = path.with_suffix(".part")
    rows.write_parquet(beside)
    beside.rename(path)
