"""What a worker has done before, for the page on which people see their own work (C61)."""

from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import text

from affekt.campaign.live import Live

PAST = text(
    """SELECT a.submitted_at, a.state,
        (SELECT count(DISTINCT v.item) FROM votes v WHERE v.assignment = a.id) AS answers,
        (SELECT p.amount FROM payments p WHERE p.assignment = a.id AND p.kind = 'batch') AS amount
    FROM assignments a WHERE a.campaign = :campaign AND a.worker = :worker AND a.state <> 'started'
    ORDER BY a.id DESC LIMIT :most"""
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
    return [Past(row[0], row[1], int(row[2]), Decimal(row[3] or 0)) for row in rows]
