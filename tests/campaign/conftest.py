"""A live campaign, on SQLite and on PostgreSQL, with questions that were asked and a clock."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from affekt.campaign.live import Live, open_campaign
from affekt.journal.clock import Clock
from tests.campaign.crowd import WAY, ask

Opened = Callable[..., Live]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a database is to be: a file, or the address of an empty one on a server."""
    if request.param == "sqlite":
        return tmp_path / "votes.db"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def opened(place: Path | str) -> Iterator[Opened]:
    """Open the campaign of `WAY` with other settings: ``opened(asking=Asking(batch=5))``.

    Each has a clock of its own; ``live.clock.not_before(live.now() + …)`` moves it on.
    """
    with ExitStack() as open_ones:

        def give(**other: object) -> Live:
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
