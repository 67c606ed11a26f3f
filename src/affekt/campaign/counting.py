"""Lets votes count: vote, tally and slot change in one transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from affekt.campaign.live import Live
from affekt.campaign.places import open_places, with_most
from affekt.journal.rates import rates_of
from affekt.journal.settling import learn

DRAFTS = text(
    """SELECT v.seq, v.item, v.slot, v.emotion, v.felt, i.emotion AS asked, i.gold, i.most
    FROM votes v JOIN items i ON i.id = v.item
    WHERE v.assignment = :assignment AND v.state = 'draft' ORDER BY v.seq"""
)
LATE = text(
    """SELECT v.seq, v.item, v.slot, v.emotion, v.felt, i.emotion AS asked, i.gold, i.most
    FROM votes v JOIN items i ON i.id = v.item
    WHERE v.item = :item AND v.worker = :worker AND v.state = 'late' ORDER BY v.seq"""
)
COUNT = text("UPDATE votes SET state = 'counted', weight = :weight WHERE seq = :seq")
SET_ASIDE = text(
    "UPDATE votes SET state = 'excluded' WHERE assignment = :assignment AND state = 'draft'"
)
TAKE = text("UPDATE slots SET state = 'voted' WHERE id = :slot AND state = 'leased'")
TALLY = text(
    """UPDATE items SET votes = votes + 1, yes = yes + :yes, no = no + :no,
        log_odds = log_odds + :weight WHERE id = :item"""
)
FREE = """SELECT s.id FROM slots s JOIN items i ON i.id = s.item
    WHERE s.item = :item AND s.state = 'open' AND i.state IN ('waiting', 'active')
    ORDER BY s.number LIMIT 1"""
IS_GOLD = text("SELECT gold IS NOT NULL FROM items WHERE id = :item")
TAKE_FREE = text(
    """UPDATE slots SET state = 'voted', worker = :worker, assignment = :assignment
    WHERE id = :slot AND state = 'open'"""
)
HOLDS = text(
    """SELECT 1 FROM slots h JOIN items i ON i.apart = h.apart AND i.campaign = h.campaign
    WHERE i.id = :item AND h.worker = :worker AND h.state IN ('leased', 'voted')"""
)
MOVE = text("UPDATE votes SET slot = :slot WHERE seq = :seq")


def count_drafts(to: Connection, live: Live, worker: int, assignment: int) -> None:
    """Let all drafts of an assignment count; their items are decided or get further places."""
    drafts = to.execute(DRAFTS, {"assignment": assignment}).all()
    _count(to, live, worker, drafts)
    if drafts:
        to.execute(TAKE, [{"slot": slot} for slot in sorted({row.slot for row in drafts})])
    open_places(to, live, [row.item for row in drafts if row.gold is None])


def count_late(to: Connection, live: Live, worker: int, item: int, assignment: int) -> bool:
    """Let an answer on a lost lease count where the item has a free place, and say whether (I4)."""
    if to.execute(IS_GOLD, {"item": item}).scalar():
        return False
    # A place that another server gives away at this moment is not free.
    way = " FOR NO KEY UPDATE OF s SKIP LOCKED" if to.dialect.name == "postgresql" else ""
    slot = to.execute(text(FREE + way), {"item": item}).scalar()
    if slot is None or to.execute(HOLDS, {"item": item, "worker": worker}).first():
        return False
    rows = to.execute(LATE, {"item": item, "worker": worker}).all()
    to.execute(TAKE_FREE, {"slot": slot, "worker": worker, "assignment": assignment})
    for row in rows:
        to.execute(MOVE, {"slot": slot, "seq": row.seq})
    _count(to, live, worker, rows)
    open_places(to, live, [item])
    return True


def _count(to: Connection, live: Live, worker: int, rows: Sequence[Any]) -> None:
    """Count votes of one worker: those on the emotion asked lean the tally, the others stand by."""
    known = rates_of(to, live.number, worker)
    counted, leaning = [], []
    for row in rows:
        felt, is_asked = bool(row.felt), row.emotion == row.asked
        policy = with_most(live.policy, row.most)
        weight = policy.weight(felt, *known) if is_asked and row.gold is None else 0.0
        counted.append({"seq": row.seq, "weight": weight})
        if is_asked and row.gold is None:
            tally = {"item": row.item, "yes": int(felt), "no": int(not felt), "weight": weight}
            leaning.append(tally)
        elif is_asked:
            learn(to, row.item, [(worker, felt)], bool(row.gold))
    for statement, changes in ((COUNT, counted), (TALLY, leaning)):
        if changes:
            to.execute(statement, changes)
