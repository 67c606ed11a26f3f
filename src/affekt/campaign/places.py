"""The places of an item: as many open as may be asked for at once, and never one more."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, text

from affekt.campaign.live import Live
from affekt.journal.settling import Settled, settle, tally
from affekt.policies import Policy
from affekt.rank import rank_of

FIND = text(
    """SELECT i.id, i.question_id, i.emotion, i.apart, i.votes, i.yes, i.no, i.log_odds, i.most,
        i.gold IS NOT NULL AS is_gold, i.state = 'waiting' AS is_waiting,
        (SELECT count(*) FROM slots s WHERE s.item = i.id AND s.state = 'open') AS n_open,
        (SELECT count(*) FROM slots s WHERE s.item = i.id AND s.state = 'leased') AS n_leased,
        (SELECT COALESCE(max(s.number), 0) FROM slots s WHERE s.item = i.id) AS last
    FROM items i WHERE i.id IN :ids AND i.state IN ('waiting', 'active') ORDER BY i.id"""
).bindparams(bindparam("ids", expanding=True))
LOCK = text("SELECT id FROM items WHERE id IN :ids ORDER BY id FOR NO KEY UPDATE").bindparams(
    bindparam("ids", expanding=True)
)
LOCK_BATCH = text(
    """SELECT id FROM items WHERE id IN (SELECT item FROM cards WHERE assignment = :assignment)
    ORDER BY id FOR NO KEY UPDATE"""
)
OPEN = text(
    """INSERT INTO slots (campaign, item, number, rank, emotion, apart, opened, state)
    VALUES (:campaign, :item, :number, :rank, :emotion, :apart, :opened, 'open')"""
)
SHUT = text(
    """UPDATE slots SET state = 'cancelled' WHERE id IN (
        SELECT id FROM slots WHERE item = :item AND state = 'open' ORDER BY number DESC LIMIT :n)
        AND state = 'open'"""
)
ACTIVATE = text("UPDATE items SET state = 'active' WHERE id = :item AND state = 'waiting'")
COUNT_OPENED = text("UPDATE campaigns SET opened = opened + 1 WHERE id = :campaign")
OPENED = text("SELECT opened FROM campaigns WHERE id = :campaign")
WAITING = text(
    """SELECT id FROM items WHERE campaign = :campaign AND state = 'waiting' AND gold IS NULL
    ORDER BY id LIMIT :n"""
)
LOOK_AGAIN = text(
    """UPDATE enrolments SET nothing_before = 0
    WHERE campaign = :campaign AND nothing_before > 0"""
)
# Another emotion of the same picture is then another question to the same person.
APART = text("UPDATE items SET apart = apart || ' ' || emotion WHERE id = :item")
AT_ONCE = 500  # items in one statement, of those that are opened for the first time
LIMIT_OF = ("votes", "max_votes")  # the field of a policy that holds the most votes


class Standing(NamedTuple):
    """An item with its tally and its slots."""

    id: int
    question_id: str
    emotion: str
    apart: str
    votes: int
    yes: int
    no: int
    log_odds: float
    most: int | None
    is_gold: bool
    is_waiting: bool
    n_open: int
    n_leased: int
    last: int


def lock(to: Connection, items: Iterable[int]) -> None:
    """Keep other servers from the tallies of some items until this transaction ends."""
    if to.dialect.name == "postgresql":
        to.execute(LOCK, {"ids": sorted(items)})


def lock_batch(to: Connection, assignment: int) -> None:
    """Do the same for every item of a batch."""
    if to.dialect.name == "postgresql":
        to.execute(LOCK_BATCH, {"assignment": assignment})


def open_places(to: Connection, live: Live, items: Iterable[int]) -> None:
    """Make the open slots of some items as many as the policy allows, and decide what is settled.

    Open and leased slots together never exceed what none can be surplus of (C17). Gold has no
    places of its own: everybody may answer it.
    """
    ids = sorted(set(items))
    if not ids:
        return
    standing = [Standing(*row) for row in to.execute(FIND, {"ids": ids})]
    for most in {one.most for one in standing if not one.is_gold}:
        same = [one for one in standing if one.most == most and not one.is_gold]
        _match(to, live, with_most(live.policy, most), same)


def open_waiting(live: Live) -> int:
    """Open every item that was asked and has no places yet; give how many there were."""
    done = 0
    while n := live.database.write(lambda to: _open_some(to, live)):
        done += n
    return done


def look_again(live: Live) -> None:
    """Let everybody look through all open items once more: what they are given has changed."""
    live.database.write(lambda to: to.execute(LOOK_AGAIN, {"campaign": live.number}) and None)


def with_most(policy: Policy, most: int | None) -> Policy:
    """Give the policy with another limit to the votes of a question; as it is without one."""
    if most is None:
        return policy
    fields = [name for name in LIMIT_OF if name in type(policy).model_fields]
    return policy.model_copy(update=dict.fromkeys(fields, most))


def _open_some(to: Connection, live: Live) -> int:
    rows = to.execute(WAITING, {"campaign": live.number, "n": AT_ONCE})
    ids = [row[0] for row in rows]
    if live.asking.same_image_other_question and ids:
        to.execute(APART, [{"item": one} for one in ids])
    open_places(to, live, ids)
    return len(ids)


def _match(to: Connection, live: Live, policy: Policy, items: Sequence[Standing]) -> None:
    allowed = policy.places(tally([_settled(one) for one in items])).tolist()
    settle(to, policy, [_settled(one) for one, n in zip(items, allowed, strict=True) if n == 0])
    missing = [
        (one, n - one.n_open - one.n_leased) for one, n in zip(items, allowed, strict=True) if n
    ]
    add_slots(to, live, [(one, n) for one, n in missing if n > 0])
    first = [{"item": one.id} for one, _ in missing if one.is_waiting]
    if first:
        to.execute(ACTIVATE, first)
    surplus = [{"item": one.id, "n": -n} for one, n in missing if n < 0]
    if surplus:
        to.execute(SHUT, surplus)


def add_slots(to: Connection, live: Live, wanted: Sequence[tuple[Standing, int]]) -> None:
    """Open further slots of some items, each at its own place in the random order."""
    if not wanted:
        return
    opened = next_opened(to, live)
    rows = [
        {
            "campaign": live.number,
            "item": one.id,
            "number": number,
            "rank": rank_of(f"{one.question_id}\n{number}", live.seed, "slots"),
            "emotion": one.emotion,
            "apart": one.apart,
            "opened": opened,
        }
        for one, n in wanted
        for number in range(one.last + 1, one.last + 1 + n)
    ]
    to.execute(OPEN, rows)


def next_opened(to: Connection, live: Live) -> int:
    """Count that something was opened, and give the count."""
    to.execute(COUNT_OPENED, {"campaign": live.number})
    return int(to.execute(OPENED, {"campaign": live.number}).scalar_one())


def _settled(one: Standing) -> Settled:
    return Settled(one.id, one.emotion, one.votes, one.yes, one.no, one.log_odds)
