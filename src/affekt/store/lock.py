"""One writer a project: a lock that dies with its process and tells who holds it.

Where the project lies in an object store, a small object there tells other machines the same. It is
renewed while its holder lives and believed for five minutes. Object stores give no lock that could
not be lost; what makes this enough is that everything published is named by what made it, so two
writers at worst do the same work twice.
"""

import fcntl
import json
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from affekt import durable
from affekt.errors import DiskTrouble, Locked
from affekt.files import Files

RENEWED_S = 60.0
BELIEVED = timedelta(minutes=5)
log = logging.getLogger(__name__)


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
        json.dump(_self(), file)
        file.flush()
        yield


@contextmanager
def lease(files: Files) -> Iterator[None]:
    """Hold the project in its object store; without one there is nothing to hold.

    Raises:
        Locked: Another machine holds it and has said so within five minutes.
    """
    if files.url is None:
        yield
        return
    path = files.root / "lease.json"
    path.unlink(missing_ok=True)
    if files.stands(path):
        _check_lapsed(files.ensure(path), files.url)
    about = _self()
    _renew(files, path, about)
    done = threading.Event()
    renewing = threading.Thread(target=_renewing, args=(files, path, about, done), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        done.set()
        renewing.join()
        files.remove(path)


def _renewing(files: Files, path: Path, about: dict[str, object], done: threading.Event) -> None:
    while not done.wait(RENEWED_S):
        try:
            _renew(files, path, about)
        except (DiskTrouble, OSError) as trouble:  # the run itself will meet it if it lasts
            log.warning("the hold on %s could not be renewed: %s", files.url, trouble)


def _renew(files: Files, path: Path, about: dict[str, object]) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with durable.replaced(path) as beside:
        beside.write_text(json.dumps({**about, "renewed": now}), encoding="utf-8")
    files.publish(path)


def _check_lapsed(path: Path, url: str) -> None:
    try:
        renewed = datetime.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["renewed"])
    except (ValueError, KeyError):
        return
    if datetime.now(UTC) - renewed < BELIEVED:
        raise Locked(
            f"{url}: {_holder(path)} works on this project, last heard of at "
            f"{renewed.isoformat()}; wait for it to end. If it was killed, wait "
            f"{BELIEVED.seconds // 60} minutes; nothing was touched"
        )


def _self() -> dict[str, object]:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {"pid": os.getpid(), "host": os.uname().nodename, "since": now}


def _holder(path: Path) -> str:
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        return f"process {owner['pid']} on {owner['host']} since {owner['since']}"
    except (OSError, ValueError, KeyError):
        return "another process"
