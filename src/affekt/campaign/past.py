"""What a worker has done before, for the page on which people see their own work (C61)."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import text

from affekt.campaign.live import Live

PAST = text(
    """SELECT a.id, a.submitted_at, a.state,
        (SELECT count(DISTINCT v.item) FROM votes v WHERE v.assignment = a.id) AS answers
    FROM assignments a WHERE a.campaign = :campaign AND a.worker = :worker AND a.state <> 'started'
    ORDER BY a.id DESC LIMIT :most"""
)
# A batch has a line for handing it in, and one for each answer that came later.
LINES = text(
    """SELECT assignment, amount FROM payments WHERE campaign = :campaign AND worker = :worker
    AND assignment IS NOT NULL AND state <> 'voided'"""
)


class Past(NamedTuple):
    """One batch that is over."""

    at: int | None  # microseconds since 1970, UTC
    state: str
    answers: int
    earned: Decimal


def batches(live: Live, worker: int, most: int = 50) -> list[Past]:
    """Give the batches of a worker that are over, the newest first."""
    names = {"campaign": live.number, "worker": worker, "most": most}
    with live.database.read() as connection:
        rows = connection.execute(PAST, names).all()
        earned: dict[int, Decimal] = defaultdict(Decimal)
        for assignment, amount in connection.execute(LINES, names):
            earned[assignment] += Decimal(amount)
    return [Past(at, state, int(answers), earned[one]) for one, at, state, answers in rows]
