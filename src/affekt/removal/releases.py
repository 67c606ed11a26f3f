"""Which releases contain something; they are read here and never changed."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl

from affekt import cells
from affekt.datasets.release import shape
from affekt.forgotten import Forgotten
from affekt.store import Store

PARTS = ("data", "links")
URLS = ("source_url", "landing_url")
REMOVED = Path(shape.REMOVED).name


class Holding(NamedTuple):
    """A release that contains it.

    Attributes:
        name: Its folder.
        images: SHA-256 of the pictures as they are in this release.
    """

    name: str
    images: frozenset[str]


def originals(store: Store, digits: str) -> set[str]:
    """Give what the released pictures were made from whose SHA-256 begins with some digits."""
    found: set[str] = set()
    for path in pictures(store):
        rows = pl.read_parquet(store.files.ensure(path), columns=["image_id", "original_sha256"])
        found |= set(rows.filter(rows["image_id"].str.starts_with(digits))["original_sha256"])
    return found


def pictures(store: Store) -> list[Path]:
    """Give the files that name the pictures of all releases, shipped or linked."""
    listed = store.files.listed
    return [path for part in PARTS for path in listed(store.releases, f"{part}/*.parquet")]


def holding(store: Store, told: Forgotten, words: frozenset[str]) -> list[Holding]:
    """Give the releases that contain something on a list, or that cannot be read."""
    files = store.files
    lying = [path for path in files.listed(store.releases, "*") if not path.is_dir()]
    names = sorted({path.relative_to(store.releases).parts[0] for path in lying})
    found = []
    for name in names:
        inside = [path for path in lying if path.relative_to(store.releases).parts[0] == name]
        try:
            images = _images([files.ensure(path) for path in inside], told, words)
        except (OSError, ValueError, pl.exceptions.PolarsError):
            images = frozenset()
        if images is not None:
            found.append(Holding(name, images))
    return found


def _images(paths: list[Path], told: Forgotten, words: frozenset[str]) -> frozenset[str] | None:
    """Give the images of a release that are meant, None where nothing of it is."""
    is_in, images = False, set[str]()
    for rows in _tables(paths):
        own = meant = told.among(rows)
        for name in [name for name in URLS if name in rows.columns]:
            meant |= rows[name].is_in(sorted(words)).fill_null(False)
        is_in = is_in or bool(meant.any())
        if "image_id" in rows.columns:
            images |= set(rows.filter(own)["image_id"].drop_nulls())
    return frozenset(images) if is_in else None


def _tables(paths: list[Path]) -> Iterator[pl.DataFrame]:
    """Give the rows of a release's tables, with the name of bytes that affekt's own tables use."""
    withdrawn = [one for path in paths if path.name == REMOVED for one in _hashes(path)]
    for path in paths:
        if path.suffix == ".parquet" and path.parent.name in PARTS:
            columns = ["image_id", "original_sha256", *URLS]
            yield pl.read_parquet(path, columns=columns).rename({"original_sha256": "original_id"})
        elif path.name in {Path(shape.ASKED).name, Path(shape.NOISY).name}:
            header, rows = cells.from_csv(path.read_text(encoding="utf-8"))
            frame = pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row")
            # What a release lists as withdrawn it names for that reason alone: it is not inside.
            frame = frame.filter(~pl.col("original_sha256").is_in(withdrawn))
            names = {"original_sha256": "original_id"}
            yield frame.select(pl.col("original_sha256", *{"image_id"} & set(header))).rename(names)


def _hashes(path: Path) -> list[str]:
    _, rows = cells.from_csv(path.read_text(encoding="utf-8"))
    return [str(row["sha256"]) for row in rows]
