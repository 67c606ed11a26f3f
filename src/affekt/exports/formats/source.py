"""The release an export is made of, read picture by picture, files held against checksums."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from affekt.datasets.release import shape
from affekt.datasets.release.reading import (
    Unreadable,
    checksums_in,
    csv_in,
    groups_in,
    manifest_in,
)
from affekt.datasets.release.shape import Manifest
from affekt.durable import file_sha256
from affekt.errors import Damaged, UsageError

AGAIN = "run `affekt release check` on it, then get the release again"
ID = re.compile("[0-9a-f]{64}")


class Record(NamedTuple):
    """One picture of a release.

    Attributes:
        name: File name: the id and the extension of its format.
        data: Its bytes.
        facts: Columns of `shape.COLUMNS` but the picture, and ``credit``, its credit line.
    """

    name: str
    data: bytes
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Source:
    """A release folder.

    Attributes:
        folder: Where it lies.
        digests: SHA-256 of each of its files, by name.
    """

    folder: Path
    digests: Mapping[str, str]

    @cached_property
    def manifest(self) -> Manifest:
        """What its manifest says.

        Raises:
            Damaged: It is not as its checksum says.
            NewerFormat: A newer affekt wrote it.
        """
        try:
            return manifest_in(self.file(shape.MANIFEST))
        except Unreadable as trouble:
            raise Damaged(f"{self.folder / shape.MANIFEST}: {trouble}; {AGAIN}") from None

    @property
    def classes(self) -> tuple[str, ...]:
        """The emotions in taxonomy order; the place of one is its number."""
        return self.manifest.taxonomy.names

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that hold a picture."""
        counts = self.manifest.counts.splits
        return tuple(split for split in shape.SPLITS if counts.get(split))

    @cached_property
    def credits(self) -> Mapping[str, str]:
        """The credit line of each picture."""
        try:
            rows = csv_in(self.file(shape.ATTRIBUTION), shape.ATTRIBUTION_COLUMNS)
        except Unreadable as trouble:
            raise Damaged(f"{self.folder / shape.ATTRIBUTION}: {trouble}; {AGAIN}") from None
        return {str(row["image_id"]): row["text"] or "" for row in rows}

    def file(self, name: str) -> Path:
        """Give one file.

        Raises:
            Damaged: It is missing, or not as its checksum says.
        """
        path = self.folder / name
        digest = self.digests.get(name)
        if digest is None or not path.is_file() or file_sha256(path) != digest:
            raise Damaged(f"{path}: is missing or not as {shape.CHECKSUMS} says; {AGAIN}")
        return path

    def pictures(self) -> dict[str, int]:
        """Count the pictures that lie inside, by split; from their file names, not their bytes."""
        counts = dict.fromkeys(self.splits, 0)
        for name in self._data():
            with pq.ParquetFile(self.folder / name) as file:
                paths = file.read(["image.path"])["image"].combine_chunks().field("path")
            counts[name.partition("/")[2].partition("-")[0]] += len(paths) - paths.null_count
        return counts

    def _data(self) -> list[str]:
        return sorted(name for name in self.digests if re.fullmatch(shape.DATA, name))

    def rows(self, split: str) -> Iterator[Mapping[str, Any]]:
        """Give every row of a split in the order of ids, also those without a picture inside.

        Raises:
            Damaged: A file is not what it should be.
        """
        for name in [one for one in self._data() if one.startswith(f"data/{split}-")]:
            path = self.file(name)
            try:
                for group in groups_in(path, shape.data_schema(), shape.ROW_GROUP):
                    for row in group.to_pylist():
                        self._refuse_odd(row, split)
                        yield row
            except Unreadable as trouble:
                raise Damaged(f"{path}: {trouble}; {AGAIN}") from None

    def _refuse_odd(self, row: Mapping[str, Any], split: str) -> None:
        """Refuse what would name a file or folder elsewhere, or a number that JSON cannot hold.

        Whoever tampers can make the checksums right again, so these say nothing about it.
        """
        image_id, path = row["image_id"], (row["image"] or {}).get("path")
        odd = {
            "image_id": not (image_id and ID.fullmatch(image_id)),
            "image.path": path not in (None, f"{image_id}.jpg", f"{image_id}.png"),
            "label": row["label"] not in self.classes,
            "split": row["split"] != split,
            "share": any(not (one is None or 0 <= one <= 1) for one in row["share"] or ()),
        }
        wrong = [name for name, is_odd in odd.items() if is_odd]
        if wrong:
            raise Unreadable(
                f"picture {str(image_id)[:12]!r} has {', '.join(wrong)} that no release has"
            )

    def records(self, split: str) -> Iterator[Record]:
        """Give the pictures of a split that lie inside, in the order of their ids.

        Raises:
            Damaged: A file is not what it should be.
        """
        for row in self.rows(split):
            image = row["image"]
            if image is None or image["bytes"] is None:
                continue
            facts = {name: row[name] for name in shape.COLUMNS if name != "image"}
            credit = self.credits.get(row["image_id"], "")
            yield Record(image["path"], image["bytes"], {**facts, "credit": credit})


def opened(folder: Path) -> Source:
    """Give a release folder.

    Raises:
        UsageError: There is none.
        Damaged: Its checksums cannot be read.
    """
    path = folder / shape.CHECKSUMS
    if not path.is_file() or not (folder / shape.MANIFEST).is_file():
        raise UsageError(
            f"{str(folder)!r}: holds no release (no {shape.MANIFEST} and {shape.CHECKSUMS}); name "
            "the folder of a release, those of a project lie in its releases/"
        )
    try:
        return Source(folder, checksums_in(path))
    except Unreadable as trouble:
        raise Damaged(f"{path}: {trouble}; {AGAIN}") from None
