"""One database for many writers: nothing acknowledged is lost, and trouble is told in sentences."""

import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from unittest.mock import Mock

import pytest
from sqlalchemy import Connection, event, text

from affekt.errors import DiskTrouble, Locked, MachineError, UsageError
from affekt.journal import server
from affekt.journal.database import MOVE_AFTER, Database
from affekt.journal.sqlite_file import BUSY_SECONDS
from tests import patience
from tests.servers import postgres

MANY = 40
SECRET = "tops3cret"


@pytest.fixture
def notes(journal_place: Path | str) -> Iterator[Database]:
    """A database with a table of words beside its own."""
    with closing(Database(journal_place)) as database:
        database.write(lambda to: to.exec_driver_sql("CREATE TABLE notes (word TEXT)") and None)
        yield database
        database.write(lambda to: to.exec_driver_sql("DROP TABLE notes") and None)


def put(word: str) -> Callable[[Connection], None]:
    """Give the job that adds a word."""

    def job(to: Connection) -> None:
        to.execute(text("INSERT INTO notes (word) VALUES (:word)"), {"word": word})

    return job


def put_and_fail(to: Connection) -> None:
    put("undone")(to)
    raise ValueError("this job is wrong")


def words(database: Database) -> list[str]:
    with database.read() as connection:
        return sorted(row[0] for row in connection.execute(text("SELECT word FROM notes")))


def words_without_log(path: Path, copy: Path) -> int:
    """Count what stands in the file itself, read from a copy."""
    shutil.copy(path, copy)
    with closing(sqlite3.connect(copy)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM notes").fetchone()[0])
        except sqlite3.DatabaseError:  # copied while the log was being moved, or before
            return 0


def at_last(count: Callable[[], int], least: int) -> bool:
    """Tell whether a count comes to that at last."""
    end = time.monotonic() + patience.SECONDS
    while count() < least and time.monotonic() < end:
        time.sleep(0.02)
    return count() >= least


def outcome(database: Database, job: Callable[[Connection], None]) -> str:
    """Give how a write ended: ``kept``, or the kind of error."""
    try:
        database.write(job)
    except Exception as trouble:
        return type(trouble).__name__
    return "kept"


def together(database: Database, jobs: list[Callable[[Connection], None]]) -> list[str]:
    """Give how writes ended that wait at the same time for one under way."""
    begun, go_on = threading.Event(), threading.Event()

    def first(_: Connection) -> None:
        begun.set()
        assert go_on.wait(patience.SECONDS)

    with ThreadPoolExecutor(len(jobs) + 1) as pool:
        leader = pool.submit(database.write, first)
        assert begun.wait(patience.SECONDS)
        ends = [pool.submit(outcome, database, job) for job in jobs]
        writer = database._writer
        deadline = time.monotonic() + patience.SECONDS
        while writer and len(writer._waiting) < len(jobs) and time.monotonic() < deadline:
            time.sleep(0.005)
        go_on.set()
        leader.result()
        return [one.result() for one in ends]


def test_many_writers_at_once_lose_nothing(notes: Database) -> None:
    """I1."""
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda at: notes.write(put(f"{at:03}")), range(MANY)))
    assert words(notes) == [f"{at:03}" for at in range(MANY)]


def test_a_job_that_raises_undoes_itself_and_no_other(notes: Database) -> None:
    ends = together(notes, [put("a"), put_and_fail, put("b")])
    assert ends == ["kept", "ValueError", "kept"]
    assert words(notes) == ["a", "b"]


def test_jobs_given_together_each_have_their_own_end(notes: Database) -> None:
    done, failed, last = notes.write_each([put("a"), put_and_fail, put("b")])
    assert (done, type(failed), last) == (None, ValueError, None)
    assert words(notes) == ["a", "b"]


def test_a_reader_sees_one_moment_while_others_write(notes: Database) -> None:
    """Section 15: export during writing."""
    count = text("SELECT count(*) FROM notes")
    with notes.read() as connection:
        before = connection.execute(count).scalar()
        notes.write(put("later"))
        assert connection.execute(count).scalar() == before == 0
    assert words(notes) == ["later"]


def test_a_row_that_another_wrote_first_is_seen_when_the_job_runs_again(notes: Database) -> None:
    """I5: the same key from two windows."""
    notes.write(lambda to: to.exec_driver_sql("CREATE UNIQUE INDEX once ON notes (word)") and None)
    both = threading.Barrier(2)

    def add(to: Connection) -> str:
        found = to.execute(text("SELECT word FROM notes WHERE word = 'x'")).scalar()
        if found is None and not notes.is_sqlite:
            both.wait(patience.SECONDS)
        if found is None:
            put("x")(to)
        return "there" if found else "added"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(lambda _: notes.write(add), range(2)))
    assert said == ["added", "there"]
    assert words(notes) == ["x"]


def test_the_log_moves_into_the_file_beside_the_writing(tmp_path: Path) -> None:
    """What was committed stands in the file itself, long before the log is full."""
    path = tmp_path / "votes.db"
    with closing(Database(path)) as database:
        database.write(lambda to: to.exec_driver_sql("CREATE TABLE notes (word TEXT)") and None)
        for at in range(MOVE_AFTER):
            database.write(put(f"word {at:03d}"))
        assert at_last(lambda: words_without_log(path, tmp_path / "copy.db"), MOVE_AFTER - 2)


def test_a_log_that_cannot_be_moved_is_told_and_nothing_is_lost(
    file: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sick = Mock()
    sick.cursor.side_effect = sqlite3.OperationalError("disk I/O error")
    monkeypatch.setattr(file.engine, "raw_connection", lambda: sick)
    for at in range(MOVE_AFTER):
        file.write(put(f"word {at:03d}"))
    assert at_last(lambda: len(caplog.messages), 1)
    assert caplog.messages == [f"{file.place}: its log was not moved into it: disk I/O error"]
    monkeypatch.undo()
    sick.invalidate.assert_called_once_with()
    assert len(words(file)) == MOVE_AFTER


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Database]:
    """The same in a file."""
    with closing(Database(tmp_path / "votes.db")) as database:
        database.write(lambda to: to.exec_driver_sql("CREATE TABLE notes (word TEXT)") and None)
        yield database


def test_writes_that_wait_for_each_other_are_committed_together(file: Database) -> None:
    """C24."""
    commits: list[Connection] = []
    event.listen(file.engine, "commit", commits.append)
    ends = together(file, [put(f"{at:03}") for at in range(MANY)])
    assert ends == ["kept"] * MANY
    assert len(commits) == 2  # of the one under way, and of all that waited
    assert len(words(file)) == MANY


def test_jobs_given_together_share_one_commit(file: Database) -> None:
    """C24."""
    commits: list[Connection] = []
    event.listen(file.engine, "commit", commits.append)
    assert file.write_each([put("a"), put("b")]) == [None, None]
    assert len(commits) == 1


def test_a_disk_that_fills_under_jobs_given_together_is_told_to_each(file: Database) -> None:
    """B10, I1."""
    pages = file.write(lambda to: to.exec_driver_sql("PRAGMA page_count").scalar())
    file.write(lambda to: to.exec_driver_sql(f"PRAGMA max_page_count = {pages}").scalar())
    given = file.write_each([put("a"), put("b" * 100_000)])
    assert [type(one) for one in given] == [DiskTrouble] * 2
    assert words(file) == []


def test_a_disk_that_fills_in_a_common_commit_acknowledges_nothing_it_lost(file: Database) -> None:
    """B10, I1: SQLite undoes the whole transaction by itself, the jobs before the big one too."""
    pages = file.write(lambda to: to.exec_driver_sql("PRAGMA page_count").scalar())
    file.write(lambda to: to.exec_driver_sql(f"PRAGMA max_page_count = {pages}").scalar())
    ends = together(file, [put("a"), put("b" * 100_000), put("c")])
    assert ends == ["DiskTrouble"] * 3
    assert words(file) == []
    assert outcome(file, put("d")) == "kept"


HOLDER = """
import sqlite3, sys, time
other = sqlite3.connect(sys.argv[1], isolation_level=None)
other.execute("BEGIN IMMEDIATE")
other.execute("INSERT INTO notes VALUES ('other')")
print("begun", flush=True)
time.sleep(float(sys.argv[2]))
other.execute("COMMIT")
"""


@pytest.mark.slow
def test_a_write_waits_for_another_process_and_then_goes_on(file: Database) -> None:
    """Section 15: locked for 10 s."""
    assert BUSY_SECONDS > 10
    call = [sys.executable, "-c", HOLDER, str(file.place), "10"]
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "begun\n"
        begun = time.monotonic()
        file.write(put("ours"))
        assert time.monotonic() - begun > 8
    assert words(file) == ["other", "ours"]


GREEDY = """
import sqlite3, sys, time
other = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
end, is_told = time.monotonic() + float(sys.argv[2]), False
while time.monotonic() < end:
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO notes VALUES ('other')")
    if not is_told:
        print("begun", flush=True)
    is_told = True
    time.sleep(0.02)
    other.execute("COMMIT")
"""


@pytest.mark.slow
def test_a_process_that_writes_without_a_pause_does_not_starve_others(file: Database) -> None:
    """Its gaps are far shorter than SQLite's own wait, which looks ten times a second."""
    call = [sys.executable, "-c", GREEDY, str(file.place), str(patience.SECONDS)]
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as greedy:
        try:
            assert greedy.stdout is not None
            assert greedy.stdout.readline() == "begun\n"
            for at in range(5):
                file.write(put(f"ours {at}"))  # Locked, where it waited for half a minute
            assert greedy.poll() is None
        finally:
            greedy.kill()
    assert len([word for word in words(file) if word.startswith("ours")]) == 5


def test_only_process_durability_leaves_the_disk_to_the_system(tmp_path: Path) -> None:
    """C24."""
    loose = Database(tmp_path / "votes.db", durability="process")
    with closing(loose), loose.read() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1


def test_a_connection_that_the_server_ended_is_told_and_the_next_call_works(
    postgresql_url: str,
) -> None:
    with closing(Database(postgresql_url)) as database:

        def end_this(to: Connection) -> None:
            mine = to.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with closing(Database(postgresql_url)) as other:
                other.write(lambda at: _end(at, mine))
            to.execute(text("SELECT 1"))

        with pytest.raises(MachineError, match=r"cannot be reached .*acknowledged before is kept"):
            database.write(end_this)
        assert database.write(lambda to: to.execute(text("SELECT 7")).scalar()) == 7


def _end(to: Connection, backend: int) -> None:
    to.execute(text("SELECT pg_terminate_backend(:it, 5000)"), {"it": backend})


def test_a_server_that_was_restarted_is_found_again(postgresql_url: str) -> None:
    """All connections that wait in the pool are dead at once."""
    with closing(Database(postgresql_url)) as database:
        hold = [database.engine.connect() for _ in range(3)]
        for one in hold:
            one.close()
        with closing(Database(postgresql_url)) as other:
            every = text(
                """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()"""
            )
            other.write(lambda to: to.execute(every).all() and None)
        assert database.write(lambda to: to.execute(text("SELECT 7")).scalar()) == 7


def test_more_callers_than_connections_are_told_to_wait(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "CONNECTIONS", 1)
    monkeypatch.setattr(server, "MORE_CONNECTIONS", 0)
    with closing(Database(postgresql_url)) as database:
        database.engine.pool._timeout = 0.05  # type: ignore[attr-defined]
        with database.read(), pytest.raises(Locked, match="all 1 connections have been busy"):
            database.write(lambda _: None)


def test_a_server_that_does_not_know_the_password_is_told_without_it(
    postgresql: postgres.Server, postgresql_url: str
) -> None:
    """The server trusts everybody, so the name is what it does not know."""
    url = postgresql_url.replace(f"{postgres.OWNER}@", f"nobody:{SECRET}@")
    with pytest.raises(MachineError, match="cannot be reached") as caught:
        Database(url)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://ann:{SECRET}@127.0.0.1:1/votes",
        f"postgresql://ann:{SECRET}@no-such-host.invalid/votes",
        f"postgresql://ann@127.0.0.1:1/votes?password={SECRET}",
    ],
    ids=["closed", "unknown host", "as a parameter"],
)
def test_a_server_that_is_not_there_is_told_without_the_password(url: str) -> None:
    with pytest.raises(MachineError, match="start the server or correct `database`") as caught:
        Database(url)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        f"mysql://ann:{SECRET}@host/votes",
        SECRET,
        f"postgresql://ann:{SECRET}@host:x/votes",
        f"postgresql://ann:with@{SECRET}@host/votes",
    ],
    ids=["another kind", "no address", "no port", "with an @ in it"],
)
def test_an_address_of_something_else_is_told_without_the_password(url: str) -> None:
    with pytest.raises(UsageError, match=r"postgresql://user@host/name") as caught:
        Database(url)
    assert SECRET not in str(caught.value)


def test_a_defect_of_ours_stays_what_it_is(notes: Database) -> None:
    with pytest.raises(Exception, match="nowhere") as caught:
        notes.write(lambda to: to.exec_driver_sql("SELECT * FROM nowhere") and None)
    assert not isinstance(caught.value, MachineError | DiskTrouble)


def test_a_text_that_no_database_keeps_is_no_trouble_of_the_server(postgresql_url: str) -> None:
    with closing(Database(postgresql_url)) as database:
        with pytest.raises(Exception, match="NUL") as caught:
            database.write(lambda to: to.execute(text("SELECT :x"), {"x": "\0"}) and None)
        assert not isinstance(caught.value, MachineError)


def test_closing_twice_changes_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "votes.db")
    database.close()
    database.close()
    with closing(sqlite3.connect(tmp_path / "votes.db")) as raw:
        assert raw.execute("SELECT count(*) FROM votes").fetchone() == (0,)
