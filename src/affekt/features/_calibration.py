"""Pictures of the user's that show a net which values it will meet: 200 of a folder."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from affekt.durable import file_sha256
from affekt.errors import PictureError, UsageError
from affekt.nets.int8 import Square
from affekt.pictures.decode import Decoders

DRAWN = 200
ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif"})


@dataclass(frozen=True)
class Calibration:
    """The pictures that were drawn.

    Attributes:
        sha256: Of their hashes, in order.
        paths: Where they lie.
        folder: The folder they were drawn from.
    """

    sha256: str
    paths: tuple[Path, ...]
    folder: Path

    def squares(self, side_px: int) -> Iterator[Square]:
        """Give them squashed to that side, decoded as all pictures are.

        Raises:
            UsageError: One cannot be decoded.
        """
        with Decoders(workers=1) as decoders:
            for path in self.paths:
                try:
                    yield decoders.squashed(path.read_bytes(), side_px)
                except PictureError as trouble:
                    raise UsageError(
                        f"{path}: cannot be used for `calibration` ({trouble}); take it out of "
                        f"{self.folder}"
                    ) from trouble


@lru_cache(maxsize=4)
def drawn(folder: Path) -> Calibration:
    """Draw pictures of a folder and all below it, those with the lowest SHA-256 of their bytes.

    The draw is the same whatever they are called. A folder is looked at once in a process.

    Raises:
        UsageError: There are fewer than are drawn, or one cannot be read.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: `calibration` is no folder; name one with {DRAWN} pictures")
    paths = sorted(one for one in folder.rglob("[!.]*") if one.suffix.lower() in ENDINGS)
    try:
        known = {file_sha256(one): one for one in paths if one.is_file()}
    except OSError as trouble:
        raise UsageError(
            f"{trouble.filename}: cannot be read for `calibration` ({trouble.strerror}); let it be "
            f"read, or take it out of {folder}"
        ) from trouble
    if len(known) < DRAWN:
        raise UsageError(
            f"{folder}: holds {len(known):,} different pictures, and `calibration` draws {DRAWN}; "
            "name a folder with more, or set `precision` to 'float32'"
        )
    hashes = sorted(known)[:DRAWN]
    sha256 = hashlib.sha256("\n".join(hashes).encode()).hexdigest()
    return Calibration(sha256, tuple(known[one] for one in hashes), folder)
