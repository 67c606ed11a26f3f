"""Files that are whole or absent, and the sentences for a disk that will not take them."""

import errno
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from affekt import durable
from affekt.errors import DiskTrouble

FULL = (errno.ENOSPC, errno.EDQUOT)
FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM)


@contextmanager
def disk_trouble(folder: Path) -> Iterator[None]:
    """Turn a full, read-only or broken disk into a sentence.

    Raises:
        DiskTrouble: What the operating system refused, where, and what is free.
    """
    try:
        yield
    except OSError as trouble:
        if trouble.errno not in (*FULL, *FORBIDDEN, errno.EIO, errno.EMFILE):
            raise
        raise DiskTrouble(sentence(trouble, folder)) from trouble


def sentence(trouble: OSError, folder: Path) -> str:
    """Say what the disk refused and what to do."""
    place = trouble.filename or folder
    if trouble.errno in FULL:
        free = shutil.disk_usage(existing(folder)).free
        return (
            f"{place}: no space left ({free / 1e6:,.0f} MB free on the file system of {folder}); "
            "free some and run the same command again, finished work is kept"
        )
    if trouble.errno in FORBIDDEN:
        remedy = f"make {str(folder)!r} writable or move the project"
        return f"{place}: cannot be written ({trouble.strerror}); {remedy}"
    return f"{place}: the system refused it ({trouble.strerror}); look at the disk and run again"


def existing(folder: Path) -> Path:
    """Give the nearest folder above that exists."""
    return folder if folder.exists() else existing(folder.parent)


def check_writable(folder: Path) -> None:
    """Fail before any work when a folder cannot be written.

    Raises:
        DiskTrouble: It cannot be made or written.
    """
    with disk_trouble(folder):
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".probe"
        probe.write_bytes(b"")
        probe.unlink(missing_ok=True)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON file beside and rename it into place, so that no reader sees half of it."""
    with durable.replaced(path) as beside, beside.open("w", encoding="utf-8") as file:
        json.dump(value, file, indent=1, sort_keys=True, ensure_ascii=False)
        file.write("\n")


def settle(folder: Path) -> None:
    """Force a folder and all below it to the disk."""
    for path in [*sorted(folder.rglob("*")), folder]:
        durable.settle(path)


def same_tree(left: Path, right: Path) -> bool:
    """Tell whether two folders hold the same files with the same bytes."""
    names = [
        sorted(str(path.relative_to(top)) for path in top.rglob("*") if path.is_file())
        for top in (left, right)
    ]
    return names[0] == names[1] and all(_same(left / name, right / name) for name in names[0])


def _same(left: Path, right: Path) -> bool:
    if left.stat().st_size != right.stat().st_size:
        return False
    step = 1 << 20
    with left.open("rb") as one, right.open("rb") as other:
        while block := one.read(step):
            if block != other.read(step):
                return False
    return True
