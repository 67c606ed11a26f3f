"""Servers that are killed at random moments under load lose no vote that they acknowledged.

``benchmarks/crowd_kills.py`` does the same fifty times on each database.
"""

from pathlib import Path

import pytest

from tests.campaign.people import consenting
from tests.campaign.survivors import broken, prepared
from tests.campaign.victim import Nursery, Order

pytestmark = pytest.mark.slow
# Acknowledged deeds before a kill, and thousandths of a second from the last of them.
MOMENTS = ((1, 3), (2, 0), (3, 8), (4, 1), (5, 5), (6, 2), (8, 13), (11, 0))


def test_a_kill_at_a_random_moment_loses_nothing_acknowledged(
    place: Path | str, nursery: Nursery
) -> None:
    """I1, I6."""
    with prepared(place, 40) as live:
        people = [consenting(live) for _ in MOMENTS]
        where = str(live.database.place)
        said = [
            (one, nursery.run(Order(where, one, after=after, seconds=thousandths / 1000)))
            for one, (after, thousandths) in zip(people, MOMENTS, strict=True)
        ]
        assert [wrong for one, lines in said for wrong in broken(live, lines, one)] == []
        assert any("answer" in line for _, lines in said for line in lines)


def test_the_check_tells_a_lost_answer(place: Path | str) -> None:
    with prepared(place, 3) as live:
        said = ["answer never-stored 1", "end no-such-batch"]
        told = broken(live, said, consenting(live))
        assert told == ["lost: answer never-stored 1", "lost: end no-such-batch"]
