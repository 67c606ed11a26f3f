"""What was made: a folder with Parquet in it, a manifest, and an address."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from affekt.errors import Damaged, NewerFormat

FORMAT = 1  # raise when a product of an older affekt cannot be read as it lies


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

    def table(self) -> pl.DataFrame:
        """Give the rows that go on."""
        return pl.read_parquet(self.folder / "table.parquet")

    def dropped(self) -> pl.DataFrame:
        """Give the rows that do not: key columns, ``reason``, ``detail``."""
        return pl.read_parquet(self.folder / "dropped.parquet")


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


def read(folder: Path) -> Product:
    """Give the product in a folder.

    Raises:
        NewerFormat: A newer affekt made it.
        Damaged: Its manifest cannot be read.
    """
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        made_with, product = (
            manifest["format"],
            Product(manifest["stage"], manifest["address"], folder, manifest),
        )
    except (ValueError, KeyError, TypeError) as trouble:
        raise Damaged(
            f"{path}: cannot be read ({trouble}); delete the folder {folder.name!r} and run again"
        ) from trouble
    if made_with > FORMAT:
        raise NewerFormat(
            f"{folder}: made in format {made_with} by affekt "
            f"{manifest['versions'].get('affekt')!r}, this affekt reads "
            f"up to {FORMAT}; update affekt. Nothing was touched"
        )
    return product


def read_note(path: Path) -> dict[str, Any]:
    """Give a small JSON object, empty when the file is absent or unreadable."""
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}
