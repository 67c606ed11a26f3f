"""Reads what a release does not ship from the folder that `affekt hydrate` filled."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from affekt.datasets import Labelled
from affekt.datasets.release import shape
from affekt.datasets.release.reading import Unreadable, groups_in
from affekt.errors import Damaged, UsageError

PLACES = ("pictures", "same")  # of what is exact, and of what has the same look


class Hydrated:
    """The pictures in a hydrated folder.

    Args:
        folder: Where they lie.
        same: Whether other bytes of the same look count.

    Raises:
        UsageError: Nothing was ever hydrated there.
    """

    def __init__(self, folder: Path, *, same: bool) -> None:
        if not (folder / "receipt.json").is_file():
            raise UsageError(
                f"data set 'release': {str(folder)!r} holds no hydrated pictures (no "
                "receipt.json); run `affekt hydrate` first, or correct `hydrated`"
            )
        self._folder = folder
        self._files = {
            (place, path.stem): path
            for place in (PLACES if same else PLACES[:1])
            for path in sorted((folder / place).glob("[!.]*"))
        }

    def pictures(self, links: Path) -> Iterator[Labelled]:
        """Give the pictures that a file of links names, also those that are not here.

        Raises:
            Damaged: The file is none, or a picture is not what its name says.
        """
        try:
            for group in groups_in(links, shape.link_schema()):
                yield from (labelled(row, self._read(row)) for row in group.to_pylist())
        except (Unreadable, KeyError, TypeError) as trouble:
            raise Damaged(
                f"{links}: is no link file of a release ({trouble}); get the release again"
            ) from trouble

    def _read(self, row: Mapping[str, Any]) -> Path | bytes:
        exact, same = (self._files.get((place, row["image_id"])) for place in PLACES)
        if exact is None:
            return same or self._folder / "pictures" / str(row["image_id"])  # missing, which counts
        data = exact.read_bytes()
        if hashlib.sha256(data).hexdigest() != row["original_sha256"]:
            raise Damaged(
                f"{exact}: is not the picture that its name says; remove it and run `affekt "
                "hydrate` again"
            )
        return data


def labelled(row: Mapping[str, Any], read: Path | bytes) -> Labelled:
    """Give a row of a release as any data set gives its pictures."""
    return Labelled(
        name=row["image_id"],
        read=read,
        emotion=row["label"],
        group=row["group_id"],
        part=shape.PART_OF_SPLIT[row["split"]],
        shares=None if row["share"] is None else tuple(row["share"]),
        is_generated=row["is_generated"],
        source=row["source"],
    )


def tree(folder: Path) -> str:
    """Give what changes with the pictures in a hydrated folder: their names and sizes."""
    files = [path for place in PLACES for path in sorted((folder / place).glob("[!.]*"))]
    lines = [f"{path.parent.name}/{path.name} {path.stat().st_size}" for path in files]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
