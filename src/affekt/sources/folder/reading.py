"""Reads one file below a folder without ever leaving it."""

import os
import stat
from pathlib import Path

from affekt.errors import PictureError

# A pipe opened without O_NONBLOCK would wait for its writer for ever.
_CAREFULLY = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def read_inside(root: Path, name: str, max_bytes: int) -> bytes:
    """Give the bytes of a file below ``root``, no step of its path following a link.

    Raises:
        PictureError: ``unreadable``, ``link``, ``not-a-file`` or ``too-many-bytes``.
    """
    parts = name.split("/")
    if "\0" in name or any(part in ("", ".", "..") for part in parts):
        raise PictureError("unreadable", f"{name!r} does not name a file inside the folder")
    try:
        handle = _descend(root, parts)
        try:
            facts = os.fstat(handle)
            if not stat.S_ISREG(facts.st_mode):
                raise PictureError("not-a-file", f"{name!r} is no plain file")
            with os.fdopen(handle, "rb", closefd=False) as file:
                data = file.read(max_bytes + 1)
        finally:
            os.close(handle)
    except OSError as trouble:
        is_link = root.joinpath(*parts).is_symlink()
        reason = "link" if is_link else "unreadable"
        raise PictureError(reason, f"{name!r}: {trouble.strerror}") from trouble
    if len(data) > max_bytes:
        raise PictureError("too-many-bytes", f"{facts.st_size:,} bytes, {max_bytes:,} are allowed")
    return data


def _descend(root: Path, parts: list[str]) -> int:
    """Open each folder on the way inside the one before, then the file itself."""
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for part in parts[:-1]:
        try:
            inner = os.open(part, _CAREFULLY | os.O_DIRECTORY, dir_fd=folder)
        finally:
            os.close(folder)
        folder = inner
    try:
        return os.open(parts[-1], _CAREFULLY, dir_fd=folder)
    finally:
        os.close(folder)
