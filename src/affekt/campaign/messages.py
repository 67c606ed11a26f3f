"""What workers write to the people of a campaign, and what they are told (C61)."""

from typing import Literal, NamedTuple

from sqlalchemy import Connection, TextClause, text

from affekt.campaign.audit import note, plain
from affekt.campaign.live import Live
from affekt.errors import NotTaken

LONGEST = 4000  # characters; of a letter, not of an attack
PER_DAY = 20
DAY = 24 * 3600 * 1_000_000
ADD = text(
    """INSERT INTO messages (campaign, worker, direction, text, is_read, at)
    VALUES (:campaign, :worker, :direction, :text, FALSE, :now)"""
)
ALL = """SELECT m.id, w.pseudonym, m.direction, m.text, m.is_read, m.at
    FROM messages m JOIN workers w ON w.id = m.worker WHERE m.campaign = :campaign"""
OF_WORKER = text(f"{ALL} AND m.worker = :worker ORDER BY m.id")
INBOX = text(f"{ALL} AND m.direction = 'from worker' ORDER BY m.is_read, m.id")
READ = text(
    """UPDATE messages SET is_read = TRUE
    WHERE campaign = :campaign AND id = :id AND direction = :direction"""
)
READ_ALL = text(
    """UPDATE messages SET is_read = TRUE
    WHERE campaign = :campaign AND worker = :worker AND direction = 'to worker'"""
)
RECENT = text(
    """SELECT count(*) FROM messages WHERE campaign = :campaign AND worker = :worker
    AND direction = 'from worker' AND at > :since"""
)
NAME = text("SELECT pseudonym FROM workers WHERE id = :worker")


class Message(NamedTuple):
    """One message; the text is what somebody wrote and must be escaped where it is shown."""

    id: int
    pseudonym: str
    direction: Literal["from worker", "to worker"]
    text: str
    is_read: bool
    at: int  # microseconds since 1970, UTC


def complain(live: Live, worker: int, words: str) -> None:
    """Send a message of a worker to the people of the campaign.

    Raises:
        NotTaken: ``empty``, ``too long``, or ``too many`` in 24 hours.
    """
    told = _checked(words)
    live.database.write(lambda to: _complain(to, live, worker, told))


def answer(live: Live, worker: int, words: str, actor: str) -> None:
    """Send a message to a worker.

    Raises:
        NotTaken: ``empty`` or ``too long``.
    """
    told = _checked(words)
    live.database.write(lambda to: _answer(to, live, worker, told, actor))


def of_worker(live: Live, worker: int) -> list[Message]:
    """Give what was written by and to a worker, oldest first."""
    return _found(live, OF_WORKER, {"campaign": live.number, "worker": worker})


def inbox(live: Live) -> list[Message]:
    """Give what workers wrote: unread first, each oldest first."""
    return _found(live, INBOX, {"campaign": live.number})


def mark_read(live: Live, message: int) -> None:
    """Note that somebody of the campaign has read a worker's message."""
    names = {"campaign": live.number, "id": message, "direction": "from worker"}
    live.database.write(lambda to: to.execute(READ, names) and None)


def mark_all_read(live: Live, worker: int) -> None:
    """Note that a worker has read what was written to them."""
    names = {"campaign": live.number, "worker": worker}
    live.database.write(lambda to: to.execute(READ_ALL, names) and None)


def tell(connection: Connection, live: Live, worker: int, words: str) -> None:
    """Write to a worker inside a transaction."""
    _add(connection, live, worker, "to worker", plain(words))


def _found(live: Live, statement: TextClause, names: dict[str, int]) -> list[Message]:
    with live.database.read() as connection:
        rows = connection.execute(statement, names)
        return [Message(**{**row._mapping, "is_read": bool(row.is_read)}) for row in rows]


def _checked(words: str) -> str:
    told = plain(words).strip()
    if not told:
        raise NotTaken("empty", "the message is empty; write what you have to say")
    if len(told) > LONGEST:
        raise NotTaken("too long", f"the message has {len(told)} characters, {LONGEST} are allowed")
    return told


def _complain(to: Connection, live: Live, worker: int, told: str) -> None:
    names = {"campaign": live.number, "worker": worker, "since": live.now() - DAY}
    if int(to.execute(RECENT, names).scalar_one()) >= PER_DAY:
        raise NotTaken("too many", f"{PER_DAY} messages in 24 hours are enough; wait for an answer")
    _add(to, live, worker, "from worker", told)


def _answer(to: Connection, live: Live, worker: int, told: str, actor: str) -> None:
    _add(to, live, worker, "to worker", told)
    name = to.execute(NAME, {"worker": worker}).scalar_one()
    note(to, live, actor, "write to worker", f"worker {name}", "", None, {"length": len(told)})


def _add(to: Connection, live: Live, worker: int, direction: str, told: str) -> None:
    row = {"campaign": live.number, "worker": worker, "direction": direction, "text": told}
    to.execute(ADD, {**row, "now": live.now()})
