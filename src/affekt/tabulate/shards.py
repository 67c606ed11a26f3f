"""The work on one shard: some files become a small table of vectors and reasons."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from affekt import durable
from affekt.errors import PictureError
from affekt.features import Feature
from affekt.parts import canonical
from affekt.pictures.limits import Limits
from affekt.sources.folder.reading import read_inside
from affekt.stages.extract import Made, Workshop

SLOW, QUICK = 100, 1000  # pictures a shard, of a hand-made set and of any other feature
SHARD: dict[str, Any] = {
    "path": pl.String,
    "is_named": pl.Boolean,
    "image_id": pl.String,
    "width_px": pl.Int32,
    "height_px": pl.Int32,
    "vector": pl.List(pl.Float32),
    "reason": pl.String,
    "detail": pl.String,
}
Row = dict[str, Any]


def named_shards(feature: Feature, rows: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Give the rows in shards; a name tells the place, and what a shard would be made of.

    So a shard of another feature, other settings or other files is never taken for it.
    """
    size = SLOW if feature.is_python else QUICK
    for number, some in enumerate(rows.iter_slices(size)):
        made_of = canonical([feature.identity(), some.rows()])
        yield f"{number:06d}-{hashlib.sha256(made_of).hexdigest()[:32]}", some


@dataclass(frozen=True)
class Shards:
    """The work on a shard.

    Attributes:
        feature: What is computed.
        folder: Where the files go.
        tell: Told pictures and failures of the shard in work; only where that is here.
    """

    feature: Feature
    folder: Path
    tell: Callable[[int, int], None] | None = None

    def file(self, name: str) -> Path:
        """Give the place of a shard."""
        return self.folder / f"{name}.parquet"

    def is_done(self, name: str) -> bool:
        return self.file(name).exists()

    def do(self, name: str, rows: pl.DataFrame) -> None:
        made: dict[str, Row] = {row["path"]: row for row in rows.rows(named=True)}
        n_failures = 0
        with Workshop(self.feature, 1, is_measuring=True) as workshop:
            for number, one in enumerate(workshop.vectors(_read(made)), 1):
                made[one.image_id] |= _told(one)
                n_failures += one.vector is None
                if self.tell:
                    self.tell(number, n_failures)
        self._write(name, list(made.values()))

    def give_up(self, name: str, row: pl.DataFrame, error: str) -> None:
        self._write(name, [{**row.row(0, named=True), "reason": "internal-error", "detail": error}])

    def _write(self, name: str, made: list[Row]) -> None:
        with durable.replaced(self.file(name)) as beside:
            rows = [{column: row.get(column) for column in SHARD} for row in made]
            pl.DataFrame(rows, schema=SHARD).write_parquet(beside)


def _read(rows: dict[str, Row]) -> Iterator[tuple[str, bytes]]:
    """Give path and bytes of each file; what cannot be read gets its reason."""
    for path, row in rows.items():
        try:
            data = read_inside(Path(row["root"]), row["name"], Limits().max_bytes)
        except PictureError as trouble:
            row |= {"reason": trouble.reason, "detail": trouble.detail}
        else:
            row["image_id"] = hashlib.sha256(data).hexdigest()
            yield path, data


def _told(one: Made) -> Row:
    width_px, height_px = one.size_px or (None, None)
    return {
        "vector": None if one.vector is None else one.vector.tolist(),
        "width_px": width_px,
        "height_px": height_px,
        "reason": one.reason,
        "detail": one.detail,
    }
