"""Opens a SQLite file that must lose nothing: checked, copied, migrated, trouble explained.

The order on opening is: is it one of ours or a newer one, is it whole, copy it, bring it up to
date. Until all of that is known the file is only read, so that what cannot be opened is left
exactly as it was found.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from affekt import durable
from affekt.errors import AffektError, Damaged, DiskTrouble, Locked, NewerFormat

BUSY_SECONDS = 30.0  # longest wait for another writer; a commit of a whole campaign takes a few
DISK_CODES = frozenset(
    {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR}
)
BUSY_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
DAMAGE_CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class Migration(NamedTuple):
    """One step of the format; its name is kept in the file, its place is the format number."""

    name: str
    statements: tuple[str, ...]


def open_database(path: Path, migrations: Sequence[Migration]) -> sqlite3.Connection:
    """Give a connection to a whole file in today's format; makes the file when there is none.

    Raises:
        NewerFormat: A newer affekt made it; nothing is touched.
        Damaged: It is not whole; nothing is touched.
        DiskTrouble: It cannot be read or written.
        Locked: Another process has been writing for too long.
    """
    with sentences(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        made = _inspect(path, migrations) if path.exists() and path.stat().st_size else 0
        if 0 < made < len(migrations):
            back_up(path, suffix=f"-{migrations[made].name}")
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            migrate(connection, migrations)
        except BaseException:
            connection.close()
            raise
    return connection


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration]) -> None:
    """Apply the migrations the file does not have yet, each in a transaction of its own."""
    if _format(connection) == len(migrations):
        return  # opening takes no write lock
    for number, (name, statements) in enumerate(migrations, start=1):
        with transaction(connection):
            if _format(connection) >= number:
                continue
            connection.execute(
                "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY) STRICT"
            )
            for statement in statements:
                connection.execute(statement)
            connection.execute("INSERT INTO migrations VALUES (?)", (name,))
            connection.execute(f"PRAGMA user_version = {number}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing; the write lock is taken at once, not at the first write."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # a full disk may have rolled back already
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


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


def back_up(path: Path, suffix: str = "") -> Path:
    """Copy the file as one consistent moment of it to ``<name>.backup<suffix>`` beside it."""
    copy = backup_of(path, suffix)
    with (
        sentences(path),
        durable.replaced(copy) as beside,
        closing(sqlite3.connect(_reading(path), uri=True)) as source,
        closing(sqlite3.connect(beside)) as target,
    ):
        source.backup(target)
    return copy


def backup_of(path: Path, suffix: str = "") -> Path:
    """Name the copy of a file."""
    return path.with_name(f"{path.name}.backup{suffix}")


def _inspect(path: Path, migrations: Sequence[Migration]) -> int:
    """Give the format number of a file that is whole and not newer than we are."""
    try:
        with closing(sqlite3.connect(_reading(path), uri=True, timeout=BUSY_SECONDS)) as reader:
            made = _format(reader)
            if made > len(migrations):
                raise NewerFormat(
                    f"{path}: is in format {made}, this affekt reads up to {len(migrations)}; "
                    "update affekt. "
                    "Nothing was touched"
                )
            found = [row[0] for row in reader.execute("PRAGMA integrity_check(5)")]
            orphans = reader.execute("PRAGMA foreign_key_check").fetchmany(1)
    except sqlite3.DatabaseError as trouble:
        if _code(trouble) not in DAMAGE_CODES:
            raise
        raise _damaged(path, str(trouble)) from trouble
    if found != ["ok"] or orphans:
        raise _damaged(path, "; ".join(found) if found != ["ok"] else "rows without their question")
    return made


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


def _format(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _reading(path: Path) -> str:
    return f"{path.absolute().as_uri()}?mode=ro"
