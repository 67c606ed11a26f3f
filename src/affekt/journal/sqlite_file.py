"""A SQLite file that must lose nothing: checked before it is opened, copied, trouble explained.

Until it is known that a file is one of ours, not newer, and whole, it is only read, so that what
cannot be opened is left exactly as it was found.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from affekt import durable
from affekt.errors import AffektError, Damaged, DiskTrouble, Locked, NewerFormat
from affekt.journal.migrations import REVISIONS

EARLIER_FORMATS = 3  # of files that were written before there were steps
BUSY_SECONDS = 30.0  # longest wait for another writer; a commit of a whole campaign takes a few
LOOK_SECONDS = 0.002  # between two looks whether another writer has ended
DISK_CODES = frozenset(
    {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR}
)
BUSY_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
DAMAGE_CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def inspect(path: Path) -> None:
    """See that a file is whole and not newer than we are, and copy it where it will be changed.

    Raises:
        NewerFormat: A newer affekt made it; nothing is touched.
        Damaged: It is not whole; nothing is touched.
    """
    try:
        with closing(sqlite3.connect(_read_only(path), uri=True, timeout=BUSY_SECONDS)) as reader:
            revision = _revision(path, reader)
            found = [row[0] for row in reader.execute("PRAGMA integrity_check(5)")]
            orphans = reader.execute("PRAGMA foreign_key_check").fetchmany(1)
    except sqlite3.DatabaseError as trouble:
        if _code(trouble) not in DAMAGE_CODES:
            raise
        raise _damaged(path, str(trouble)) from trouble
    if found != ["ok"] or orphans:
        raise _damaged(path, "; ".join(found) if found != ["ok"] else "rows without their owner")
    if revision != REVISIONS[-1]:
        back_up(path, suffix=f"-before-{REVISIONS[-1]}")


def _revision(path: Path, reader: sqlite3.Connection) -> str:
    """Give the step that a file stands at; ``""`` for what was there before there were steps."""
    has = reader.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    step = reader.execute("SELECT version_num FROM alembic_version").fetchone() if has else None
    number = int(reader.execute("PRAGMA user_version").fetchone()[0])
    revision = str(step[0]) if step else ""
    is_newer = number > EARLIER_FORMATS
    if is_newer or (revision and revision not in REVISIONS):
        found = number if is_newer else revision
        raise NewerFormat(
            f"{path}: is in format {found}, this affekt reads up to {REVISIONS[-1]}; update "
            "affekt. Nothing was touched"
        )
    return revision


@contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say into errors a user can act on."""
    try:
        yield
    except sqlite3.Error as trouble:
        raise _explained(path, trouble) from trouble
    except OSError as trouble:
        raise DiskTrouble(
            f"{path}: cannot be made or written ({trouble.strerror}); check the folder and its "
            "permissions"
        ) from trouble


def begin_to_write(connection: Any) -> None:
    """Begin a transaction that writes, as soon as no other process does.

    SQLite itself looks ever more seldom, ten times a second in the end, and misses the short gaps
    that a process leaves which writes without a pause.
    """
    end = time.monotonic() + BUSY_SECONDS
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as trouble:
                if _code(trouble) not in BUSY_CODES or time.monotonic() > end:
                    raise
                time.sleep(LOOK_SECONDS)
            else:
                return
    finally:
        connection.execute(f"PRAGMA busy_timeout = {round(BUSY_SECONDS * 1000)}")


def reading(path: Path) -> sqlite3.Connection:
    """Open a file only to read it, without leaving anything beside it."""
    log = path.with_name(f"{path.name}-wal")
    is_all_in_it = not (log.exists() and log.stat().st_size)
    return sqlite3.connect(_read_only(path) + ("&immutable=1" if is_all_in_it else ""), uri=True)


def back_up(path: Path, suffix: str = "") -> Path:
    """Copy the file as one consistent moment of it to ``<name>.backup<suffix>`` beside it."""
    copy = backup_of(path, suffix)
    with (
        sentences(path),
        durable.replaced(copy) as beside,
        closing(sqlite3.connect(_read_only(path), uri=True)) as source,
        closing(sqlite3.connect(beside)) as target,
    ):
        source.backup(target)
    return copy


def backup_of(path: Path, suffix: str = "") -> Path:
    """Name the copy of a file."""
    return path.with_name(f"{path.name}.backup{suffix}")


def _damaged(path: Path, result: str) -> Damaged:
    copies = sorted(path.parent.glob(f"{path.name}.backup*"), key=lambda copy: copy.stat().st_mtime)
    if copies:
        restore = (
            f"the last good backup is {copies[-1].name!r}; to restore, move {path.name!r}, "
            f"'{path.name}-wal' and '{path.name}-shm' out of {path.parent} and copy the backup to "
            f"{path.name!r}"
        )
    else:
        restore = "there is no backup beside it; put a copy of your own in its place"
    return Damaged(
        f"{path}: is damaged (integrity check: {result}). {restore}. Nothing was rewritten"
    )


def _explained(path: Path, trouble: sqlite3.Error) -> AffektError:
    code = _code(trouble)
    if code in BUSY_CODES:
        return Locked(
            f"{path}: another process has been writing for {BUSY_SECONDS:.0f} s; wait for it or "
            "end it, then run again. Nothing of this step was written"
        )
    if code == sqlite3.SQLITE_FULL:
        return DiskTrouble(
            f"{path}: the file system is full; free some space and run again. What was recorded "
            "before is kept"
        )
    if code in DAMAGE_CODES:
        return _damaged(path, str(trouble))
    if code in DISK_CODES:
        return DiskTrouble(
            f"{path}: cannot be written ({trouble}); check that the folder is not read-only, then "
            "run again"
        )
    raise trouble


def _code(trouble: sqlite3.Error) -> int:
    """Primary result code of SQLite; 0 when the error is not from SQLite itself."""
    return int(getattr(trouble, "sqlite_errorcode", 0)) & 0xFF


def _read_only(path: Path) -> str:
    return f"{path.absolute().as_uri()}?mode=ro"
