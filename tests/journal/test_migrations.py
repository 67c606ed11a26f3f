"""The steps lead to the tables that the code knows, on both databases."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, inspect, text

from affekt.journal.database import Database, revision_of
from affekt.journal.migrations import REVISIONS
from affekt.journal.people import METADATA
from tests.journal.earlier import write_earlier


def differences(connection: Connection) -> Any:
    settings = {"compare_type": True, "compare_server_default": True}
    return compare_metadata(MigrationContext.configure(connection, opts=settings), METADATA)


def checks(connection: Connection) -> dict[str, set[str]]:
    """Give table → names of its checks, which Alembic does not compare."""
    told = inspect(connection)
    return {
        table: {str(one["name"]) for one in told.get_check_constraints(table)}
        for table in METADATA.tables
    }


def test_a_new_database_has_the_tables_that_the_code_knows(journal_place: Path | str) -> None:
    """C22."""
    with closing(Database(journal_place)) as database, database.read() as connection:
        assert differences(connection) == []
        assert revision_of(connection) == REVISIONS[-1]


def test_a_new_database_has_the_checks_that_the_code_knows(journal_place: Path | str) -> None:
    known = {
        name: {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}
        for name, table in METADATA.tables.items()
    }
    with closing(Database(journal_place)) as database, database.read() as connection:
        assert checks(connection) == known


@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_earlier_file_ends_with_the_same_tables(tmp_path: Path, number: int) -> None:
    """D6."""
    path = tmp_path / "votes.db"
    write_earlier(path, number)
    with closing(Database(path)) as database, database.read() as connection:
        assert differences(connection) == []


def test_a_database_of_the_first_format_keeps_its_rows(journal_place: Path | str) -> None:
    """D6, C58."""
    with closing(Database(journal_place)) as database:
        seed(database)
        for back in ("DROP TABLE reveals", "UPDATE alembic_version SET version_num = '0001'"):
            database.write(lambda to, one=back: to.execute(text(one)) and None)  # type: ignore[misc]
    with closing(Database(journal_place)) as database, database.read() as connection:
        assert differences(connection) == []
        assert revision_of(connection) == REVISIONS[-1]
        assert connection.execute(text("SELECT felt FROM votes")).scalar_one()


@pytest.mark.parametrize("table", ["votes", "audit"])
def test_no_statement_deletes_what_was_said_or_done(journal_place: Path | str, table: str) -> None:
    """I11, section 4."""
    with closing(Database(journal_place)) as database:
        seed(database)
        with pytest.raises(Exception, match=r"never deleted|append-only"):
            database.write(lambda to: to.execute(text(f"DELETE FROM {table}")) and None)


def test_no_statement_changes_what_a_vote_says(journal_place: Path | str) -> None:
    with closing(Database(journal_place)) as database:
        seed(database)
        change = text("UPDATE votes SET worker = worker + 1 WHERE state = 'counted'")
        with pytest.raises(Exception, match="says what it said"):
            database.write(lambda to: to.execute(change) and None)


SEED = (
    """INSERT INTO campaigns (id, name, state, policy, settings, opened, made_at)
    VALUES (1, 'c', 'open', '', '{}', 0, 0)""",
    """INSERT INTO workers (id, pseudonym, provider, state, settings, made_at)
    VALUES (1, 'ann', 'file', 'active', '{}', 0), (2, 'bob', 'file', 'active', '{}', 0)""",
    """INSERT INTO items (id, campaign, question_id, image_id, emotion, role, apart, votes, yes, no,
        log_odds, skips, state)
    VALUES (1, 1, 'q', 'i', 'awe', 'task', 'i', 1, 1, 0, 0, 0, 'active')""",
    """INSERT INTO votes (seq, campaign, item, worker, emotion, felt, state, weight, at)
    VALUES (1, 1, 1, 1, 'awe', true, 'counted', 0, 0)""",
    """INSERT INTO audit (id, at, actor, action, thing, why, before, after, previous, hash)
    VALUES (1, 0, '', '', '', '', '', '', '', '')""",
)


def seed(database: Database) -> None:
    """Put one row into each table of which nothing may vanish."""
    for statement in SEED:
        database.write(lambda to, one=statement: to.execute(text(one)) and None)  # type: ignore[misc]
