"""Who a worker is elsewhere: sealed in one table, told to nobody, erased on request (C70, I13)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from affekt.campaign import facts
from affekt.campaign.audit import note, plain
from affekt.campaign.keys import fingerprint, seal, unseal
from affekt.campaign.live import Live
from affekt.campaign.submit import end_assignment
from affekt.errors import NotTaken
from affekt.journal.blanked import scrub

ADD = text(
    """INSERT INTO identities (worker, provider, sealed, digest)
    VALUES (:worker, :provider, :sealed, :digest) ON CONFLICT DO NOTHING"""
)
FIND = text("SELECT worker FROM identities WHERE provider = :provider AND digest = :digest")
SEALED = text("SELECT provider, sealed, digest FROM identities WHERE worker = :worker")
OWED = text(
    """SELECT count(*) FROM payments
    WHERE worker = :worker AND state IN ('due', 'requested', 'failed')"""
)
BEGUN = text(
    """SELECT id, worker, state, size, token FROM assignments
    WHERE campaign = :campaign AND worker = :worker AND state = 'started' ORDER BY id"""
)
PERSON = text(
    "SELECT pseudonym, provider, state, settings, made_at FROM workers WHERE id = :worker"
)
FORGET = (
    "DELETE FROM identities WHERE worker = :worker",
    "UPDATE messages SET text = '' WHERE worker = :worker",
    """UPDATE workers SET token = NULL, settings = '{}', state = 'closed', provider = 'erased'
    WHERE id = :worker""",
)
HELD = {
    "consents": """SELECT version, text_sha256, at, withdrawn_at FROM consents
        WHERE worker = :worker ORDER BY id""",
    "tests": """SELECT a.nth, a.state, a.started_at, a.submitted_at, q.position, q.image_id,
        q.answer, q.at FROM attempts a JOIN attempt_questions q ON q.attempt = a.id
        WHERE a.worker = :worker ORDER BY a.id, q.position""",
    "batches": """SELECT state, started_at, submitted_at, size FROM assignments
        WHERE worker = :worker ORDER BY id""",
    "votes": """SELECT i.question_id, i.image_id, v.emotion, v.felt, v.seconds, v.state, v.at
        FROM votes v JOIN items i ON i.id = v.item WHERE v.worker = :worker ORDER BY v.seq""",
    "passed_over": """SELECT i.question_id, i.image_id, p.kind, p.at FROM passes p
        JOIN items i ON i.id = p.item WHERE p.worker = :worker ORDER BY p.id""",
    "uncovered": """SELECT i.question_id, i.image_id, r.at FROM reveals r
        JOIN items i ON i.id = r.item JOIN assignments a ON a.id = r.assignment
        WHERE a.worker = :worker ORDER BY r.id""",
    "payments": """SELECT kind, reason, amount, currency, state, at FROM payments
        WHERE worker = :worker ORDER BY id""",
    "messages": """SELECT direction, text, at FROM messages WHERE worker = :worker
        ORDER BY id""",
}


class Identity(NamedTuple):
    """A person at a provider, in the provider's words."""

    provider: str
    name: str


def remember(live: Live, worker: int, identity: Identity, key: bytes) -> None:
    """Keep, sealed, who a worker is; again it changes nothing.

    Raises:
        NotTaken: ``conflict`` where the worker is somebody else, or that person another worker.
    """
    live.database.write(lambda to: _remember(to, worker, identity, key))


def find(live: Live, identity: Identity, key: bytes) -> int | None:
    """Give the worker that a person is; None where nobody is known by that name."""
    with live.database.read() as connection:
        found = connection.execute(FIND, _names(identity, key)).scalar()
    return None if found is None else int(found)


def reveal(live: Live, worker: int, key: bytes) -> Identity | None:
    """Give who a worker is, so that they can be paid; None where nothing is kept.

    Raises:
        Damaged: It was sealed by another key.
    """
    with live.database.read() as connection:
        return _revealed(connection, worker, key)


def access(live: Live, worker: int, key: bytes | None = None) -> dict[str, Any]:
    """Give all that is kept of a worker, to be handed to that person.

    Args:
        live: The campaign; what the worker did in others of the database is in it too.
        worker: Whose data.
        key: Of the project; without it who they are elsewhere is left out.
    """
    names = {"worker": worker}
    with live.database.read() as connection:
        person = dict(connection.execute(PERSON, names).mappings().one())
        person["settings"] = json.loads(person["settings"])
        identity = _revealed(connection, worker, key) if key else None
        held = {
            name: [dict(row) for row in connection.execute(text(find), names).mappings()]
            for name, find in HELD.items()
        }
    return {"person": person, "identity": identity._asdict() if identity else None, **held}


def erase(live: Live, worker: int, actor: str, why: str) -> None:
    """Take out who a worker is: identity, link, preferences, letters. Again it changes nothing.

    Votes and pay stay under a pseudonym that leads nowhere from then on; to keep votes out of
    exports as well, withdraw the consent first. No byte of it stays in a file or its log; a server
    clears its own in time. Copies of the database made before still hold it.

    Raises:
        NotTaken: ``owed`` where the worker is still to be paid, which nobody could do afterwards.
        MachineError: Another process kept the file from being cleared; erase again.
    """
    forget(live, worker, actor, why)
    if isinstance(live.database.place, Path):
        scrub(live.database.place)


def forget(live: Live, worker: int, actor: str, why: str) -> None:
    """Do what `erase` does, but for what is left of it in the file of the database.

    Raises:
        NotTaken: ``owed``.
    """
    live.database.write(lambda to: _erase(to, live, worker, actor, why))


def _remember(to: Connection, worker: int, identity: Identity, key: bytes) -> None:
    names = _names(identity, key)
    sealed = seal(key, plain(identity.name))
    to.execute(ADD, {**names, "worker": worker, "sealed": sealed})
    there = to.execute(SEALED, {"worker": worker}).first()
    if there is None or (there.provider, there.digest) != (names["provider"], names["digest"]):
        raise NotTaken(
            "conflict", "this worker is somebody else already, or this person another worker"
        )


def _revealed(connection: Connection, worker: int, key: bytes) -> Identity | None:
    found = connection.execute(SEALED, {"worker": worker}).first()
    return Identity(found.provider, unseal(key, found.sealed)) if found else None


def _erase(to: Connection, live: Live, worker: int, actor: str, why: str) -> None:
    before = facts.lock_worker(to, worker)
    for begun in to.execute(BEGUN, {"campaign": live.number, "worker": worker}).all():
        end_assignment(to, live, begun, "returned")
    names = {"worker": worker}
    if int(to.execute(OWED, names).scalar_one()):
        raise NotTaken(
            "owed", "this person is still to be paid; pay or void what is due first, then erase"
        )
    if to.dialect.name == "sqlite":
        to.exec_driver_sql("PRAGMA secure_delete = ON")
    for statement in FORGET:
        to.execute(text(statement), names)
    name = to.execute(PERSON, names).one().pseudonym
    if before != "closed":
        states = ({"state": before}, {"state": "closed"})
        note(to, live, actor, "erase", f"worker {name}", why, *states)


def _names(identity: Identity, key: bytes) -> Mapping[str, str]:
    provider, name = plain(identity.provider), plain(identity.name)
    return {"provider": provider, "digest": fingerprint(key, f"{provider}\n{name}")}
