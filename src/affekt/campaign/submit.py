"""Hands a batch in, or back: what was answered counts and is paid, the rest goes to others."""

from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from affekt.campaign import audit
from affekt.campaign.counting import SET_ASIDE, count_drafts
from affekt.campaign.live import Live
from affekt.campaign.money import earn, earned_for
from affekt.campaign.places import lock_batch
from affekt.campaign.release import give_back_slots
from affekt.campaign.workers import check_may_work
from affekt.errors import NotTaken

FIND = text(
    """SELECT id, worker, state, size, token FROM assignments
    WHERE token = :token AND worker = :worker AND campaign = :campaign"""
)
END = text(
    """UPDATE assignments SET state = :state, submitted_at = :now
    WHERE id = :assignment AND state = 'started'"""
)
LEFT = text("SELECT id FROM slots WHERE assignment = :assignment AND state = 'leased'")
ANSWERED = text("SELECT count(DISTINCT item) FROM votes WHERE assignment = :assignment")
PASSED = text("SELECT count(*) FROM passes WHERE assignment = :assignment")
DRAFTED = text(
    "SELECT count(DISTINCT item) FROM votes WHERE assignment = :assignment AND state = 'draft'"
)


class Receipt(NamedTuple):
    """What handing in brought."""

    answered: int
    passed: int
    size: int
    earned: Decimal


def submit(live: Live, worker: int, batch: str) -> Receipt:
    """Hand a batch in: its votes count, what is left open goes to others; again changes nothing.

    Raises:
        NotTaken: ``unknown`` batch.
    """
    return live.database.write(lambda to: _end(to, live, worker, batch, "submitted"))


def give_back(live: Live, worker: int, batch: str) -> Receipt:
    """Stop before the end: what was answered counts and is paid (C58).

    Raises:
        NotTaken: ``unknown`` batch.
    """
    return live.database.write(lambda to: _end(to, live, worker, batch, "returned"))


def end_assignment(to: Connection, live: Live, found: Any, state: str) -> None:
    """End one that was started, as ``submitted``, ``returned`` or ``expired``."""
    names = {"assignment": found.id}
    ended = to.execute(END, {**names, "state": state, "now": live.now()})
    if not ended.rowcount:
        return
    lock_batch(to, found.id)
    answered = int(to.execute(DRAFTED, names).scalar_one())
    try:
        check_may_work(to, live, found.worker, finishing=True)
    except NotTaken as refusal:
        to.execute(SET_ASIDE, names)
        audit.note(
            to, live, "affekt", "exclude votes", f"assignment {found.id}",
            why=f"handed in by somebody who is {refusal.reason}; paid all the same",
            before={"state": "draft"}, after={"state": "excluded", "pictures": answered},
        )  # fmt: skip
    else:
        count_drafts(to, live, found.worker, found.id)
    earn(to, live, found.worker, assignment=found.id, answered=answered, size=found.size)
    give_back_slots(to, live, [row[0] for row in to.execute(LEFT, names)])


def _end(to: Connection, live: Live, worker: int, batch: str, state: str) -> Receipt:
    names = {"token": audit.plain(batch), "worker": worker, "campaign": live.number}
    found = to.execute(FIND, names).first()
    if found is None:
        raise NotTaken("unknown", "there is no such batch among yours")
    end_assignment(to, live, found, state)
    which = {"assignment": found.id}
    return Receipt(
        int(to.execute(ANSWERED, which).scalar_one()),
        int(to.execute(PASSED, which).scalar_one()),
        int(found.size),
        earned_for(to, found.id),
    )
