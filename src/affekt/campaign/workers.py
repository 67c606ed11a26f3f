"""Who answers: invited by a secret link, known by a pseudonym, and allowed to work or not (I9)."""

import json
import secrets
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from affekt.campaign import facts, wording
from affekt.campaign.audit import note, plain
from affekt.campaign.ledger import totals_of_worker
from affekt.campaign.live import Live
from affekt.errors import NotTaken, UsageError
from affekt.journal.clock import MICROSECONDS
from affekt.parts import canonical

SECRET_BYTES = 24  # 192 bits
PSEUDONYM_BYTES = 6
DAY = 24 * 3600 * MICROSECONDS
ADD = text(
    """INSERT INTO workers (pseudonym, token, provider, state, settings, made_at)
    VALUES (:pseudonym, :token, :provider, 'new', :settings, :now)"""
)
PERSON = "SELECT id, pseudonym, state, settings FROM workers"
BY_TOKEN = text(f"{PERSON} WHERE token = :token AND state <> 'closed'")
BY_PSEUDONYM = text(f"{PERSON} WHERE pseudonym = :pseudonym")
BY_ID = text(f"{PERSON} WHERE id = :worker")
SET = text("UPDATE workers SET settings = :settings WHERE id = :worker")
# What was passed over, since it was of another emotion, is looked at again.
LOOK_AGAIN = text("UPDATE enrolments SET nothing_before = 0 WHERE worker = :worker")
REVOKE = text("UPDATE workers SET token = NULL WHERE id = :worker AND token IS NOT NULL")
REST = text("UPDATE workers SET state = 'resting' WHERE id = :worker")
COUNTS = text(
    """SELECT
        (SELECT count(DISTINCT v.item) FROM votes v WHERE v.campaign = :campaign
            AND v.worker = :worker AND v.state <> 'draft') AS n_votes,
        (SELECT count(DISTINCT v.item) FROM votes v
            WHERE v.worker = :worker AND v.at > :since) AS votes_today,
        (SELECT count(*) FROM assignments a WHERE a.campaign = :campaign AND a.worker = :worker
            AND a.state IN ('submitted', 'approved', 'rejected', 'returned')) AS n_batches,
        (SELECT count(*) FROM assignments a WHERE a.campaign = :campaign AND a.worker = :worker
            AND a.state = 'approved') AS approvals"""
)
LINK_UNTIL = "link_until"
STRANGER = "this link is not known, or is no longer valid; ask whoever sent it for another"
MOST_WORDS = 200  # entries of a preference; of a page, not of an attack


class Invitation(NamedTuple):
    """A new person; the secret is told once and stored nowhere."""

    pseudonym: str
    secret: str


class Person(NamedTuple):
    """Somebody who answers."""

    id: int
    pseudonym: str
    state: str
    settings: dict[str, Any]


class Standing(NamedTuple):
    """How a worker stands in a campaign; money in its currency."""

    consented: bool
    qualified: bool
    state: str
    earned: Decimal
    due: Decimal  # requested, or failed and to be tried again, too
    paid: Decimal
    approvals: int
    n_votes: int
    n_batches: int
    votes_today: int


def invite(
    live: Live, n: int, provider: str = "local", *, until: int | None = None, actor: str = ""
) -> list[Invitation]:
    """Make ``n`` people, each with a secret for the link that is theirs alone.

    Args:
        live: The campaign.
        n: How many.
        provider: Where they come from.
        until: When the links end, microseconds since 1970, UTC; never if absent.
        actor: Who of the staff invites, kept in the audit; nobody where a market sends them.
    """
    made = [
        Invitation(f"w{secrets.token_hex(PSEUDONYM_BYTES)}", secrets.token_urlsafe(SECRET_BYTES))
        for _ in range(n)
    ]
    settings = canonical({} if until is None else {LINK_UNTIL: until}).decode()
    rows = [
        {
            "pseudonym": one.pseudonym,
            "token": _hash(one.secret),
            "provider": provider,
            "settings": settings,
            "now": live.now(),
        }
        for one in made
    ]

    def do(to: Connection) -> None:
        to.execute(ADD, rows)
        if actor:
            after = {"workers": [one.pseudonym for one in made], "until": until}
            note(to, live, actor, "invite", f"{n} workers", "", None, after)

    if rows:
        live.database.write(do)
    return made


def by_secret(live: Live, secret: str) -> Person:
    """Give the person of a link.

    Only the hash of a secret is looked for, so that the time tells nothing about it (C65).

    Raises:
        NotTaken: ``unknown``, alike for a link that never was, has ended or was taken back.
    """
    with live.database.read() as connection:
        return with_secret(connection, live, secret)


def with_secret(connection: Connection, live: Live, secret: str) -> Person:
    """Do what `by_secret` does, inside a transaction."""
    found = connection.execute(BY_TOKEN, {"token": _hash(secret)}).first()
    person = _person(found) if found else None
    if person is None or live.now() > person.settings.get(LINK_UNTIL, live.now()):
        raise NotTaken("unknown", STRANGER)
    return person


def by_pseudonym(live: Live, pseudonym: str) -> Person:
    """Give the person of a pseudonym.

    Raises:
        NotTaken: ``unknown``.
    """
    with live.database.read() as connection:
        found = connection.execute(BY_PSEUDONYM, {"pseudonym": plain(pseudonym)}).first()
    if found is None:
        raise NotTaken("unknown", f"there is no worker {pseudonym!r}")
    return _person(found)


def revoke(live: Live, worker: int, actor: str, why: str) -> None:
    """Let the link of a worker lead nowhere, from this moment; again it changes nothing.

    Raises:
        NotTaken: ``reason`` where none is given.
    """
    if not plain(why).strip():
        raise NotTaken("reason", "a link is taken back for a reason, which is kept; write one")

    def do(to: Connection) -> None:
        if to.execute(REVOKE, {"worker": worker}).rowcount:
            name = _person(to.execute(BY_ID, {"worker": worker}).one()).pseudonym
            note(to, live, actor, "take link back", f"worker {name}", why, None, None)

    live.database.write(do)


def set_preference(live: Live, worker: int, name: str, value: Any) -> None:
    """Keep what a worker chose: ``language``, emotions ``opted_in``, or ``keys`` (deed → key).

    Raises:
        UsageError: There is no such preference, or the value does not fit it.
    """
    kept = _preference(live, name, value)
    live.database.write(lambda to: _set(to, worker, name, kept))


def rest(live: Live, worker: int) -> None:
    """Give a worker nothing new until `wake`; again it changes nothing."""
    live.database.write(lambda to: _rest(to, worker))


def wake(live: Live, worker: int) -> None:
    """End a rest; somebody who does not rest stays as they are."""
    live.database.write(lambda to: _wake(to, live, worker))


def standing(live: Live, worker: int) -> Standing:
    """Give how a worker stands: allowed to what, and what was done and earned."""
    names = {"campaign": live.number, "worker": worker, "since": live.now() - DAY}
    with live.database.read() as connection:
        counts = connection.execute(COUNTS, names).one()
        money = totals_of_worker(connection, live, worker)
        return Standing(
            wording.is_current(connection, live, worker),
            facts.is_qualified(connection, live, worker),
            _person(connection.execute(BY_ID, names).one()).state,
            money.spent,
            money.due + money.requested + money.failed,
            money.paid,
            int(counts.approvals),
            int(counts.n_votes),
            int(counts.n_batches),
            int(counts.votes_today),
        )


def check_may_work(
    connection: Connection, live: Live, worker: int, *, finishing: bool = False
) -> None:
    """Refuse work to somebody who may not do it, inside the transaction that would give it (I9).

    Args:
        connection: Of the transaction; on PostgreSQL the worker is locked until it ends, so that
            a suspension does not come between.
        live: The campaign.
        worker: Who asks.
        finishing: Whether a batch is handed in that was begun: a consent to an earlier text is
            enough for that, and a rest does not matter.

    Raises:
        NotTaken: ``suspended``, ``closed``, ``resting``, ``unconsented`` or ``unqualified``.
    """
    state = facts.lock_worker(connection, worker)
    if state in ("suspended", "closed") or (state == "resting" and not finishing):
        raise NotTaken(state, f"you are {state}: no pictures are given to you")
    has_agreed = wording.has_agreed if finishing else wording.is_current
    if not has_agreed(connection, live, worker):
        raise NotTaken("unconsented", "read what this is about and agree to it first")
    if not facts.is_qualified(connection, live, worker):
        raise NotTaken("unqualified", "pass the test first")


def _hash(secret: str) -> str:
    return sha256(secret.encode(errors="replace")).hexdigest()


def _person(row: Any) -> Person:
    return Person(int(row.id), row.pseudonym, row.state, json.loads(row.settings))


def _preference(live: Live, name: str, value: Any) -> Any:
    if name == "language" and isinstance(value, str) and 2 <= len(value) <= 35:
        return plain(value)
    if name == "opted_in" and isinstance(value, list | tuple) and set(value) <= set(live.emotions):
        return sorted(set(value), key=live.emotions.index)
    if name == "keys" and isinstance(value, dict) and len(value) <= MOST_WORDS:
        return {plain(str(deed)): plain(str(key))[:MOST_WORDS] for deed, key in value.items()}
    raise UsageError(
        f"the preference {name!r} cannot be {str(value)[:80]!r}; allowed are language (a tag such "
        "as de), opted_in (a list of emotions) and keys (a deed and its key)"
    )


def _set(to: Connection, worker: int, name: str, value: Any) -> None:
    facts.lock_worker(to, worker)
    settings = _person(to.execute(BY_ID, {"worker": worker}).one()).settings
    kept = canonical({**settings, name: value}).decode()
    to.execute(SET, {"worker": worker, "settings": kept})
    if name == "opted_in":
        to.execute(LOOK_AGAIN, {"worker": worker})


def _rest(to: Connection, worker: int) -> None:
    if facts.lock_worker(to, worker) not in facts.BY_HAND:
        to.execute(REST, {"worker": worker})


def _wake(to: Connection, live: Live, worker: int) -> None:
    if facts.lock_worker(to, worker) == "resting":
        facts.settle_state(to, live, worker)
