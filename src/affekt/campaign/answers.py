"""What a worker says about one picture: kept at once, open to change until it is handed in."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, text

from affekt.campaign.counting import count_late
from affekt.campaign.live import Live
from affekt.campaign.money import earn_late
from affekt.campaign.places import lock
from affekt.campaign.release import give_back_slots
from affekt.campaign.workers import check_may_work
from affekt.errors import NotTaken
from affekt.journal.clock import MICROSECONDS

FIND = text(
    """SELECT c.item, c.slot, c.assignment, a.worker, a.state, a.until, i.emotion,
        i.image_id, (s.state = 'leased' AND s.assignment = c.assignment) AS is_held,
        p.state AS campaign_state, w.state AS worker_state
    FROM cards c JOIN assignments a ON a.id = c.assignment JOIN items i ON i.id = c.item
    JOIN slots s ON s.id = c.slot JOIN campaigns p ON p.id = a.campaign
    JOIN workers w ON w.id = a.worker
    WHERE c.token = :token AND a.worker = :worker AND a.campaign = :campaign"""
)
# Whatever else is done to this batch, here or on another server, comes before or after.
LOCK = text(
    """SELECT a.id FROM assignments a JOIN cards c ON c.assignment = a.id
    WHERE c.token = :token AND a.worker = :worker FOR NO KEY UPDATE OF a"""
)
# What came with this key, now or before it was changed, and what this worker says of this item.
KNOWN = text(
    """SELECT true AS by_key, seq, item, worker, emotion, felt, state, key FROM votes
        WHERE key = :key
    UNION ALL SELECT true, v.seq, v.item, v.worker, v.emotion, r.felt, v.state, r.key
        FROM revisions r JOIN votes v ON v.seq = r.vote WHERE r.key = :key
    UNION ALL SELECT false, seq, item, worker, emotion, felt, state, key FROM votes
        WHERE item = :item AND worker = :worker"""
)
SAID = text("SELECT 1 FROM votes WHERE item = :item AND worker = :worker")
STORE = text(
    """INSERT INTO votes (campaign, item, worker, assignment, slot, emotion, felt, seconds, state,
        weight, key, at)
    VALUES (:campaign, :item, :worker, :assignment, :slot, :emotion, :felt, :seconds, :state, 0,
        :key, :now)"""
)
STORED = text("SELECT min(seq) FROM votes WHERE key = :key")
KEEP_EARLIER = text(
    "INSERT INTO revisions (vote, felt, key, at) VALUES (:seq, :before, :before_key, :now)"
)
REVISE = text("UPDATE votes SET felt = :felt, key = :key, seconds = :seconds WHERE seq = :seq")
EXTEND = text("UPDATE assignments SET until = :until WHERE id = :assignment AND until < :until")
PASS = text(
    """INSERT INTO passes (item, worker, assignment, kind, at)
    VALUES (:item, :worker, :assignment, :kind, :now) ON CONFLICT DO NOTHING"""
)
COUNT_SKIP = text(
    "UPDATE items SET skips = skips + 1 WHERE id = :item AND gold IS NULL RETURNING skips"
)
WITHDRAW = text(
    "UPDATE items SET state = 'withdrawn' WHERE id = :item AND state IN ('waiting', 'active')"
)
SHUT = text("UPDATE slots SET state = 'cancelled' WHERE item = :item AND state = 'open'")
UNCOVER = text(
    """INSERT INTO reveals (assignment, item, key, at) VALUES (:assignment, :item, :key, :now)
    ON CONFLICT DO NOTHING"""
)
SEE = text(
    """UPDATE reveals SET answer = :key
    WHERE assignment = :assignment AND item = :item AND answer IS NULL"""
)
WORTH_MOVING = 0.02  # of a lease; an answer takes seconds, and a lease is half an hour
COVERED = "this picture is covered; show it, look at it and answer then"
STRANGER = "there is no such picture among yours; ask for a batch"

Said = bool | Mapping[str, bool]


class Answered(NamedTuple):
    """What became of an answer."""

    state: Literal["kept", "repeated", "late", "not needed"]
    until: int  # of the lease, microseconds since 1970, UTC


def answer(live: Live, worker: int, card: str, said: Said, *, key: str, seconds: float) -> Answered:
    """Keep an answer; the same again changes nothing, another before handing in takes its place.

    On a lost lease the answer is kept and paid; it counts where the item still needs it.

    Args:
        live: The campaign.
        worker: Who answers.
        card: What names the picture to the worker.
        said: Whether the emotion asked is felt, or emotion → whether it is.
        key: Made by the browser before the first try, 128 random bits; the same for every retry.
        seconds: From the picture seen to the answer, s.

    Raises:
        NotTaken: ``unknown`` card, ``conflict`` with another answer, or the campaign is closed; on
            a lost lease also what `check_may_work` says, such as of somebody who withdrew.
            ``covered`` where pictures are covered first, or this one for its content note, and it
            was not revealed since it was answered last.
    """
    saying = Saying(card, said, key, seconds)
    return live.database.write(lambda to: keep(to, live, worker, saying))


def pass_over(live: Live, worker: int, card: str, kind: Literal["skip", "broken"]) -> None:
    """Note that a worker would rather not look, or that the picture does not load.

    That is no vote: the place goes to somebody else, and never to this worker again. A picture that
    ``skip_limit`` workers skip is withdrawn.

    Raises:
        NotTaken: ``unknown`` card, or ``conflict`` with an answer.
    """
    live.database.write(lambda to: _pass_over(to, live, worker, card, kind))


def uncover(live: Live, worker: int, card: str, *, key: str) -> None:
    """Note that a worker took the cover off a picture; the same again changes nothing (C58).

    Args:
        live: The campaign.
        worker: Who looks.
        card: What names the picture to the worker.
        key: Made by the browser before the first try, 128 random bits; the same for every retry.

    Raises:
        NotTaken: ``unknown`` card.
    """
    live.database.write(lambda to: _uncover(to, live, worker, card, key))


class Saying(NamedTuple):
    """One answer as it came; see `answer`."""

    card: str
    said: Said
    key: str
    seconds: float

    def by_emotion(self, emotion: str) -> dict[str, bool]:
        """Give emotion → whether it is felt."""
        return {emotion: self.said} if isinstance(self.said, bool) else dict(self.said)


def keep(to: Connection, live: Live, worker: int, saying: Saying) -> Answered:
    """Do what `answer` does, inside a transaction that somebody else commits."""
    found = _found(to, live, worker, saying.card)
    felt = saying.by_emotion(found.emotion)
    unknown = sorted(set(felt) - set(live.emotions))
    if unknown or found.emotion not in felt:
        raise NotTaken("unknown", f"the emotions {unknown or [found.emotion]} were not asked about")
    names = {"key": saying.key, "item": found.item, "worker": worker}
    known = to.execute(KNOWN, names).all()
    same = [row for row in known if row.by_key]
    if same:
        before = {row.emotion: bool(row.felt) for row in same}
        if (same[0].item, same[0].worker) == (found.item, worker) and before == felt:
            return Answered("repeated", found.until)
        raise NotTaken("conflict", "this key came with another answer; the first one stays")
    _check_seen(to, live, found, saying.key)
    if known:
        return _revise(to, live, found, known, felt, saying)
    if found.worker_state in ("suspended", "closed"):
        raise NotTaken("suspended", "your access is suspended; what you earned is not affected")
    if found.campaign_state in ("closed", "archived"):
        raise NotTaken("closed", "the campaign is closed; what you handed in is kept and paid")
    is_live = found.is_held and found.state == "started" and found.until >= live.now()
    _store(to, live, found, saying, "draft" if is_live else "late")
    if is_live:
        return Answered("kept", _extended(to, live, found))
    vote = int(to.execute(STORED, {"key": saying.key}).scalar_one())
    earn_late(to, live, worker, assignment=found.assignment, vote=vote)
    lock(to, [found.item])
    # Locks the worker, too, who may be taking a batch with this picture in another window.
    check_may_work(to, live, worker, finishing=True)
    is_counted = count_late(to, live, worker, found.item, found.assignment)
    return Answered("late" if is_counted else "not needed", found.until)


def _found(to: Connection, live: Live, worker: int, card: str) -> Any:
    names = {"token": card, "worker": worker, "campaign": live.number}
    if to.dialect.name == "postgresql":
        to.execute(LOCK, names)
    found = to.execute(FIND, names).first()
    if found is None:
        raise NotTaken("unknown", STRANGER)
    return found


def _revise(
    to: Connection,
    live: Live,
    found: Any,
    said: Sequence[Any],
    felt: dict[str, bool],
    saying: Saying,
) -> Answered:
    """Change a draft, keeping what it said; what was handed in stays."""
    before = {row.emotion: bool(row.felt) for row in said}
    if any(row.state != "draft" for row in said) or set(before) != set(felt):
        raise NotTaken("conflict", "this picture has been answered and handed in; that stays")
    now = live.now()
    for row in said:
        names = {"seq": row.seq, "felt": felt[row.emotion], "seconds": saying.seconds}
        earlier = {"before": bool(row.felt), "before_key": row.key}
        to.execute(KEEP_EARLIER, {**names, **earlier, "now": now})
        to.execute(REVISE, {**names, "key": saying.key})
    return Answered("kept", _extended(to, live, found))


def _store(to: Connection, live: Live, found: Any, saying: Saying, state: str) -> None:
    rows = [
        {
            "campaign": live.number,
            "item": found.item,
            "worker": found.worker,
            "assignment": found.assignment,
            "slot": found.slot,
            "emotion": emotion,
            "felt": is_felt,
            "seconds": saying.seconds,
            "state": state,
            "key": saying.key,
            "now": live.now(),
        }
        for emotion, is_felt in saying.by_emotion(found.emotion).items()
    ]
    to.execute(STORE, rows)


def _extended(to: Connection, live: Live, found: Any) -> int:
    """Give the end of the lease, which is moved on where that is worth a write."""
    whole = round(live.asking.lease_minutes * 60 * MICROSECONDS)
    until = live.now() + whole
    if until - found.until < whole * WORTH_MOVING:
        return int(found.until)
    to.execute(EXTEND, {"assignment": found.assignment, "until": until})
    return until


def _uncover(to: Connection, live: Live, worker: int, card: str, key: str) -> None:
    found = _found(to, live, worker, card)
    names = {"assignment": found.assignment, "item": found.item, "key": key, "now": live.now()}
    to.execute(UNCOVER, names)
    _extended(to, live, found)


def _check_seen(to: Connection, live: Live, found: Any, key: str) -> None:
    """Refuse an answer to a picture that is covered, and note which answer followed a reveal."""
    if not live.asking.care.cover and found.image_id not in live.noted:
        return
    seen = to.execute(SEE, {"assignment": found.assignment, "item": found.item, "key": key})
    if not seen.rowcount:
        raise NotTaken("covered", COVERED)


def _pass_over(to: Connection, live: Live, worker: int, card: str, kind: str) -> None:
    found = _found(to, live, worker, card)
    names = {"item": found.item, "worker": worker}
    if to.execute(SAID, names).first() is not None:
        raise NotTaken("conflict", "this picture has been answered; change the answer instead")
    now = live.now()
    new = to.execute(PASS, {**names, "assignment": found.assignment, "kind": kind, "now": now})
    if not new.rowcount:
        return
    lock(to, [found.item])
    if kind == "skip":
        skips = to.execute(COUNT_SKIP, names).scalar()
        if skips is not None and skips >= live.asking.skip_limit:
            to.execute(WITHDRAW, names)
            to.execute(SHUT, names)
    if found.is_held:
        give_back_slots(to, live, [found.slot])
    _extended(to, live, found)
