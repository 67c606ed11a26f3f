"""What a release says of its pictures: which are shipped, and where the others may be found."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import polars as pl

from affekt import parts
from affekt.datasets.release import shape
from affekt.datasets.release.reading import (
    Unreadable,
    checksums_in,
    csv_in,
    frame_of,
    groups_in,
    manifest_in,
)
from affekt.datasets.release.shape import Manifest
from affekt.durable import file_sha256
from affekt.errors import Damaged, UsageError
from affekt.forgotten import Entry, Forgotten, trouble_with

COLUMNS = ("image_id", "label", "split", "shipped", "source", "source_url", "landing_url",
           "licence", "original_sha256", "phash", "bytes")  # fmt: skip


class Wanted(NamedTuple):
    """A picture to be fetched: what it is called, where it lies, what tells that it is the one.

    ``page_url`` and ``licence`` are as the release says; None where it does not.
    """

    image_id: str
    url: str
    sha256: str
    phash: int | None
    robots: bool
    page_url: str | None = None
    licence: str | None = None


@dataclass(frozen=True)
class Named:
    """A release as far as it matters here.

    Attributes:
        manifest: What it is.
        digest: SHA-256 of its checksums, by which it is told from every other.
        rows: One row a picture, shipped or not; columns `COLUMNS`.
        removed: What it says was withdrawn.
    """

    manifest: Manifest
    digest: str
    rows: pl.DataFrame
    removed: Forgotten

    @property
    def name(self) -> str:
        """Name and version."""
        return f"{self.manifest.release.name} {self.manifest.release.version}"

    def wanted(self) -> Iterator[Wanted]:
        """Give what is not shipped, in order of its id."""
        kinds = {one: _obeys_robots(one) for one in self.rows["source"].unique()}
        for row in self.rows.filter(~pl.col("shipped")).iter_rows(named=True):
            phash = None if row["phash"] is None else int(row["phash"], 16)
            robots = kinds[row["source"]]
            key, url = row["image_id"], row["source_url"] or ""
            about = row["landing_url"], row["licence"]
            yield Wanted(key, url, row["original_sha256"], phash, robots, *about)


def named_in(folder: Path) -> Named:
    """Read a release; every file that is read is held against its checksum.

    Raises:
        UsageError: The folder holds no release.
        Damaged: A file is not as its checksum says, or says what it must not.
        NewerFormat: A newer affekt wrote it.
    """
    if not (folder / shape.CHECKSUMS).is_file():
        raise UsageError(
            f"{folder}: holds no release (no {shape.CHECKSUMS}); name the folder of one"
        )
    try:
        digests = checksums_in(folder / shape.CHECKSUMS)
        manifest = manifest_in(_checked(folder, shape.MANIFEST, digests))
        rows = pl.concat(_rows(folder, digests)).sort("image_id")
        removed = _removed(folder, digests)
    except Unreadable as trouble:
        raise Damaged(f"{folder}: {trouble}; get the release again") from None
    _check_rows(folder, rows)
    return Named(manifest, file_sha256(folder / shape.CHECKSUMS), rows, removed)


def _rows(folder: Path, digests: dict[str, str]) -> Iterator[pl.DataFrame]:
    yield frame_of(shape.link_schema().empty_table()).select(COLUMNS)
    forms = {"data": shape.data_schema(), "links": shape.link_schema()}
    for name in sorted(digests):
        form = forms.get(name.partition("/")[0])
        if form is not None:
            path = _checked(folder, name, digests)
            yield from (frame_of(group) for group in groups_in(path, form, columns=COLUMNS))


def _removed(folder: Path, digests: dict[str, str]) -> Forgotten:
    if shape.REMOVED not in digests:
        return Forgotten()
    rows = csv_in(_checked(folder, shape.REMOVED, digests), shape.REMOVED_COLUMNS)
    values = [f"{row['sha256']}/{row['phash']}" if row["phash"] else row["sha256"] for row in rows]
    entries = [Entry("withdrawn", str(value)) for value in values]
    if trouble := next(filter(None, map(trouble_with, entries)), ""):
        raise Unreadable(f"{shape.REMOVED} has a line that is no removal, {trouble}")
    return Forgotten(entries)


def _check_rows(folder: Path, rows: pl.DataFrame) -> None:
    """Names become files, so they are looked at before."""
    is_name = pl.all_horizontal(
        pl.col(name).str.contains("^[0-9a-f]{64}$").fill_null(value=False)
        for name in ("image_id", "original_sha256")
    )
    is_hash = pl.col("phash").str.contains("^[0-9a-f]{16}$").fill_null(value=True)
    is_whole = pl.col("shipped").is_not_null() & pl.col("image_id").is_unique()
    wrong = rows.filter(~(is_name & is_hash & is_whole))
    if wrong.height:
        raise Damaged(
            f"{folder}: {wrong.height:,} pictures have ids or hashes that are none or stand twice; "
            f"see what `affekt release check {folder}` says, then get the release again"
        )


def _checked(folder: Path, name: str, digests: dict[str, str]) -> Path:
    path = folder / name
    if not path.is_file() or file_sha256(path) != digests.get(name):
        raise Damaged(f"{path}: is missing or not as {shape.CHECKSUMS} says; get the release again")
    return path


def _obeys_robots(source: str | None) -> bool:
    """Tell whether robots.txt has a say where the pictures of a source lie."""
    kind = (source or "").partition("-")[0]
    if kind not in parts.kinds("sources"):
        return True
    return bool(getattr(parts.find("sources", kind), "obeys_robots", True))
