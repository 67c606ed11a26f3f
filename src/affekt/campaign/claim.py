"""Gives a worker a batch: pictures still to be asked about, that this worker has not met."""

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, TextClause, bindparam, text

from affekt.campaign.batch import Batch, Piece, batch_of
from affekt.campaign.gold import gold_for, lease_gold
from affekt.campaign.live import Live, check_open
from affekt.campaign.order import arranged
from affekt.campaign.workers import check_may_work
from affekt.errors import NotTaken
from affekt.journal.clock import MICROSECONDS
from affekt.rank import rank_of

TOKEN_BYTES = 16
PAGE = 2  # slots looked at for each that is wanted, since several are of one picture
DAY = 24 * 3600 * MICROSECONDS
# A picture is met where the worker holds a slot of it or of its like, or passed over it.
UNMET = """FROM slots s WHERE s.campaign = :campaign AND s.state = 'open' AND s.emotion IN :emotions
        AND NOT EXISTS (SELECT 1 FROM slots h WHERE h.campaign = :campaign AND h.apart = s.apart
            AND h.worker = :worker AND h.state IN ('leased', 'voted'))
        AND NOT EXISTS (SELECT 1 FROM passes p WHERE p.item = s.item AND p.worker = :worker)
        AND NOT EXISTS (SELECT 1 FROM votes v WHERE v.item = s.item AND v.worker = :worker)"""
BY_RANK = f"""SELECT s.id, s.item, s.apart, s.emotion, s.rank {UNMET}
    AND (s.rank, s.id) > (:after, :id) AND s.rank <= :last ORDER BY s.rank, s.id LIMIT :n"""
BY_OPENING = f"""SELECT s.id, s.item, s.apart, s.emotion, s.opened {UNMET}
    AND (s.opened, s.id) > (:after, :id) AND s.opened <= :last
    ORDER BY s.opened, s.id LIMIT :n"""
HOLD = text(
    """UPDATE slots SET state = 'leased', worker = :worker, assignment = :assignment
    WHERE id = :slot AND state = 'open'"""
)
BEGIN = text(
    """INSERT INTO assignments (campaign, worker, token, state, started_at, until, size)
    VALUES (:campaign, :worker, :token, 'started', :now, :until, :size) RETURNING id"""
)
DEAL = text(
    """INSERT INTO cards (assignment, position, token, item, slot)
    VALUES (:assignment, :position, :token, :item, :slot)"""
)
CAMPAIGN = text("SELECT state, opened FROM campaigns WHERE id = :campaign")
TODAY = text("SELECT count(DISTINCT item) FROM votes WHERE worker = :worker AND at > :since")
ENROL = text(
    """INSERT INTO enrolments (campaign, worker, nothing_before, felt_yes, felt_no, unfelt_yes,
        unfelt_no) VALUES (:campaign, :worker, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING"""
)
NOTHING_BEFORE = text(
    "SELECT nothing_before FROM enrolments WHERE campaign = :campaign AND worker = :worker"
)
NOTHING = text(
    """UPDATE enrolments SET nothing_before = :opened
    WHERE campaign = :campaign AND worker = :worker"""
)
# What another server is giving away is passed over, unless there is nothing else.
LOCK_SLOTS = """SELECT id FROM slots WHERE id IN :slots AND state = 'open'
    ORDER BY id FOR UPDATE"""
SETTINGS = text("SELECT settings FROM workers WHERE id = :worker")
OPTED_IN = "opted_in"  # the preference of a worker that lists emotions to be shown after a warning
HIGHEST = 2**63 - 1


class Found(NamedTuple):
    """A slot that a worker could have."""

    id: int
    item: int
    apart: str
    emotion: str
    place: int  # in the order that is looked through


def claim(live: Live, worker: int, *, size: int | None = None) -> Batch:
    """Lease a batch to a worker, or give the one that is still this worker's.

    Slots are rows that change hands in one transaction, so no place is given twice. A worker who
    has met every open picture is answered from a note of that, without another search.

    Raises:
        NotTaken: ``finished`` where nothing is left for this worker; ``paused``, ``enough today``
            or what `check_may_work` says.
    """
    batch = live.database.write(lambda to: _claim(to, live, worker, size or live.asking.batch))
    if batch is None:
        raise NotTaken("finished", "there is no picture left that you have not seen; thank you")
    return batch


def current(live: Live, worker: int) -> Batch | None:
    """Give the batch that a worker has not handed in, None where there is none."""
    with live.database.read() as connection:
        return batch_of(connection, live, worker)


def _claim(to: Connection, live: Live, worker: int, size: int) -> Batch | None:
    names = {"campaign": live.number, "worker": worker}
    state, opened = to.execute(CAMPAIGN, names).one()
    check_open(state)
    check_may_work(to, live, worker)  # and keep another window of the same person waiting
    if (held := batch_of(to, live, worker)) is not None:
        return held
    now = live.now()
    done = int(to.execute(TODAY, {"worker": worker, "since": now - DAY}).scalar_one())
    if done >= live.asking.care.per_day:
        raise NotTaken("enough today", f"{done} answers in 24 hours are enough; come back tomorrow")
    to.execute(ENROL, names)
    emotions = _wanted(to, live, worker)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    n = min(size, live.asking.care.per_day - done)
    slots = _won(to, lambda: _slots(to, live, worker, emotions, n, token))
    if not slots:
        to.execute(NOTHING, {**names, "opened": opened})
        return None
    pieces = _with_gold(to, live, worker, emotions, slots, token)
    _lease(to, live, worker, token, arranged(pieces, live.asking.care))
    return batch_of(to, live, worker)


def _wanted(to: Connection, live: Live, worker: int) -> list[str]:
    """Give the emotions that a worker opted into, and those that nobody needs to."""
    settings = json.loads(to.execute(SETTINGS, {"worker": worker}).scalar_one())
    opted = settings.get(OPTED_IN, [])
    return [one for one in live.emotions if one not in live.asking.care.warn_of or one in opted]


def _won(to: Connection, look: Callable[[], list[Found]]) -> list[Found]:
    """Give the slots found that no other server takes at this moment, none where none is open.

    Where others took all that was found meanwhile, it looks again, until one is won or none is
    open.
    """
    found, way = look(), " SKIP LOCKED"
    while found and to.dialect.name == "postgresql":
        lock = text(LOCK_SLOTS + way).bindparams(bindparam("slots", expanding=True))
        ids = {row[0] for row in to.execute(lock, {"slots": [one.id for one in found]})}
        won = [one for one in found if one.id in ids]
        if won:
            return won
        found, way = look(), ""
    return found


def _slots(
    to: Connection, live: Live, worker: int, emotions: Sequence[str], n: int, token: str
) -> list[Found]:
    """Give up to ``n`` slots of different pictures, from a random place of the order on."""
    names = {"campaign": live.number, "worker": worker, "emotions": list(emotions) or [""]}
    before = int(to.execute(NOTHING_BEFORE, names).scalar_one())
    if before:
        ranges, statement = [(before, HIGHEST)], BY_OPENING
    else:
        start = rank_of(token, live.seed, "start")
        ranges, statement = [(start, HIGHEST), (-1, start)], BY_RANK
    find = text(statement).bindparams(bindparam("emotions", expanding=True))
    chosen: dict[str, Found] = {}
    for after, last in ranges:
        for found in _pages(to, find, {**names, "n": PAGE * n, "last": last}, after):
            if live.asking.single_class_batches and _is_other_class(found, chosen):
                continue
            chosen.setdefault(found.apart, found)
            if len(chosen) == n:
                return list(chosen.values())
    return list(chosen.values())


def _is_other_class(found: Found, chosen: dict[str, Found]) -> bool:
    return any(one.emotion != found.emotion for one in chosen.values())


def _pages(
    to: Connection, find: TextClause, names: dict[str, object], after: int
) -> Iterator[Found]:
    """Give what a search finds behind a place, page by page."""
    last = HIGHEST  # of the rows at that very place: none
    while True:
        page = [Found(*row) for row in to.execute(find, {**names, "after": after, "id": last})]
        yield from page
        if len(page) != names["n"]:
            return
        after, last = page[-1].place, page[-1].id


def _with_gold(
    to: Connection,
    live: Live,
    worker: int,
    emotions: Sequence[str],
    slots: Sequence[Found],
    token: str,
) -> list[Piece]:
    """Put gold at random places among the slots, in place of some of them."""
    pieces = [Piece(one.item, one.id, one.emotion) for one in slots]
    for at, piece in gold_for(
        to, live, worker, emotions, [one.apart for one in slots], token
    ).items():
        pieces[at] = piece
    order = sorted(range(len(pieces)), key=lambda at: rank_of(f"{token}\n{at}", live.seed, "order"))
    return [pieces[at] for at in order]


def _lease(to: Connection, live: Live, worker: int, token: str, pieces: Sequence[Piece]) -> None:
    now = live.now()
    until = now + round(live.asking.lease_minutes * 60 * MICROSECONDS)
    assignment = to.execute(
        BEGIN,
        {
            "campaign": live.number,
            "worker": worker,
            "token": token,
            "now": now,
            "until": until,
            "size": len(pieces),
        },
    ).scalar_one()
    gold = lease_gold(to, worker, assignment, (one.item for one in pieces if one.slot is None))
    rows = [
        {
            "assignment": assignment,
            "position": position,
            "token": secrets.token_urlsafe(TOKEN_BYTES),
            "item": piece.item,
            "slot": piece.slot or gold[piece.item],
            "worker": worker,
        }
        for position, piece in enumerate(pieces, start=1)
    ]
    to.execute(HOLD, rows)  # gold is leased already
    to.execute(DEAL, rows)
