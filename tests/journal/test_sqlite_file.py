"""A journal in a file: checked, copied, carried over, and safe from kills and full disks."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from affekt.errors import Damaged, DiskTrouble, Locked, NewerFormat
from affekt.journal import sqlite_file
from affekt.journal.database import Database
from affekt.journal.migrations import REVISIONS
from affekt.journal.votes import FILE, Recorded, Votes
from affekt.policies.fixed import Fixed
from tests.journal.asked import answers, fill, read
from tests.journal.earlier import write_earlier


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal" / FILE


def limit(database: Database, pages: int) -> None:
    """Let the file grow no further than so many pages."""
    database.write(lambda to: to.exec_driver_sql(f"PRAGMA max_page_count = {pages}").scalar())


def test_no_statement_can_change_or_delete_a_vote(path: Path) -> None:
    fill(path)
    with closing(sqlite3.connect(path)) as raw:
        with pytest.raises(sqlite3.IntegrityError, match="says what it said"):
            raw.execute("UPDATE votes SET felt = NOT felt")
        with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
            raw.execute("DELETE FROM votes")


def test_the_file_waits_for_the_disk_and_checks_its_references(path: Path) -> None:
    """D1, C24."""
    with Votes(path, "campaign") as journal, journal.database.read() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert found == ["wal", 2, 1]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_earlier_format_is_copied_and_then_carried_over(path: Path, number: int) -> None:
    """D6."""
    write_earlier(path, number)
    with Votes(path, "campaign") as journal:
        known = journal.questions().select("question_id", "votes", "is_open")
        assert known.rows() == [("q1", 2, number == 1), ("q2", 0, True)]
        assert journal.votes()["worker"].to_list() == ["ann", "bob"]
        assert journal.record(answers(("q1", "ann", True))) == Recorded(0, 1, 0)
    copy = path.with_name(f"{FILE}.backup-before-{REVISIONS[-1]}")
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("PRAGMA user_version").fetchone() == (number,)
        assert kept.execute("SELECT count(*) FROM votes").fetchone() == (2,)


def test_a_step_that_fails_leaves_the_file_in_the_earlier_format(path: Path) -> None:
    """D6: one transaction."""
    write_earlier(path, 3)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE admins (x)")
        raw.commit()
    with pytest.raises(sqlite3.OperationalError, match="admins already exists"):
        Votes(path, "campaign")
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (3,)
        assert raw.execute("SELECT count(*) FROM votes").fetchone() == (2,)
        assert not raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'items'").fetchall()


@pytest.mark.parametrize(
    "statement", ["PRAGMA user_version = 99", "UPDATE alembic_version SET version_num = '99'"]
)
def test_a_newer_format_is_left_alone(path: Path, statement: str) -> None:
    """B17."""
    fill(path)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(statement)
        raw.commit()
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.read_bytes()
    with pytest.raises(NewerFormat, match=rf"format 99, this affekt reads up to {REVISIONS[-1]}"):
        Votes(path, "campaign")
    assert path.read_bytes() == before


@pytest.mark.parametrize("page", [0, 1, 3])
def test_a_damaged_file_is_told_with_its_backup_and_not_rewritten(path: Path, page: int) -> None:
    """B19."""
    fill(path)
    with Votes(path, "campaign") as journal:
        journal.back_up()
    copy = sqlite_file.backup_of(path)
    torn = bytearray(path.read_bytes())
    torn[page * 4096 : (page + 1) * 4096] = b"\xa5" * 4096
    path.write_bytes(torn)
    with pytest.raises(Damaged, match=f"integrity check.*{copy.name}.*to restore") as caught:
        Votes(path, "campaign")
    assert caught.value.exit_code == 5
    assert path.read_bytes() == bytes(torn)


def test_the_backup_restores_every_vote(path: Path) -> None:
    """B19: what the sentence says to do works."""
    fill(path)
    with Votes(path, "campaign") as journal:
        journal.back_up()
    path.unlink()
    sqlite_file.backup_of(path).rename(path)
    assert read(path).height == 2


def test_a_file_that_is_no_database_is_damaged_without_a_backup(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("this is not a database, but long enough to look like a file" * 100)
    with pytest.raises(Damaged, match="no backup beside it"):
        Votes(path, "campaign")


def test_votes_whose_question_is_gone_are_damage(path: Path) -> None:
    """B19."""
    fill(path)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("DELETE FROM items")
        raw.commit()
    with pytest.raises(Damaged, match="rows without their owner"):
        Votes(path, "campaign")


def test_a_full_disk_is_told_and_what_was_recorded_stays(path: Path) -> None:
    """B10."""
    fill(path)
    many = answers(*(("q2", f"worker-{at}", True) for at in range(20_000)))
    with Votes(
        path, "campaign", policy=Fixed.model_construct(votes=20_000, keep_at=None)
    ) as journal:
        limit(journal.database, 130)
        with pytest.raises(DiskTrouble, match="the file system is full; free some space"):
            journal.record(many)
        assert journal.count() == 2
    assert read(path).height == 2


def test_damage_met_while_working_is_told(path: Path) -> None:
    """B19."""
    fill(path)
    with Votes(path, "campaign") as journal:
        torn = bytearray(path.read_bytes())
        torn[4096:] = b"\xa5" * (len(torn) - 4096)
        path.write_bytes(torn)
        with pytest.raises(Damaged, match="Nothing was rewritten"):
            journal.votes()


def test_a_folder_that_cannot_be_made_is_disk_trouble(tmp_path: Path) -> None:
    """B09."""
    (tmp_path / "journal").write_text("a file where the folder should be")
    with pytest.raises(DiskTrouble, match="check the folder"):
        Votes(tmp_path / "journal" / FILE, "campaign")


def test_a_database_that_cannot_be_opened_for_writing_is_disk_trouble(path: Path) -> None:
    """B09: a folder stands where the file should be, which no permission of root's gets around."""
    path.mkdir(parents=True)
    with pytest.raises(DiskTrouble, match="cannot be written"):
        Votes(path, "campaign")


def test_a_writer_that_never_ends_is_told_in_a_sentence(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D7: `database is locked` never reaches a user."""
    fill(path)
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Votes(path, "campaign") as journal, pytest.raises(Locked) as caught:
            journal.record(answers(("q2", "ann", True)))
    assert "another process" in str(caught.value)
    assert "database is locked" not in str(caught.value)


FULL_DISK = """
    import resource, signal, sys
    from pathlib import Path
    import polars as pl
    from affekt.errors import DiskTrouble
    from affekt.journal.votes import Votes
    from affekt.policies.fixed import Fixed
    from affekt.tables import VOTES

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    policy = Fixed.model_construct(votes=100_000, keep_at=None)
    with Votes(Path(sys.argv[1]), "campaign", policy=policy) as journal:
        resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, resource.RLIM_INFINITY))
        rows = [("q2", f"worker-{n}", "awe", True, None) for n in range(20_000)]
        try:
            journal.record(pl.DataFrame(rows, schema=VOTES.types(), orient="row"))
        except DiskTrouble as trouble:
            print(trouble.exit_code, trouble)
"""


def test_a_file_that_cannot_grow_is_disk_trouble_and_loses_nothing(path: Path) -> None:
    """B10."""
    fill(path)
    script = textwrap.dedent(FULL_DISK)
    run = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith("5 "), run.stderr
    assert read(path).equals(answers(("q1", "ann", True), ("q1", "bob", False)))


KILLED = """
    import sys
    from pathlib import Path
    import polars as pl
    from affekt.journal.votes import Votes
    from affekt.policies.fixed import Fixed
    from affekt.tables import VOTES

    policy = Fixed.model_construct(votes=100_000, keep_at=None)
    with Votes(Path(sys.argv[1]), "campaign", policy=policy) as journal:
        for n in range(100_000):
            vote = [("q2", f"worker-{n:06}", "awe", True, None)]
            journal.record(pl.DataFrame(vote, schema=VOTES.types(), orient="row"))
            print(n, flush=True)
"""


def test_every_vote_acknowledged_before_a_kill_is_there_after_it(path: Path) -> None:
    """D1, I1."""
    fill(path)
    script = textwrap.dedent(KILLED)
    with subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        said = [run.stdout.readline() for _ in range(25)]
        os.kill(run.pid, signal.SIGKILL)
        said += run.stdout.readlines()
    workers = [f"worker-{int(line):06}" for line in said if line.strip()]
    kept = read(path).filter(pl.col("question_id") == "q2")["worker"].to_list()
    assert kept[: len(workers)] == workers
    assert len(kept) <= len(workers) + 1  # at most the one that was written and not yet said
