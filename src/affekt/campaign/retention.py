"""How long it is kept who people are: some days behind the end of a campaign, then never (C70)."""

import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, text

from affekt.campaign import audit
from affekt.campaign.identities import forget
from affekt.campaign.live import Live
from affekt.errors import NotTaken
from affekt.journal.blanked import renew_copies, scrub
from affekt.journal.clock import MICROSECONDS

DAY = 24 * 3600 * MICROSECONDS
ACTION = "erase personal data"
WHY = "the retention period is over"
# When each campaign was closed; null for those that are not.
ENDED = text(
    """SELECT c.id, (SELECT max(a.at) FROM audit a WHERE c.state IN ('closed', 'archived')
        AND a.action = 'set closed' AND a.thing = 'campaign ' || c.id) AS ended FROM campaigns c"""
)
STATE = text("SELECT state FROM campaigns WHERE id = :campaign")
KNOWN = """(w.token IS NOT NULL OR w.settings <> '{}'
    OR EXISTS (SELECT 1 FROM identities i WHERE i.worker = w.id)
    OR EXISTS (SELECT 1 FROM messages m WHERE m.worker = w.id AND m.text <> ''))"""
ANYBODY = f"SELECT EXISTS (SELECT 1 FROM workers w WHERE {KNOWN})"  # noqa: S608  (texts of our own)


def took_part(which: str = "") -> str:
    """Give the condition that a worker ``w`` took part in a campaign for which something holds."""
    tables = ("consents", "assignments", "messages", "payments")
    each = (f"EXISTS (SELECT 1 FROM {one} p WHERE p.worker = w.id{which})" for one in tables)  # noqa: S608
    return f"({' OR '.join(each)})"


# Nobody who takes part in a campaign that is not over; of those in none, nobody while one is left.
DUE = text(
    f"""SELECT w.id FROM workers w WHERE {KNOWN} AND NOT {took_part(" AND p.campaign IN :left")}
    AND (:is_all = 1 OR {took_part()}) ORDER BY w.id"""  # noqa: S608
).bindparams(bindparam("left", expanding=True))
PEOPLE = text(
    f"""SELECT count(*) FROM workers w
    WHERE {KNOWN} AND {took_part(" AND p.campaign = :campaign")}"""  # noqa: S608
)
SESSIONS = text(
    """DELETE FROM passes_in
    WHERE kind IN ('session', 'link') AND (until < :now OR revoked_at IS NOT NULL)"""
)
UNTOLD = text(
    """SELECT count(*) FROM audit WHERE action = 'erase' AND why = :why AND id > (
        SELECT COALESCE(max(id), 0) FROM audit WHERE action = :action)"""
)


class Retention(NamedTuple):
    """How long it is kept who the people of a campaign are.

    Attributes:
        days: Behind the end of the campaign.
        ended_at: When it was closed, microseconds since 1970, UTC; None where it is not.
        due_at: From when on it is erased; None where the campaign is not closed.
        people: Who took part and whose identity, link, preferences or letters are kept.
    """

    days: int
    ended_at: int | None
    due_at: int | None
    people: int


class Erased(NamedTuple):
    """What one look has done.

    Attributes:
        erased: People who are nobody from now on.
        owed: People whose time is over and who are still to be paid.
    """

    erased: int
    owed: int


def retention(connection: Connection, live: Live) -> Retention:
    """Give how long it is kept who the people of a campaign are."""
    days = live.asking.retention_days
    ended = _ended(connection)[live.number]
    people = int(connection.execute(PEOPLE, {"campaign": live.number}).scalar_one())
    return Retention(days, ended, None if ended is None else ended + days * DAY, people)


def erase_due(live: Live, actor: str = "affekt") -> Erased:
    """Erase who people are where the time of this campaign is over; again it changes nothing.

    Votes and pay stay under pseudonyms. Copies that affekt made beside the file are replaced or
    removed. Nobody is erased who takes part in another campaign of the
    database that is not over for as long, or who is still to be paid; their turn comes later. It
    may be stopped and called again at any point, by several servers at once.

    Raises:
        MachineError: Another process kept the file from being cleared; it is tried again.
    """
    with live.database.read() as connection:
        due = _due(connection, live)
    owed = sum(not _erased(live, worker, actor) for worker in due)
    with live.database.read() as connection:
        is_told = not _untold(connection)
    if is_told:
        return Erased(0, owed)
    if isinstance(live.database.place, Path):
        scrub(live.database.place)
        renew_copies(live.database.place, _tells)
    return Erased(live.database.write(lambda to: _tell(to, live, actor, owed)), owed)


def _due(connection: Connection, live: Live) -> list[int]:
    """Give the workers whose time is over."""
    state = connection.execute(STATE, {"campaign": live.number}).scalar_one()
    if state not in ("closed", "archived"):
        return []
    before = live.now() - live.asking.retention_days * DAY
    left = [one for one, ended in _ended(connection).items() if ended is None or ended > before]
    if live.number in left:
        return []
    names = {"left": left, "is_all": int(not left)}
    return [int(row[0]) for row in connection.execute(DUE, names)]


def _ended(connection: Connection) -> dict[int, int | None]:
    return {int(row.id): row.ended for row in connection.execute(ENDED)}


def _erased(live: Live, worker: int, actor: str) -> bool:
    try:
        forget(live, worker, actor, WHY)
    except NotTaken as refusal:
        if refusal.reason != "owed":
            raise
        return False
    return True


def _tells(copy: sqlite3.Connection) -> bool:
    """Tell whether a copy holds who anybody is; one of the first format does not."""
    try:
        return bool(copy.execute(ANYBODY).fetchone()[0])
    except sqlite3.OperationalError:
        return False


def _untold(connection: Connection) -> int:
    names: dict[str, Any] = {"why": WHY, "action": ACTION}
    return int(connection.execute(UNTOLD, names).scalar_one())


def _tell(to: Connection, live: Live, actor: str, owed: int) -> int:
    """Note how many were erased since that was noted last, and give it."""
    if to.dialect.name == "postgresql":
        to.execute(audit.LOCK)
    erased = _untold(to)
    if erased:
        to.execute(SESSIONS, {"now": live.now()})
        before = {"retention_days": live.asking.retention_days}
        after = {"people": erased, "owed": owed}
        audit.note(to, live, actor, ACTION, f"campaign {live.number}", WHY, before, after)
    return erased
