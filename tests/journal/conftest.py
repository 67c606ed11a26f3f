"""A place for a journal of votes: a file, or a database without rows on a server."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from affekt.journal.database import Database
from affekt.journal.people import METADATA
from affekt.journal.votes import FILE
from tests.servers import postgres


@pytest.fixture(scope="session")
def journal_url(postgresql: postgres.Server) -> Iterator[str]:
    """One database on the server for all tests here: to make the tables takes over a second."""
    with postgresql.database() as url:
        Database(url).close()
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def journal_place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a database is: a file to be made, or the address of one without rows."""
    if request.param == "sqlite":
        return tmp_path / "journal" / FILE
    url: str = request.getfixturevalue("journal_url")
    empty(url)
    return url


def empty(url: str) -> None:
    """Take out every row of a database of tests."""
    names = ", ".join(METADATA.tables)
    with closing(Database(url)) as database:
        database.write(lambda to: to.execute(text(f"TRUNCATE {names} RESTART IDENTITY")) and None)
