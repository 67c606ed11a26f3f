"""A crowd's database: a SQLite file or a PostgreSQL server, written in whole transactions only.

What `Database.write` has returned is on the disk. On SQLite, writes that wait for each other are
committed together: the one whose turn it is runs all that wait, each in a savepoint of its own.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from sqlalchemy import URL, Connection, Engine, Row, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from affekt.errors import NewerFormat
from affekt.journal import server, sqlite_file
from affekt.journal.migrations import REVISIONS, upgrade

LOG = logging.getLogger(__name__)
T = TypeVar("T")
Durability = Literal["disk", "process"]
# What `synchronous` is for each; under "process" a power cut may lose the last commits.
SYNCHRONOUS = {"disk": "FULL", "process": "NORMAL"}
TOGETHER = 256  # jobs in one commit, so that the first of many does not wait for all
# Pages in the log before a commit waits until they are moved into the file: 40 MB. What was moved
# beside the writing, after so many commits, does not have to wait for that.
LOG_PAGES = 10_000
MOVE_AFTER = 50
READERS = 40  # connections that are kept open, one for each thread of a site
RETRIES = 20  # of a transaction that PostgreSQL undid because of another one
# Serialization failure, deadlock, and a row that another transaction has just written first.
UNDONE = frozenset({"40001", "40P01", "23505"})


class Database:
    """One database of a crowd, in today's format.

    Args:
        place: The SQLite file, made when there is none, or the address of a PostgreSQL database,
            ``postgresql://user@host/name``.
        durability: What an answered write survives: ``disk`` a power cut, ``process`` only the end
            of the process (SQLite).

    Raises:
        NewerFormat: A newer affekt made it; nothing is touched.
        Damaged: It is not whole; nothing is touched.
        MachineError: It cannot be read, written or reached.
        Locked: Another process has been writing for too long.
    """

    def __init__(self, place: Path | str, *, durability: Durability = "disk") -> None:
        self.place = place
        self.name = str(place) if isinstance(place, Path) else server.without_password(place)
        self.is_sqlite = isinstance(place, Path)
        with self.sentences():
            if isinstance(place, Path):
                self.engine = _file(place, SYNCHRONOUS[durability])
            else:
                self.engine = server.engine(place)
            try:
                self._bring_up_to_date()
                self._writer = _Writer(self.engine) if self.is_sqlite else None
            except BaseException:
                self.engine.dispose()
                raise

    def close(self) -> None:
        """Let go of it; closing again changes nothing."""
        if self._writer is not None:
            self._writer.close()
        self.engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one moment of the database, whatever is written meanwhile."""
        way = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self.sentences(), self.engine.connect() as fresh:
            connection = fresh.execution_options(**way)
            with connection.begin():
                yield connection

    def write(self, job: Callable[[Connection], T]) -> T:
        """Run ``job`` in a transaction, and give its answer once that is on the disk.

        All of it happens, or nothing where it raises. It may be run again from the start, so it
        must change nothing but the database.
        """
        with self.sentences():
            return self._writer.write(job) if self._writer else self._transaction(job)

    def write_each(self, jobs: Sequence[Callable[[Connection], T]]) -> list[T | Exception]:
        """Run jobs as `write` would, each for itself, and give what each gave or raised.

        On SQLite they share a commit.
        """
        if self._writer is None:
            return [self._tried(partial(self.write, job)) for job in jobs]
        done = self._writer.write_each(jobs)
        return [self._tried(one.outcome) for one in done]

    def _tried(self, run: Callable[[], T]) -> T | Exception:
        try:
            with self.sentences():
                return run()
        except Exception as trouble:
            return trouble

    @contextmanager
    def sentences(self) -> Iterator[None]:
        """Turn what the database says into errors a user can act on."""
        if isinstance(self.place, Path):
            with sentences(self.place):
                yield
            return
        with server.sentences(self.name):
            yield

    def _transaction(self, job: Callable[[Connection], T]) -> T:
        for _ in range(RETRIES):
            try:
                with self.engine.begin() as connection:
                    return job(connection)
            except DBAPIError as trouble:
                if getattr(trouble.orig, "sqlstate", "") not in UNDONE:
                    raise
                undone = trouble
        raise undone

    def _bring_up_to_date(self) -> None:
        with self.engine.connect() as connection, connection.begin():
            if revision_of(connection) == REVISIONS[-1]:
                return
        way = {"immediate": True}
        with self.engine.connect().execution_options(**way) as connection, connection.begin():
            if not self.is_sqlite:  # two servers may start at once
                connection.execute(text("SELECT pg_advisory_xact_lock(740327)"))
            found = revision_of(connection)
            if found is not None and found not in REVISIONS:
                raise newer(self.name, found)
            if found != REVISIONS[-1]:
                upgrade(connection)


def revision_of(connection: Connection) -> str | None:
    """Give the step that the database stands at; None where it has none of them."""
    has = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
    if connection.dialect.name == "postgresql":
        has = "SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL"
    if connection.execute(text(has)).first() is None:
        return None
    found: Row[Any] | None = connection.execute(
        text("SELECT version_num FROM alembic_version")
    ).first()
    return str(found[0]) if found else None


def newer(name: str, found: str) -> NewerFormat:
    """Give the error for a database that a newer affekt made."""
    return NewerFormat(
        f"{name}: is in format {found}, this affekt reads up to {REVISIONS[-1]}; update affekt. "
        "Nothing was touched"
    )


@contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say into errors a user can act on."""
    with sqlite_file.sentences(path):
        try:
            yield
        except DBAPIError as trouble:
            if not isinstance(trouble.orig, Exception):
                raise
            raise trouble.orig from trouble


class _Job(Generic[T]):
    """One write that waits for its turn."""

    def __init__(self, run: Callable[[Connection], T]) -> None:
        self.run = run
        self.is_done = False
        self.answer: T | None = None
        self.trouble: BaseException | None = None

    def outcome(self) -> T:
        """Give the answer of a job that is done, or raise what it raised."""
        if self.trouble is not None:
            raise self.trouble
        return self.answer  # type: ignore[return-value]  # a job without trouble has its answer


class _Writer:
    """The one connection that writes to a SQLite file; its callers take turns in leading."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection = engine.connect().execution_options(immediate=True)
        self._mover: threading.Thread | None = None
        self._commits = 0  # since the log was last moved
        self._turn = threading.Lock()
        self._gate = threading.Lock()
        self._waiting: list[_Job[Any]] = []

    def write(self, run: Callable[[Connection], T]) -> T:
        """Run a job, with all that wait beside it, and give its answer after the commit."""
        return self.write_each([run])[0].outcome()

    def write_each(self, runs: Sequence[Callable[[Connection], T]]) -> list[_Job[T]]:
        """Run jobs, with all that wait beside them, and give them after the commit."""
        jobs = [_Job(run) for run in runs]
        with self._gate:
            self._waiting.extend(jobs)
        with self._turn:
            while not all(job.is_done for job in jobs):
                self._lead()
        return jobs

    def close(self) -> None:
        """Wait for the commit under way and let go of the file."""
        with self._turn:
            if self._mover is not None:
                self._mover.join()
            self._connection.close()

    def _lead(self) -> None:
        """Commit the jobs that have waited longest."""
        with self._gate:
            jobs, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
        try:
            with self._connection.begin():
                for job in jobs:
                    self._run(job, alone=len(jobs) == 1)
        except BaseException as trouble:
            for job in jobs:
                job.trouble = job.trouble or trouble
        for job in jobs:
            job.is_done = True
        self._move_now_and_then()

    def _move_now_and_then(self) -> None:
        """Start to move the log into the file, which readers and the writer do not wait for."""
        self._commits += 1
        if self._commits >= MOVE_AFTER and not (self._mover and self._mover.is_alive()):
            self._commits = 0
            self._mover = threading.Thread(target=self._move, name="affekt-log", daemon=True)
            self._mover.start()

    def _move(self) -> None:
        file = self._engine.raw_connection()
        try:
            file.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
        except sqlite3.Error as trouble:  # a full or failing disk, which the next commit meets too
            LOG.warning("%s: its log was not moved into it: %s", self._engine.url.database, trouble)
            file.invalidate()
        finally:
            file.close()

    def _run(self, job: _Job[Any], *, alone: bool) -> None:
        """Run one job; what it raises undoes that job and no other."""
        if alone:
            job.answer = job.run(self._connection)
            return
        file: Any = self._connection.connection.dbapi_connection
        file.execute("SAVEPOINT job")  # without SQLAlchemy's own, which cost more than many a job
        try:
            job.answer = job.run(self._connection)
        except Exception as trouble:
            if not file.in_transaction:  # a full disk undid the other jobs too
                raise
            file.execute("ROLLBACK TO job")
            job.trouble = trouble
        file.execute("RELEASE job")


def _file(path: Path, synchronous: str) -> Engine:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size:
        sqlite_file.inspect(path)
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),  # a path may hold a ? or a %
        connect_args={"timeout": sqlite_file.BUSY_SECONDS, "check_same_thread": False},
        pool_size=READERS,
        max_overflow=-1,
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # a transaction begins where we say so
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        is_writer = connection.get_execution_options().get("immediate", False)
        if is_writer:
            sqlite_file.begin_to_write(connection.connection.dbapi_connection)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine
