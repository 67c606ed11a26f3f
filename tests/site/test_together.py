"""Answers of many people at the same moment: one commit, and each its own end."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from affekt.journal.database import Database
from affekt.site.together import Together
from tests import patience

Writing = Coroutine[Any, Any, None]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A file with a table of words."""
    with closing(Database(tmp_path / "votes.db")) as made:
        made.write(lambda to: to.exec_driver_sql("CREATE TABLE notes (word TEXT)") and None)
        yield made


def put(word: str) -> Callable[[Connection], None]:
    """Give the job that adds a word."""

    def job(to: Connection) -> None:
        to.execute(text("INSERT INTO notes VALUES (:word)"), {"word": word})

    return job


def fail(_: Connection) -> None:
    raise ValueError("this job is wrong")


def words(database: Database) -> list[str]:
    with database.read() as connection:
        return sorted(row[0] for row in connection.execute(text("SELECT word FROM notes")))


async def behind_one_under_way(
    database: Database, later: Callable[[Together], list[Writing]]
) -> list[object]:
    """Give how writes end that all come while another one is being committed."""
    together, go_on = Together(database), threading.Event()
    first = asyncio.create_task(together.write(lambda _: go_on.wait(patience.SECONDS)))
    await asyncio.sleep(0)
    ends = [asyncio.create_task(one) for one in later(together)]
    await asyncio.sleep(0)
    ends[0].cancel()
    go_on.set()
    await first
    return list(await asyncio.gather(*ends, return_exceptions=True))


def test_what_comes_during_a_commit_is_in_the_next_one_and_each_has_its_own_end(
    database: Database,
) -> None:
    """C24, I1: even a request that has gone away, or is wrong, holds up no other."""
    commits: list[Connection] = []
    event.listen(database.engine, "commit", commits.append)
    given = asyncio.run(
        behind_one_under_way(
            database, lambda to: [to.write(put("gone")), to.write(fail), to.write(put("kept"))]
        )
    )
    assert [type(one) for one in given] == [asyncio.CancelledError, ValueError, type(None)]
    assert len(commits) == 2
    assert words(database) == ["gone", "kept"]


def test_a_database_that_is_closed_is_told_to_whoever_waits(database: Database) -> None:
    database.close()
    with pytest.raises(Exception, match="closed"):
        asyncio.run(Together(database).write(put("late")))
