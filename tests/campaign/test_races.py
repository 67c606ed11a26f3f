"""Several servers on one database: no place is given twice.

``benchmarks/crowd_races.py`` does the same with 64 clients and 1,000 items, twenty times.
"""

from contextlib import closing
from pathlib import Path

import pytest

from affekt.campaign.books import verify_books
from affekt.journal.database import Database
from tests.campaign.racers import race

pytestmark = pytest.mark.slow


def test_two_servers_never_give_more_places_than_there_are(place: Path | str) -> None:
    """I3, C23."""
    run = race(place, items=30, votes=3, processes=2, threads=4)
    assert (run.over_assigned, run.lacking, run.highest, run.votes) == (0, 0, 3, 90)
    with closing(Database(place)) as database:
        assert verify_books(database) == []
