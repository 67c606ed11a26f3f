"""A process may end at any statement of any deed: all of the deed is there afterwards, or nothing.

The worker comes back then, sends everything again and goes on, as a browser does whose reply was
lost.
"""

from pathlib import Path

import pytest

from affekt.campaign.books import verify_books
from affekt.campaign.live import open_campaign
from tests.campaign.survivors import killed_at_each, prepared
from tests.campaign.victim import DEEDS, WAY_OF_WORK, Nursery

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("deed", DEEDS)
def test_a_kill_at_any_statement_loses_and_doubles_nothing(
    place: Path | str, nursery: Nursery, deed: str
) -> None:
    """I1, I3, I5, I6, I10."""
    with prepared(place, 6) as live:
        assert killed_at_each(nursery, live, deed) == []
    again = open_campaign(place, WAY_OF_WORK)
    assert verify_books(again.database) == []
    again.database.close()
