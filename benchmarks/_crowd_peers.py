"""What the work on votes costs without a campaign around it: one table, plain SQL, durable."""

import sqlite3
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import polars as pl

TABLE = """CREATE TABLE votes (seq INTEGER PRIMARY KEY {auto}, question_id TEXT NOT NULL,
    worker TEXT NOT NULL, emotion TEXT NOT NULL, felt BOOLEAN NOT NULL, seconds DOUBLE PRECISION,
    UNIQUE (question_id, worker, emotion))"""
ROW = tuple[str, str, str, bool, float]


def one_by_one(place: Path, rows: Sequence[ROW]) -> float:
    """Insert and commit every vote by itself, and give the seconds; SQLite, synchronous FULL."""
    with closing(plain_file(place)) as votes:
        start = time.perf_counter()
        for row in rows:
            votes.execute("BEGIN IMMEDIATE")
            votes.execute(INSERT, row)
            votes.execute("COMMIT")
        return time.perf_counter() - start


def one_by_one_on_a_server(url: str, rows: Sequence[ROW], n_threads: int) -> float:
    """Do that on PostgreSQL, each thread on a connection of its own."""
    import psycopg

    address = url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS peer")
        connection.execute(
            TABLE.replace("votes", "peer", 1)
            .replace("INTEGER", "BIGINT")
            .format(auto="GENERATED ALWAYS AS IDENTITY")
        )

    def work(some: Sequence[ROW]) -> None:
        with psycopg.connect(address, autocommit=True) as connection:
            for row in some:
                connection.execute(INSERT.replace("votes", "peer").replace("?", "%s"), row)

    threads = [
        threading.Thread(target=work, args=(rows[at::n_threads],)) for at in range(n_threads)
    ]
    start = time.perf_counter()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return time.perf_counter() - start


def all_at_once(place: Path, table: Path) -> None:
    """Insert all votes of a Parquet file in one transaction."""
    rows = pl.read_parquet(table).rows()
    with closing(plain_file(place)) as votes:
        votes.execute("BEGIN IMMEDIATE")
        votes.executemany(INSERT, rows)
        votes.execute("COMMIT")


INSERT = "INSERT INTO votes (question_id, worker, emotion, felt, seconds) VALUES (?, ?, ?, ?, ?)"


def plain_file(place: Path) -> sqlite3.Connection:
    """Open a new SQLite file with one table of votes, durable."""
    votes = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
    votes.execute("PRAGMA journal_mode = WAL")
    votes.execute("PRAGMA synchronous = FULL")
    votes.execute(TABLE.format(auto="AUTOINCREMENT"))
    return votes


if __name__ == "__main__":
    all_at_once(Path(sys.argv[1]), Path(sys.argv[2]))
