"""The hashes of a user's file of weights, computed once for as long as the file stays as it is."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from affekt.errors import UsageError

AT_ONCE = 1 << 20  # bytes


class Hashes(NamedTuple):
    """Two hashes of the bytes of a file, in hexadecimal: ours, and the one Caffe's zoo gave."""

    sha256: str
    sha1: str


class State(NamedTuple):
    """What changes when a file is written again."""

    path: Path
    changed_ns: int
    n_bytes: int


def state(path: Path, what: str) -> State:
    """Give the state of a file, by which results that were read from it can be kept.

    Raises:
        UsageError: It is not there, or is no file.
    """
    try:
        status = path.stat()
        if not path.is_file():
            raise UsageError(f"{path}: is no file; {what} is expected; correct the path")
    except OSError as trouble:
        raise UsageError(
            f"{path}: {trouble.strerror}; {what} is expected; correct the path, affekt never "
            "fetches such a file by itself"
        ) from trouble
    return State(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=16)
def hashes(file: State) -> Hashes:
    """Give the hashes of a file in that state.

    Raises:
        UsageError: It cannot be read.
    """
    # SHA-1 is only compared with what was published long ago; it protects nothing.
    made = hashlib.sha256(), hashlib.sha1(usedforsecurity=False)
    try:
        with file.path.open("rb") as opened:
            while some := opened.read(AT_ONCE):
                for one in made:
                    one.update(some)
    except OSError as trouble:
        raise UsageError(f"{file.path}: cannot be read ({trouble.strerror})") from trouble
    return Hashes(*(one.hexdigest() for one in made))
