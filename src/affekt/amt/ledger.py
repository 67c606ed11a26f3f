"""What a requester must remember between two calls, so that a kill at any of them costs nothing."""

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from affekt.errors import DiskTrouble

Row = dict[str, Any]
OWNER_ONLY = 0o600
TABLE = """CREATE TABLE IF NOT EXISTS rows (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    UNIQUE (kind, key)) STRICT"""
PUT = """INSERT INTO rows (kind, key, value) VALUES (?, ?, ?)
    ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value"""


class Ledger(Protocol):
    """Rows of JSON by kind and key."""

    def get(self, kind: str, key: str) -> Row | None:
        """Give one row; None where there is none."""

    def put(self, kind: str, rows: Mapping[str, Row]) -> None:
        """Keep rows, all or none, on the disk when it returns; a key that is there changes."""

    def rows(self, kind: str) -> dict[str, Row]:
        """Give all rows of a kind, in the order in which their keys first came."""


class LedgerFile:
    """A ledger in one SQLite file that only its owner can read: it names workers.

    Raises:
        DiskTrouble: The file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.touch(OWNER_ONLY)
            self._connection = sqlite3.connect(path, isolation_level=None)
            for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", TABLE):
                self._connection.execute(statement)
        except (OSError, sqlite3.Error) as trouble:
            raise self._told(trouble) from trouble

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        trouble: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def get(self, kind: str, key: str) -> Row | None:
        found = self._connection.execute(
            "SELECT value FROM rows WHERE kind = ? AND key = ?", (kind, key)
        ).fetchone()
        return json.loads(found[0]) if found else None

    def put(self, kind: str, rows: Mapping[str, Row]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(
                PUT, [(kind, key, json.dumps(row)) for key, row in rows.items()]
            )
            self._connection.execute("COMMIT")
        except sqlite3.Error as trouble:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise self._told(trouble) from trouble

    def rows(self, kind: str) -> dict[str, Row]:
        found = self._connection.execute(
            "SELECT key, value FROM rows WHERE kind = ? ORDER BY number", (kind,)
        )
        return {key: json.loads(value) for key, value in found}

    def _told(self, trouble: OSError | sqlite3.Error) -> DiskTrouble:
        return DiskTrouble(
            f"{self._path}: cannot be read or written ({trouble}); free the disk or the file and "
            "run again, nothing that was paid is lost"
        )
