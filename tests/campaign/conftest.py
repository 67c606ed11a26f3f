"""A live campaign, on SQLite and on PostgreSQL, with questions that were asked and a clock."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from affekt.campaign.live import Live, open_campaign
from affekt.journal.clock import Clock
from affekt.journal.database import Database
from affekt.journal.people import consents
from tests.campaign.crowd import WAY, ask
from tests.campaign.victim import Nursery
from tests.servers import postgres

Opened = Callable[..., Live]


@pytest.fixture(scope="session")
def campaign_url(postgresql: postgres.Server) -> Iterator[str]:
    """One database on the server for all tests here: to make the tables takes over a second."""
    with postgresql.database() as url:
        Database(url).close()
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a database is: a file to be made, or the address of one without rows on a server."""
    if request.param == "sqlite":
        return tmp_path / "votes.db"
    url: str = request.getfixturevalue("campaign_url")
    names = ", ".join(consents.metadata.tables)
    with closing(Database(url)) as database:
        database.write(lambda to: to.execute(text(f"TRUNCATE {names} RESTART IDENTITY")) and None)
    return url


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """The process whose children are killed."""
    with closing(Nursery()) as made:
        yield made


@pytest.fixture
def opened(place: Path | str) -> Iterator[Opened]:
    """Open the campaign of `WAY` with other settings: ``opened(asking=Asking(batch=5))``.

    Each has a clock of its own; ``live.clock.not_before(live.now() + …)`` moves it on.
    """
    with ExitStack() as open_ones:

        def give(**other: Any) -> Live:
            live = open_campaign(place, WAY._replace(**other), clock=Clock())
            open_ones.enter_context(closing(live.database))
            return live

        yield give


@pytest.fixture
def live(opened: Opened) -> Live:
    """An open campaign of `WAY` that asks nothing yet."""
    return opened()


@pytest.fixture
def asked(live: Live) -> Live:
    """The same, with 12 questions on 12 pictures: ``q000`` … on emotions in turn."""
    ask(live, 12)
    return live
