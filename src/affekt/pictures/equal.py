"""Files of equal bytes in a folder, found by reading as little as possible.

Only files of one size are read, and of large ones first the beginning. Nothing heavy is imported:
the whole search takes about as long as a start of the table engine.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from affekt.errors import UsageError

BEGINNING = 1 << 16  # bytes read of a file before any other of its size is read whole
PIECE = 1 << 20


class Equal(NamedTuple):
    """What is in a folder twice.

    Attributes:
        groups: Files of equal bytes: the names in a group sorted, the groups by their first name.
        unreadable: Files and folders that could not be read, sorted.
    """

    groups: list[list[str]]
    unreadable: list[str]


def equal_files(folder: Path) -> Equal:
    """Give the files of equal bytes below a folder; equal is decided by SHA-256.

    Links are not followed, hidden names and empty files are left out.

    Raises:
        UsageError: There is no such folder.
    """
    if not folder.is_dir():
        raise UsageError(f"{str(folder)!r} is no folder; name one")
    unreadable: list[str] = []
    by_size: dict[int, list[str]] = {}
    for path, size in _sizes(str(folder), unreadable):
        by_size.setdefault(size, []).append(path)
    groups = []
    for size, paths in by_size.items():
        found = _alike(paths, _beginning, unreadable)
        if size > BEGINNING:
            found = [same for some in found for same in _alike(some, _whole, unreadable)]
        groups += found
    return Equal(sorted(sorted(group) for group in groups), sorted(set(unreadable)))


def _sizes(folder: str, unreadable: list[str]) -> Iterator[tuple[str, int]]:
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    if entry.name[0] == ".":
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif entry.is_file(follow_symlinks=False):
                        size = entry.stat(follow_symlinks=False).st_size
                        if size:
                            yield entry.path, size
        except OSError:
            unreadable.append(here)


def _alike(
    paths: Iterable[str], digest: Callable[[str], bytes], unreadable: list[str]
) -> list[list[str]]:
    """Give the paths with one digest that are more than one."""
    paths = list(paths)
    if len(paths) < 2:
        return []
    found: dict[bytes, list[str]] = {}
    for path in paths:
        try:
            found.setdefault(digest(path), []).append(path)
        except OSError:
            unreadable.append(path)
    return [group for group in found.values() if len(group) > 1]


def _beginning(path: str) -> bytes:
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        return sha256(os.read(file, BEGINNING)).digest()
    finally:
        os.close(file)


def _whole(path: str) -> bytes:
    digest = sha256()
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123  (as text: twenty thousand paths)
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.digest()
