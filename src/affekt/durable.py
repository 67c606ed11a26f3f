"""Files that outlast a crash: whole or absent, and on the disk together with their names."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def settle(path: Path) -> None:
    """Force the content of one file, or the names in one folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Give a name beside a file to write to; it takes the file's place when the block ends well.

    There is one such name for each file, and it is free: what a killed run left there is removed.
    """
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    try:
        yield beside
        settle(beside)
        beside.replace(path)
        settle(path.parent)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give a hidden folder to fill; it gets the name, which is free, when the block ends well.

    There is one such folder for each name: what a killed run left in it is removed.
    """
    hidden = path.with_name(f".{path.name}.part")
    shutil.rmtree(hidden, ignore_errors=True)
    hidden.mkdir(parents=True)
    try:
        yield hidden
        for one in [*hidden.rglob("*"), hidden]:
            settle(one)
        hidden.rename(path)
        settle(path.parent)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
