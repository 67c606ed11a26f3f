"""A database of votes as it was before its format had steps: formats 1, 2 and 3."""

import sqlite3
from contextlib import closing
from pathlib import Path

FIRST = (
    "CREATE TABLE migrations (name TEXT PRIMARY KEY) STRICT",
    """CREATE TABLE questions (
        campaign TEXT NOT NULL, question_id TEXT NOT NULL, image_id TEXT NOT NULL,
        emotion TEXT NOT NULL, role TEXT NOT NULL, group_id TEXT, truth TEXT,
        PRIMARY KEY (campaign, question_id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE votes (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        campaign TEXT NOT NULL, question_id TEXT NOT NULL, worker TEXT NOT NULL,
        emotion TEXT NOT NULL, felt INTEGER NOT NULL CHECK (felt IN (0, 1)), seconds REAL,
        UNIQUE (campaign, question_id, worker, emotion),
        FOREIGN KEY (campaign, question_id) REFERENCES questions
    ) STRICT""",
    "INSERT INTO questions VALUES ('campaign', 'q1', 'image-q1', 'awe', 'task', 'image-q1', NULL)",
    "INSERT INTO questions VALUES ('campaign', 'q2', 'image-q2', 'awe', 'task', 'image-q2', NULL)",
    "INSERT INTO votes VALUES (1, 'campaign', 'q1', 'ann', 'awe', 1, 4.5)",
    "INSERT INTO votes VALUES (2, 'campaign', 'q1', 'bob', 'awe', 0, 4.5)",
)
SECOND = (
    """CREATE TABLE closings (
        campaign TEXT NOT NULL, question_id TEXT NOT NULL,
        PRIMARY KEY (campaign, question_id),
        FOREIGN KEY (campaign, question_id) REFERENCES questions
    ) STRICT, WITHOUT ROWID""",
    *(
        f"""CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"""
        for table in ("questions", "votes")
        for what in ("UPDATE", "DELETE")
    ),
    "INSERT INTO closings VALUES ('campaign', 'q1')",
)
THIRD = tuple(f"ALTER TABLE questions ADD COLUMN {name} TEXT" for name in ("source", "source_id"))


def write_earlier(path: Path, number: int) -> None:
    """Write a file of that format with two questions, and two votes on the first of them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    statements = [one for step in (FIRST, SECOND, THIRD)[:number] for one in step]
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for statement in statements:
            raw.execute(statement)
        raw.execute(f"PRAGMA user_version = {number}")
