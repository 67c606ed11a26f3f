"""Takes votes out of the tallies or back in, counts anew, and lets the policy decide again.

A vote is never deleted: it is *counted* or *excluded*, and everything that was decided with it is
decided without it. Where votes are missing then, places are opened for other workers.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, text

from affekt.campaign import facts
from affekt.campaign.live import Live
from affekt.campaign.places import lock, open_places, with_most
from affekt.journal.rates import rates_of
from affekt.journal.settling import LEARN, Settled, settle
from affekt.policies import DROP, KEEP

EXCLUDE = text(
    """UPDATE votes SET state = 'excluded'
    WHERE seq = :seq AND state IN ('counted', 'late', 'draft')"""
)
INCLUDE = text("UPDATE votes SET state = 'counted', weight = :weight WHERE seq = :seq")
ITEM_OF = text("SELECT item FROM votes WHERE seq = :seq AND campaign = :campaign")
EXCLUDED = text(
    """SELECT v.seq, v.item, v.worker, v.at, v.felt, v.weight, v.emotion = i.emotion AS is_asked,
        i.most, i.gold IS NOT NULL AS is_gold,
        (SELECT count(DISTINCT o.worker) FROM votes o WHERE o.item = i.id AND o.state = 'counted'
            AND o.worker <> v.worker) + (SELECT count(*) FROM slots s
            WHERE s.item = i.id AND s.state = 'leased' AND s.worker <> v.worker) AS others
    FROM votes v JOIN items i ON i.id = v.item
    WHERE v.seq = :seq AND v.state = 'excluded' AND v.campaign = :campaign"""
)
COUNT = text(
    """UPDATE items SET
        votes = (SELECT count(DISTINCT v.worker) FROM votes v
            WHERE v.item = items.id AND v.state = 'counted'),
        yes = (SELECT count(*) FROM votes v WHERE v.item = items.id AND v.state = 'counted'
            AND v.emotion = items.emotion AND v.felt),
        no = (SELECT count(*) FROM votes v WHERE v.item = items.id AND v.state = 'counted'
            AND v.emotion = items.emotion AND NOT v.felt),
        log_odds = :start + COALESCE((SELECT sum(v.weight) FROM votes v
            WHERE v.item = items.id AND v.state = 'counted' AND v.emotion = items.emotion), 0)
    WHERE id = :item AND gold IS NULL"""
)
FIND = text(
    """SELECT id, emotion, votes, yes, no, log_odds, state, most FROM items
    WHERE id = :item AND gold IS NULL"""
)
REOPEN = text("UPDATE items SET state = 'active', verdict = NULL WHERE id = :item")
LAST = text("SELECT verdict, counted FROM decisions WHERE item = :item ORDER BY id DESC LIMIT 1")
VOTE = text("SELECT worker, felt FROM votes WHERE seq = :seq")
CAMPAIGN = text("SELECT state FROM campaigns WHERE id = :campaign")
OVER = ("closed", "archived")


def recount(connection: Connection, live: Live, items: Iterable[int]) -> None:
    """Set votes, YES, NO and log-odds of some items to those of their counted votes.

    Gold has no tally and stays as it is.
    """
    for item in sorted(set(items)):
        found = connection.execute(FIND, {"item": item}).first()
        if found is not None:
            policy = with_most(live.policy, found.most)
            connection.execute(COUNT, {"item": item, "start": policy.start(found.emotion)})


def set_aside(connection: Connection, live: Live, votes: Sequence[int]) -> list[int]:
    """Exclude votes by `seq`, decide their items anew, and give these items."""
    items = _items(connection, live, votes)
    lock(connection, items)
    for seq in votes:
        connection.execute(EXCLUDE, {"seq": seq})
    judge_again(connection, live, items)
    return items


def take_back_in(connection: Connection, live: Live, votes: Sequence[int]) -> list[int]:
    """Count excluded votes again where there is room, decide anew, and give those that count.

    A vote stays excluded where others have the places by now (I3), and where its worker takes part
    no more.
    """
    items = _items(connection, live, votes)
    lock(connection, items)
    counted = [seq for seq in sorted(votes) if _include(connection, live, seq)]
    judge_again(connection, live, items)
    return counted


def judge_again(connection: Connection, live: Live, items: Iterable[int]) -> None:
    """Recount some items and let the policy decide them, or open the places that are missing.

    Where a campaign is over nobody can be asked: what cannot be told is *undecided*.
    """
    ids = sorted(set(items))
    reopen(connection, ids)
    recount(connection, live, ids)
    if connection.execute(CAMPAIGN, {"campaign": live.number}).scalar_one() not in OVER:
        open_places(connection, live, ids)
        return
    for item in ids:
        found = connection.execute(FIND, {"item": item}).first()
        if found is not None and found.state == "active":
            settle(connection, with_most(live.policy, found.most), [Settled(*found[:6])])


def reopen(connection: Connection, items: Iterable[int]) -> None:
    """Make decided items active again; workers lose what the decision credited them with."""
    for item in items:
        found = connection.execute(FIND, {"item": item}).first()
        if found is not None and found.state == "decided":
            _unlearn(connection, item)
            connection.execute(REOPEN, {"item": item})


def _items(connection: Connection, live: Live, votes: Iterable[int]) -> list[int]:
    names = [{"seq": seq, "campaign": live.number} for seq in votes]
    found = {connection.execute(ITEM_OF, one).scalar() for one in names}
    return sorted(int(item) for item in found if item is not None)


def _include(connection: Connection, live: Live, seq: int) -> bool:
    found = connection.execute(EXCLUDED, {"seq": seq, "campaign": live.number}).first()
    if found is None or facts.agreed(connection, live, found.worker) is None:
        return False
    if facts.withdrew_since(connection, live, found.worker, found.at):
        return False  # what was taken back stays so, also for somebody who takes part again
    policy = with_most(live.policy, found.most)
    if not found.is_gold and found.others >= policy.most():
        return False
    weight = found.weight
    if not weight and found.is_asked and not found.is_gold:  # it never counted before
        rates = rates_of(connection, live.number, found.worker)
        weight = policy.weight(bool(found.felt), *rates)
    connection.execute(INCLUDE, {"seq": seq, "weight": weight})
    return True


def _unlearn(connection: Connection, item: int) -> None:
    last = connection.execute(LAST, {"item": item}).first()
    if last is None or last.verdict not in (KEEP, DROP):
        return
    rows: list[dict[str, Any]] = []
    for seq, *_ in json.loads(last.counted):
        worker, felt = connection.execute(VOTE, {"seq": seq}).one()
        truth = "felt" if last.verdict == KEEP else "unfelt"
        credit = dict.fromkeys(("felt_yes", "felt_no", "unfelt_yes", "unfelt_no"), 0)
        credit[f"{truth}_{'yes' if felt else 'no'}"] = -1
        rows.append({"id": item, "worker": worker, **credit})
    if rows:
        connection.execute(LEARN, rows)
