"""Lists for those who watch a campaign: its questions page by page, and its workers."""

from typing import NamedTuple

from sqlalchemy import text

from affekt.campaign.audit import plain
from affekt.campaign.live import Live

PER_PAGE = 100
ITEMS = text(
    """SELECT question_id, image_id, emotion, state, verdict, votes, yes, no, skips,
        gold IS NOT NULL AS is_gold
    FROM items WHERE campaign = :campaign AND question_id > :after
        AND (:emotion = '' OR emotion = :emotion) AND (:state = '' OR state = :state)
    ORDER BY question_id LIMIT :most"""
)
WORKERS = text(
    """SELECT w.pseudonym, w.state, w.provider, w.made_at,
        (SELECT count(DISTINCT v.item) FROM votes v WHERE v.campaign = :campaign
            AND v.worker = w.id AND v.state = 'counted') AS votes,
        (SELECT count(*) FROM assignments a WHERE a.campaign = :campaign AND a.worker = w.id
            AND a.state IN ('submitted', 'returned')) AS waiting
    FROM workers w ORDER BY w.id"""
)


class Item(NamedTuple):
    """One question in a list."""

    question_id: str
    image_id: str
    emotion: str
    state: str
    verdict: int | None
    votes: int
    yes: int
    no: int
    skips: int
    is_gold: bool


class Worker(NamedTuple):
    """One worker in a list."""

    pseudonym: str
    state: str
    provider: str
    made_at: int  # microseconds since 1970, UTC
    votes: int  # pictures with a counted vote
    waiting: int  # batches handed in that nobody has judged


def items(
    live: Live, *, emotion: str = "", state: str = "", after: str = "", most: int = PER_PAGE
) -> list[Item]:
    """Give the questions behind one, by their ids; of one emotion or state where it is named."""
    names = {"campaign": live.number, "emotion": plain(emotion), "state": plain(state)}
    with live.database.read() as connection:
        rows = connection.execute(ITEMS, {**names, "after": plain(after), "most": most}).all()
    return [Item(**{**row._mapping, "is_gold": bool(row.is_gold)}) for row in rows]


def workers(live: Live) -> list[Worker]:
    """Give everybody who was ever invited, in the order of invitation."""
    with live.database.read() as connection:
        return [Worker(*row) for row in connection.execute(WORKERS, {"campaign": live.number})]
