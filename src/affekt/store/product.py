"""What was made: a folder with Parquet in it, a manifest, and an address."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from affekt.durable import file_sha256
from affekt.errors import Damaged, NewerFormat
from affekt.files import Files

FORMAT = 1  # raise when a product of an older affekt cannot be read as it lies
NEEDED = (
    "recipe_sha256", "inputs", "kept", "dropped", "reasons", "table_sha256", "dropped_sha256",
    "published", "notes", "seconds", "made_at",
)  # fmt: skip
OWN = "files"  # folder of what a product holds besides its tables


@dataclass(frozen=True)
class Product:
    """One finished step of a line.

    Attributes:
        stage: Name of the stage that made it.
        address: SHA-256 of the stage's identity and its inputs' addresses; for a door also of its
            rows.
        folder: Where it lies.
        manifest: ``recipe``, ``inputs``, ``came_in``, ``kept``, ``dropped``, ``reasons``,
            ``notes``, ``seconds``,
            ``versions``, ``table_sha256``, ``published`` …
    """

    stage: str
    address: str
    folder: Path
    manifest: Mapping[str, Any]
    files: Files | None = field(default=None, compare=False, repr=False)

    def table(self) -> pl.DataFrame:
        """Give the rows that go on.

        Raises:
            Damaged: The file is missing or not what was written.
        """
        return pl.read_parquet(self.whole("table"))

    def dropped(self) -> pl.DataFrame:
        """Give the rows that do not: key columns, ``reason``, ``detail``.

        Raises:
            Damaged: The file is missing or not what was written.
        """
        return pl.read_parquet(self.whole("dropped"))

    def whole(self, name: str) -> Path:
        """Give the file of ``table`` or ``dropped`` after holding it against its checksum.

        Raises:
            Damaged: The file is missing or not what was written.
        """
        return self._sound(self.folder / f"{name}.parquet", self.manifest[f"{name}_sha256"])

    def file(self, name: str) -> Path:
        """Give one of the files that the product holds besides its tables, after a look at it.

        Raises:
            Damaged: It is missing or not what was written.
            KeyError: The product never had it.
        """
        return self._sound(self.folder / OWN / name, self.manifest[OWN][name])

    @property
    def own(self) -> tuple[str, ...]:
        """Names of the files that it holds besides its tables, sorted."""
        return tuple(sorted(self.manifest.get(OWN, {})))

    def _sound(self, path: Path, sha256: str) -> Path:
        if self.files:
            self.files.ensure(path)
        try:
            wrong = file_sha256(path) != sha256
        except OSError as trouble:
            raise Damaged(
                f"{path}: cannot be read ({trouble.strerror}); {self._remedy}"
            ) from trouble
        if wrong:
            raise Damaged(f"{path}: is not what was written, by its checksum; {self._remedy}")
        return path

    @property
    def _remedy(self) -> str:
        return f"delete the folder {self.folder.name!r} and run again"


@dataclass(frozen=True)
class Failure:
    """A step that could not be made.

    Attributes:
        stage: Name of the stage.
        reason: The one sentence that says why.
        kind: Class of the error, or ``open`` when it was not tried.
    """

    stage: str
    reason: str
    kind: str


def read(folder: Path, files: Files | None = None) -> Product:
    """Give the product in a folder; its tables may still lie where the project's files do.

    Raises:
        NewerFormat: A newer affekt made it.
        Damaged: Its manifest cannot be read.
    """
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        made_with = int(manifest["format"])
        made = Product(manifest["stage"], manifest["address"], folder, manifest, files)
        lost = [key for key in NEEDED if key not in manifest and made_with <= FORMAT]
        if lost:
            raise ValueError(f"lacks {', '.join(lost)}")
    except (ValueError, KeyError, TypeError) as trouble:
        raise Damaged(
            f"{path}: cannot be read ({trouble}); delete the folder {folder.name!r} and run again"
        ) from trouble
    if made_with > FORMAT:
        raise NewerFormat(
            f"{folder}: made in format {made_with} by affekt "
            f"{manifest.get('versions', {}).get('affekt')!r}, this affekt reads "
            f"up to {FORMAT}; update affekt. Nothing was touched"
        )
    return made


def keep_files(made: Path | None, place: Path) -> dict[str, str]:
    """Move the files of a folder to where they rest; give the SHA-256 of each by its name."""
    if made is None:
        return {}
    shutil.rmtree(place, ignore_errors=True)  # of a run that was cut off here
    made.rename(place)
    paths = sorted(path for path in place.rglob("*") if path.is_file())
    return {path.relative_to(place).as_posix(): file_sha256(path) for path in paths}


def read_note(path: Path) -> dict[str, Any]:
    """Give a small JSON object, empty when the file is absent or unreadable."""
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}
