"""A batch as its worker sees it: what is asked about which picture, and what was said already."""

from typing import NamedTuple

from sqlalchemy import Connection, text

from affekt.campaign.live import Live

FIND = text(
    """SELECT id, token, until, started_at FROM assignments
    WHERE campaign = :campaign AND worker = :worker AND state = 'started' AND until >= :now
    ORDER BY id DESC LIMIT 1"""
)
CARDS = text(
    """SELECT c.token, c.position, i.image_id, i.emotion,
        (SELECT v.felt FROM votes v WHERE v.item = c.item AND v.worker = :worker
            AND v.emotion = i.emotion AND v.state = 'draft') AS said,
        EXISTS (SELECT 1 FROM passes p WHERE p.item = c.item AND p.worker = :worker) AS is_passed
    FROM cards c JOIN items i ON i.id = c.item WHERE c.assignment = :assignment
    ORDER BY c.position"""
)


class Piece(NamedTuple):
    """One picture of a batch before it has its place."""

    item: int
    slot: int | None  # of gold, which gets one when it is leased
    emotion: str


class Card(NamedTuple):
    """One picture of a batch; nothing in it tells earlier votes, the tally or gold (C11)."""

    token: str
    position: int  # from 1
    image_id: str
    emotion: str
    said: bool | None
    is_passed: bool


class Batch(NamedTuple):
    """What a worker holds."""

    token: str
    started_at: int  # microseconds since 1970, UTC
    until: int
    cards: tuple[Card, ...]


def batch_of(connection: Connection, live: Live, worker: int) -> Batch | None:
    """Give the batch that a worker holds now."""
    names = {"campaign": live.number, "worker": worker, "now": live.now()}
    found = connection.execute(FIND, names).first()
    if found is None:
        return None
    rows = connection.execute(CARDS, {"assignment": found.id, "worker": worker})
    cards = tuple(
        Card(
            row.token,
            row.position,
            row.image_id,
            row.emotion,
            None if row.said is None else bool(row.said),
            bool(row.is_passed),
        )
        for row in rows
    )
    return Batch(found.token, found.started_at, found.until, cards)
