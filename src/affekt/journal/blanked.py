"""Takes out of the database of votes which picture a question was about.

The questions and their votes stay, by the name of the question: they are what people said. It is
the one change of what is stored there, and leaves nothing of the old content in the file, its log
or its copies.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import polars as pl

from affekt.journal.database import back_up, backup_of, open_database, sentences, transaction
from affekt.journal.votes import MIGRATIONS, never

TOLD = ("image_id", "group_id", "source", "source_id")
KEY = ("campaign", "question_id")
FIND = f"SELECT {', '.join(KEY + TOLD)} FROM questions"  # noqa: S608  (names of our own)
BLANK = "UPDATE questions SET image_id = '', source = NULL, source_id = NULL, group_id = NULL"
WHICH = "WHERE campaign = ? AND question_id = ?"
Gone = Callable[[pl.DataFrame], pl.Series]


def blank(path: Path, is_gone: Gone, *, dry: bool = False) -> int:
    """Blank the questions on some pictures, and give how many; ``dry`` only counts.

    Args:
        path: The database; where there is none, nothing is done.
        is_gone: Tells of each row with ``image_id``, ``group_id``, ``source`` and ``source_id``
            whether it is about such a picture.
        dry: Whether to change nothing.
    """
    if not path.is_file():
        return 0
    if dry:
        with sentences(path), closing(_reading(path)) as reader:
            return len(_gone(reader, is_gone))
    with sentences(path), closing(open_database(path, MIGRATIONS)) as connection:
        gone = _gone(connection, is_gone)
        if gone:
            _blank(connection, gone)
    _renew_copies(path, is_gone)
    return len(gone)


def _reading(path: Path) -> sqlite3.Connection:
    """Open a file only to read it, without leaving anything beside it."""
    log = path.with_name(f"{path.name}-wal")
    is_all_in_it = not (log.exists() and log.stat().st_size)
    way = f"{path.absolute().as_uri()}?mode=ro" + ("&immutable=1" if is_all_in_it else "")
    return sqlite3.connect(way, uri=True)


def _gone(connection: sqlite3.Connection, is_gone: Gone) -> list[tuple[str, str]]:
    rows = pl.DataFrame(
        connection.execute(FIND).fetchall(),
        schema=dict.fromkeys((*KEY, *TOLD), pl.String),
        orient="row",
    )
    return rows.filter(is_gone(rows)).select(KEY).rows()


def _blank(connection: sqlite3.Connection, gone: list[tuple[str, str]]) -> None:
    connection.execute("PRAGMA secure_delete = ON")
    with transaction(connection):
        connection.execute("DROP TRIGGER IF EXISTS questions_no_update")
        connection.executemany(f"{BLANK} {WHICH}", gone)
        connection.execute(never("questions", "UPDATE"))
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _renew_copies(path: Path, is_gone: Gone) -> None:
    """Replace the copy by one of today where it tells a picture, and remove such older ones."""
    copies = sorted(path.parent.glob(f"{path.name}.backup*"))
    for copy in [one for one in copies if not one.name.endswith(("-wal", "-shm"))]:
        with sentences(copy), closing(_reading(copy)) as reader:
            names = {row[1] for row in reader.execute("PRAGMA table_info(questions)")}
            tells = not {*KEY, *TOLD} <= names or bool(_gone(reader, is_gone))
        if tells and copy == backup_of(path):
            back_up(path)
        elif tells:
            copy.unlink()
