"""The pictures the site shows: found by their id, made anew from their pixels, kept for a while."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import polars as pl

from affekt.errors import AffektError, NotTaken, PictureError, UsageError
from affekt.pictures.decode import Decoders
from affekt.pictures.shelf import Shelf, Spot
from affekt.stages import _warnings

MOST_PIXELS = 2_000_000  # of a picture as it is shown; more is not seen on a screen
KEPT_BYTES = 96_000_000  # of pictures made anew
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp"})
SPOTS_OF = {"image_id": pl.String, "shard": pl.String, "row_group": pl.Int32, "row": pl.Int32}
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png"}


class Shown(NamedTuple):
    """A picture as it leaves the site."""

    data: bytes
    media_type: str


class Pool(NamedTuple):
    """The pictures of the test: where each lies, and its key."""

    paths: Mapping[str, Path]  # id → file
    emotions: Mapping[str, str]  # id → emotion


class Gallery:
    """Hands out pictures by id.

    Args:
        shelf: Bytes of the project's pictures.
        spots: Where each of them lies, columns ``image_id``, ``shard``, ``row_group``, ``row``.
        files: Pictures that lie in files, by id, such as those of the test.
        notes: Content notes of those that may disturb, by id; a page covers them first.
    """

    def __init__(
        self,
        shelf: Shelf,
        spots: pl.DataFrame,
        files: Mapping[str, Path],
        notes: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.notes = notes or {}
        columns = spots.select("image_id", "shard", "row_group", "row")
        self._spots = {row[0]: Spot(*row[1:]) for row in columns.iter_rows()}
        self._shelf = shelf
        self._files = files
        self._decoders = Decoders()
        self._gate = threading.Lock()
        self._kept: OrderedDict[str, Shown] = OrderedDict()
        self._size = 0

    def shown(self, image_id: str) -> Shown:
        """Give a picture made of nothing but the pixels of the one that was found.

        Raises:
            NotTaken: It is not there any more, or cannot be shown.
        """
        with self._gate:
            if image_id in self._kept:
                self._kept.move_to_end(image_id)
                return self._kept[image_id]
        try:
            made = self._decoders.rebuilt(self._bytes(image_id), max_pixels=MOST_PIXELS)
        except (PictureError, AffektError, OSError) as trouble:
            raise NotTaken("unknown", "this picture cannot be shown") from trouble
        return self._keep(image_id, Shown(made.data, TYPES[made.format]))

    def close(self) -> None:
        """End the processes that decode."""
        self._decoders.__exit__()

    def _bytes(self, image_id: str) -> bytes:
        if image_id in self._files:
            return self._files[image_id].read_bytes()
        if image_id not in self._spots:
            raise NotTaken("unknown", "there is no such picture")
        return self._shelf.read(*self._spots[image_id], image_id)

    def _keep(self, image_id: str, made: Shown) -> Shown:
        with self._gate:
            if image_id not in self._kept:
                self._kept[image_id] = made
                self._size += len(made.data)
            while self._size > KEPT_BYTES:
                self._size -= len(self._kept.popitem(last=False)[1].data)
        return made


def notes_of(
    images: pl.DataFrame, words: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Give the content notes of those pictures that have one, by id.

    Args:
        images: Columns ``image_id`` and ``tags``; of pictures without tags nothing is known.
        words: Content note → tags that give it, as the release takes them.
    """
    found = images.select("image_id", notes=_warnings.of_tags(images["tags"], words))
    return {name: tuple(notes) for name, notes in found.iter_rows() if notes}


def pool_of(folder: Path | None, emotions: tuple[str, ...]) -> Pool:
    """Read the pictures of the test: a folder for each emotion, as in ``pool/awe/1.jpg``.

    Raises:
        UsageError: The folder is missing, or holds a folder that is no emotion of the plan.
    """
    if folder is None:
        return Pool({}, {})
    if not folder.is_dir():
        raise UsageError(f"{folder}: is no folder; `pool` names one with a folder for each emotion")
    paths, key = {}, {}
    for inside in sorted(one for one in folder.iterdir() if one.is_dir()):
        if inside.name not in emotions:
            raise UsageError(
                f"{inside}: is no emotion of the plan; known are {', '.join(emotions)}. Rename the "
                "folder or take it out of `pool`"
            )
        for path in sorted(inside.iterdir()):
            if path.suffix.lower() in SUFFIXES:
                name = hashlib.sha256(path.read_bytes()).hexdigest()
                paths[name], key[name] = path, inside.name
    return Pool(paths, key)
