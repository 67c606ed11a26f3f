"""Takes out of the database of votes which picture a question was about.

The questions and their votes stay, by the name of the question: they are what people said. It
leaves nothing of the old content in a file, its log or its copies.
"""

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import Connection, text

from affekt.errors import MachineError
from affekt.journal.database import Database
from affekt.journal.sqlite_file import (
    BUSY_SECONDS,
    LOOK_SECONDS,
    back_up,
    backup_of,
    reading,
    sentences,
)

TOLD = ("image_id", "group_id", "source", "source_id")
FIND = "SELECT id, image_id, group_id, source, source_id FROM items"
FIND_EARLIER = "SELECT 0, image_id, group_id, NULL, NULL FROM questions"
BLANK = """UPDATE items SET image_id = '', source = NULL, source_id = NULL, group_id = NULL,
    apart = question_id WHERE id = :id"""
BLANK_SLOTS = """UPDATE slots
    SET apart = (SELECT i.question_id FROM items i WHERE i.id = slots.item) WHERE item = :id"""
# A picture that stands in a test, not in a question, is found by its name alone.
FIND_TESTED = """SELECT image_id FROM test_pictures UNION SELECT image_id FROM attempt_questions"""
BLANK_TESTED = (
    "UPDATE attempt_questions SET image_id = '' WHERE image_id = :image",
    "DELETE FROM test_pictures WHERE image_id = :image",
)
Gone = Callable[[pl.DataFrame], pl.Series]


def blank(place: Path | str, is_gone: Gone, *, dry: bool = False) -> int:
    """Blank the questions on some pictures, and give how many; ``dry`` only counts.

    Args:
        place: The file, or the address of a PostgreSQL database; where no file is, nothing is done.
        is_gone: Tells of each row with ``image_id``, ``group_id``, ``source`` and ``source_id``
            whether it is about such a picture.
        dry: Whether to change nothing.
    """
    if isinstance(place, Path) and not place.is_file():
        return 0
    if dry and isinstance(place, Path):
        with sentences(place), closing(reading(place)) as reader:
            return len(_gone(_rows(reader), is_gone))
    with closing(Database(place)) as database:
        with database.read() as connection:
            gone = _gone(connection.execute(text(FIND)).all(), is_gone)
            tested = _tested(connection, is_gone)
        if (gone or tested) and not dry:
            database.write(lambda to: _blank(to, gone, tested))
    if isinstance(place, Path) and not dry:
        if gone or tested:
            scrub(place)
        renew_copies(place, lambda reader: bool(_gone(_rows(reader), is_gone)))
    return len(gone)


def _rows(reader: sqlite3.Connection) -> Sequence[Sequence[Any]]:
    """Give what a file says of its questions; a file of an earlier format is nobody's to read."""
    try:
        return reader.execute(FIND).fetchall()
    except sqlite3.OperationalError:
        return reader.execute(FIND_EARLIER).fetchall()


def _gone(rows: Sequence[Sequence[Any]], is_gone: Gone) -> list[int]:
    kinds = {"id": pl.Int64, **dict.fromkeys(TOLD, pl.String)}
    frame = pl.DataFrame([tuple(row) for row in rows], schema=kinds, orient="row")
    return frame.filter(is_gone(frame))["id"].to_list()


def _tested(connection: Connection, is_gone: Gone) -> list[str]:
    images = [row[0] for row in connection.execute(text(FIND_TESTED))]
    frame = pl.DataFrame({"image_id": images}, schema={"image_id": pl.String})
    rows = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in TOLD[1:])
    return rows.filter(is_gone(rows))["image_id"].to_list()


def _blank(to: Connection, gone: list[int], tested: list[str]) -> None:
    if to.dialect.name == "sqlite":
        to.exec_driver_sql("PRAGMA secure_delete = ON")
    for number in gone:
        for statement in (BLANK, BLANK_SLOTS):
            to.execute(text(statement), {"id": number})
    for image in tested:
        for statement in BLANK_TESTED:
            to.execute(text(statement), {"image": image})


def scrub(path: Path) -> None:
    """Leave no byte of what was overwritten in the file or its log.

    Raises:
        MachineError: Another process was reading all the while.
        Locked: Another process was writing all the while.
    """
    connecting = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    end = time.monotonic() + BUSY_SECONDS
    with sentences(path), closing(connecting) as connection:
        connection.execute("VACUUM")
        # Where somebody else moves the log at this moment, SQLite does not wait by itself.
        while (is_held := _move_log(connection)) and time.monotonic() < end:
            time.sleep(LOOK_SECONDS)
    if is_held:
        raise MachineError(
            f"{path}: another process is reading it, so what was erased still stands in its log, "
            f"'{path.name}-wal'; run the same again when the other has ended"
        )


def _move_log(connection: sqlite3.Connection) -> bool:
    """Move all of the log into the file and empty it, or tell that others keep it from that."""
    (is_held, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return bool(is_held)


def renew_copies(path: Path, tells: Callable[[sqlite3.Connection], bool]) -> None:
    """Replace the copy beside a file by one of today where it tells, and remove such older ones."""
    copies = sorted(path.parent.glob(f"{path.name}.backup*"))
    for copy in [one for one in copies if not one.name.endswith(("-wal", "-shm"))]:
        with sentences(copy), closing(reading(copy)) as reader:
            is_telling = tells(reader)
        if is_telling and copy == backup_of(path):
            back_up(path)
        elif is_telling:
            copy.unlink()
