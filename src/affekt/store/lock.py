"""One writer a project: a lock that dies with its process and tells who holds it."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from affekt.errors import Locked


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold the project's lock, which ends with the process however that ends.

    Raises:
        Locked: Another process holds it; the sentence names it and since when.
    """
    path = folder / "lock"
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as trouble:
            raise Locked(
                f"{folder}: {_holder(path)} works on this project; wait for it to end, nothing "
                "was touched"
            ) from trouble
        file.truncate(0)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        json.dump({"pid": os.getpid(), "host": os.uname().nodename, "since": now}, file)
        file.flush()
        yield


def _holder(path: Path) -> str:
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        return f"process {owner['pid']} on {owner['host']} since {owner['since']}"
    except (OSError, ValueError, KeyError):
        return "another process"
