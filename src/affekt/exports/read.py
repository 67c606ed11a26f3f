"""Reads an export back, after every file was held against its checksum."""

import io
import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from affekt.errors import Damaged, NewerFormat, UsageError
from affekt.exports.shape import (
    FILES,
    FORMAT,
    LABELS,
    MANIFEST,
    VOTES,
    events_of,
    with_cover,
    workers_of,
)


class Export(NamedTuple):
    """What an export holds; `affekt.exports.write_export` takes it again."""

    votes: pl.DataFrame  # events, with their policy
    items: pl.DataFrame  # `LABELS`, and is_gold, false throughout
    workers: pl.DataFrame
    campaign: Mapping[str, Any]


def read_export(folder: Path) -> Export:
    """Give the tables and the configuration of an export.

    Raises:
        UsageError: The folder holds no export.
        NewerFormat: A newer affekt wrote it.
        Damaged: A file is missing or differs from its checksum.
        TableError: A table breaks its schema.
    """
    manifest = _manifest(folder / MANIFEST)
    contents = {name: _content(folder / name, manifest["files"].get(name)) for name in FILES}
    votes = VOTES.conform(with_cover(_parquet(folder, "votes.parquet", contents)), str(folder))
    labels = LABELS.conform(_parquet(folder, "labels.parquet", contents), str(folder))
    return Export(
        votes=events_of(votes),
        items=labels.with_columns(is_gold=pl.lit(value=False)),
        workers=workers_of(_parquet(folder, "workers.parquet", contents)),
        campaign=manifest["campaign"],
    )


def _manifest(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise UsageError(f"{path.parent}: is no export, for it has no {MANIFEST}; name its folder")
    try:
        manifest = json.loads(path.read_bytes())
        number = manifest["format"]
        is_whole = isinstance(manifest["campaign"], dict) and isinstance(manifest["files"], dict)
    except (ValueError, KeyError, TypeError) as trouble:
        raise Damaged(f"{path}: is no manifest of an export ({trouble!r}); {_REMEDY}") from trouble
    if isinstance(number, int) and number > FORMAT:
        raise NewerFormat(
            f"{path}: has format {number}, and this affekt reads up to {FORMAT}; install a "
            f"newer one"
        )
    if number != FORMAT or not is_whole:
        raise Damaged(f"{path}: is no manifest of an export; {_REMEDY}")
    return dict(manifest)


_REMEDY = "copy the export again, or write it anew from the campaign"


def _content(path: Path, entry: object) -> bytes:
    """Give the bytes of a file that are what the manifest says."""
    if not path.is_file():
        raise Damaged(f"{path}: is missing; {_REMEDY}")
    content = path.read_bytes()
    known = entry.get("sha256") if isinstance(entry, dict) else None
    if sha256(content).hexdigest() != known:
        raise Damaged(f"{path}: differs from its checksum in {MANIFEST}; {_REMEDY}")
    return content


def _parquet(folder: Path, name: str, contents: Mapping[str, bytes]) -> pl.DataFrame:
    try:
        return pl.read_parquet(io.BytesIO(contents[name]))
    except pl.exceptions.PolarsError as trouble:
        raise Damaged(f"{folder / name}: is no Parquet file ({trouble}); {_REMEDY}") from trouble
