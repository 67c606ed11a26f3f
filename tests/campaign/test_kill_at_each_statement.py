"""A process may end at any statement of any deed: all of the deed is there afterwards, or nothing.

The worker comes back then, sends everything again and goes on, as a browser does whose reply was
lost.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.campaign.survivors import killed_at_each, prepared
from tests.campaign.victim import DEEDS, Nursery

pytestmark = pytest.mark.slow
MOST_STATEMENTS = 80


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with closing(Nursery()) as made:
        yield made


@pytest.mark.parametrize("deed", DEEDS)
def test_a_kill_at_any_statement_loses_and_doubles_nothing(
    place: Path | str, nursery: Nursery, deed: str
) -> None:
    """I1, I3, I5, I6, I10."""
    people = prepared(place, 8, MOST_STATEMENTS)
    assert killed_at_each(nursery, place, deed, people) == []
