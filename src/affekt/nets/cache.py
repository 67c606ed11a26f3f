"""Graphs made once a user: kept below the user's cache folder, checked whenever they are read.

A file's name holds the digest of what made it and the SHA-256 of its bytes, so one rename publishes
both. Without a cache folder that can be written everything still works, only slower.
"""

import hashlib
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

log = logging.getLogger(__name__)


def cache_folder() -> Path | None:
    """Where affekt keeps what it can make again; None when there is no home.

    That is below ``XDG_CACHE_HOME`` or ``~/.cache``. A relative ``XDG_CACHE_HOME`` is ignored, as
    the XDG base directory specification says.
    """
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if given.is_absolute():
        return given / "affekt"
    try:
        return Path.home() / ".cache" / "affekt"
    except RuntimeError:
        return None


def kept(name: str, digest: str, make: Callable[[], bytes]) -> bytes:
    """Give the bytes filed under ``name`` and ``digest``; made when there are no whole ones."""
    folder = cache_folder()
    if folder is None:
        return make()
    stem = f"{name}-{digest[:16]}"
    for path in sorted(folder.glob(f"{stem}-*.onnx")):
        data = _whole(path, path.stem.removeprefix(f"{stem}-"))
        if data is not None:
            return data
    data = make()
    _file(folder, stem, data)
    return data


def _whole(path: Path, sha256: str) -> bytes | None:
    try:
        data = path.read_bytes()
    except OSError as trouble:
        log.warning("%s cannot be read (%s); it is made again", path, trouble.strerror)
        return None
    if hashlib.sha256(data).hexdigest() == sha256:
        return data
    log.warning("%s does not hold what its name says; it is made again", path)
    _forget(path)
    return None


def _file(folder: Path, stem: str, data: bytes) -> None:
    """Write beside, then rename; a folder that cannot be written is no failure."""
    place = folder / f"{stem}-{hashlib.sha256(data).hexdigest()}.onnx"
    beside = folder / f".{stem}-{uuid4().hex}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)
        beside.replace(place)
    except OSError as trouble:
        log.warning("%s cannot be kept (%s); it will be made again next time", place, trouble)
        _forget(beside)


def _forget(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
