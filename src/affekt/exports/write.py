"""Writes an export: a folder that is whole or absent."""

import shutil
from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from affekt import __version__, durable
from affekt.errors import DiskTrouble, Refused, UsageError
from affekt.exports.guard import refuse_identities, refuse_names, refuse_secrets
from affekt.exports.render import Told, json_bytes, rendered
from affekt.exports.shape import FILES, FORMAT, MANIFEST, labels_of, votes_of, workers_of


def write_export(
    folder: Path,
    *,
    votes: pl.DataFrame,
    items: pl.DataFrame,
    workers: pl.DataFrame,
    campaign: Mapping[str, Any],
    never: Collection[str] = (),
) -> Mapping[str, Any]:
    """Write votes, labels and workers of a campaign into a new folder, and give its manifest.

    Equal input gives equal bytes (I14). Gold is left out of everything (I8).

    Args:
        folder: Must not exist.
        votes: Events as in `affekt.quality.EVENTS`, with a column ``policy``.
        items: Questions as in `affekt.exports.ITEMS`; tallies are counted anew from the votes.
        workers: Pseudonyms, and plain values beside them.
        campaign: Configuration, as JSON would hold it; see `affekt.exports.datasheet.datasheet`.
        never: Texts that no file may hold, such as all worker ids of a marketplace.

    Raises:
        Refused: The folder exists, or an identity or a secret would leave.
        TableError: A table breaks its schema.
        UsageError: The configuration is nothing that JSON holds.
        DiskTrouble: The folder cannot be written.
    """
    if folder.exists():
        raise Refused(f"{folder}: is there already; nothing is overwritten, name another folder")
    refuse_secrets(campaign)
    _refuse_no_json(campaign)
    told_votes = votes_of(votes)
    told = Told(
        votes=told_votes,
        labels=labels_of(items, told_votes),
        workers=workers_of(workers),
        campaign=campaign,
    )
    refuse_identities(told.votes, told.workers)
    hidden = folder.with_name(f".{folder.name}.part")
    try:
        return _written(folder, hidden, told, never)
    except OSError as trouble:
        raise DiskTrouble(
            f"{folder}: cannot be written: {trouble.strerror}; free space or name another folder"
        ) from trouble
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def _written(folder: Path, hidden: Path, told: Told, never: Collection[str]) -> Mapping[str, Any]:
    """Fill the hidden folder, the manifest last, and give it its name."""
    shutil.rmtree(hidden, ignore_errors=True)
    hidden.mkdir(parents=True)
    files = {name: _file(hidden / name, rendered(name, told), never) for name in FILES}
    manifest = {
        "format": FORMAT, "made_by": f"affekt {__version__}", "campaign": told.campaign,
        "files": files,
    }  # fmt: skip
    _file(hidden / MANIFEST, [json_bytes(manifest)], never)
    durable.settle(hidden)
    hidden.rename(folder)
    durable.settle(folder.parent)
    return manifest


def _refuse_no_json(campaign: Mapping[str, Any]) -> None:
    try:
        json_bytes(campaign)
    except (TypeError, ValueError) as trouble:
        raise UsageError(
            f"export: the campaign's configuration cannot be written as JSON ({trouble}); give "
            f"texts, numbers, true, false, null, lists and tables only"
        ) from trouble


def _file(path: Path, pieces: Iterable[bytes], never: Collection[str]) -> dict[str, Any]:
    """Write one file and give its entry of the manifest."""
    digest, size = sha256(), 0
    with path.open("wb") as file:
        for piece in pieces:
            if path.suffix != ".parquet":  # holds what the CSV of the same name holds
                refuse_names(piece.decode(), path.name, never)
            digest.update(piece)
            size += file.write(piece)
    durable.settle(path)
    return {"bytes": size, "sha256": digest.hexdigest()}
