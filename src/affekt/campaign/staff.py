"""Who watches a campaign: owners, managers, reviewers and viewers, and how they come in.

A password is kept only as the hash that a caller gives; links, sessions and tokens only as SHA-256.
"""

import secrets
from hashlib import sha256
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, text

from affekt.campaign import audit
from affekt.campaign.live import Live
from affekt.errors import NotTaken, UsageError
from affekt.journal.clock import MICROSECONDS

Role = Literal["viewer", "reviewer", "manager", "owner"]
Kind = Literal["session", "link", "token"]
# Each may do what those before may.
ROLES: tuple[Role, ...] = ("viewer", "reviewer", "manager", "owner")
SECRET_BYTES = 32
DAY = 24 * 3600 * MICROSECONDS
LASTS = {"session": DAY // 2, "link": DAY, "token": 365 * DAY}
FREE_FAILURES = 4  # after these, each wrong password locks for twice as long
FIRST_LOCK = 30 * MICROSECONDS
LONGEST_LOCK = 3600 * MICROSECONDS
FIRST = "owner"  # name of the one who comes in by the first link
FIND = text("SELECT * FROM admins WHERE name = :name")
ALL = text("SELECT * FROM admins ORDER BY id")
ENROL = text(
    """INSERT INTO admins (name, role, last_step, failures, locked_until, made_at)
    VALUES (:name, :role, 0, 0, 0, :now) ON CONFLICT DO NOTHING"""
)
ENTER = text(
    """INSERT INTO passes_in (admin, kind, name, scope, hash, made_at, until)
    VALUES (:admin, :kind, :name, :scope, :hash, :now, :until)"""
)
BY_PASS = text(
    """SELECT p.id, p.admin, p.scope, p.until, a.name, a.role
    FROM passes_in p JOIN admins a ON a.id = p.admin
    WHERE p.hash = :hash AND p.kind = :kind AND p.revoked_at IS NULL AND p.until > :now"""
)
TOKENS = text(
    """SELECT p.id, p.name, p.scope, p.made_at, p.until, a.name AS owner FROM passes_in p
    JOIN admins a ON a.id = p.admin
    WHERE p.kind = 'token' AND p.revoked_at IS NULL AND p.until > :now ORDER BY p.id"""
)
REVOKE = text("UPDATE passes_in SET revoked_at = :now WHERE id = :pass AND revoked_at IS NULL")
REVOKE_ALL = text(
    """UPDATE passes_in SET revoked_at = :now
    WHERE admin = :admin AND revoked_at IS NULL AND kind IN ('session', 'link')"""
)
END_ALL = text("UPDATE passes_in SET revoked_at = :now WHERE admin = :admin AND revoked_at IS NULL")
LEAVE = text("UPDATE admins SET password = NULL, second_factor = NULL WHERE id = :admin")
PASSWORD = text(
    """UPDATE admins SET password = :password, failures = 0, locked_until = 0
    WHERE id = :admin"""
)
SECOND = text("UPDATE admins SET second_factor = :sealed WHERE id = :admin RETURNING name")
STEP = text("UPDATE admins SET last_step = :step WHERE id = :admin AND last_step < :step")
FAIL = text("""UPDATE admins SET failures = failures + 1 WHERE id = :admin RETURNING failures""")
LOCK = text("UPDATE admins SET locked_until = :until WHERE id = :admin")
CLEAR = text("UPDATE admins SET failures = 0, locked_until = 0 WHERE id = :admin")
HAS_OWNER = text("SELECT 1 FROM admins WHERE role = 'owner' AND password IS NOT NULL")


class Entry(NamedTuple):
    """Somebody who came in."""

    number: int  # of the link, session or token
    admin: int
    name: str
    role: Role  # the lower one of the person's and of what was given


class Member(NamedTuple):
    """Somebody who may come in."""

    number: int
    name: str
    role: Role
    password: str | None
    second_factor: str | None
    locked_until: int


class Token(NamedTuple):
    """A token of the API, without its secret."""

    number: int
    name: str
    scope: Role
    made_at: int
    until: int
    owner: str


def has_owner(live: Live) -> bool:
    """Tell whether an owner has set a password."""
    with live.database.read() as connection:
        return connection.execute(HAS_OWNER).first() is not None


def member(live: Live, name: str) -> Member | None:
    """Give the person of a name."""
    with live.database.read() as connection:
        row = connection.execute(FIND, {"name": audit.plain(name)}).first()
    return _member(row) if row else None


def members(live: Live) -> list[Member]:
    """Give everybody who may come in."""
    with live.database.read() as connection:
        return [_member(row) for row in connection.execute(ALL)]


def invite(live: Live, name: str, role: Role, *, actor: str) -> str:
    """Give the secret of a link by which somebody sets a password, once and within a day.

    Somebody known keeps the role there is; their sessions end.

    Raises:
        UsageError: There is no such role, or no name.
    """
    if role not in ROLES or not name.strip():
        known = ", ".join(ROLES)
        raise UsageError(f"the role is {role!r}; known are {known}, and a name is needed")
    secret, name = secrets.token_urlsafe(SECRET_BYTES), audit.plain(name)

    def do(to: Connection) -> None:
        to.execute(ENROL, {"name": name, "role": role, "now": live.now()})
        found = to.execute(FIND, {"name": name}).one()
        to.execute(REVOKE_ALL, {"admin": found.id, "now": live.now()})
        _enter(to, live, found.id, "link", "link", found.role, secret)
        audit.note(to, live, actor, "invite", f"member {name}", "a link", {}, {"role": found.role})

    live.database.write(do)
    return secret


def set_password(live: Live, link: str, hashed: str) -> Entry:
    """Keep the hash of a new password; the link is used up, and other sessions end.

    Raises:
        NotTaken: ``unknown``: no link, used already, or too old.
    """

    def do(to: Connection) -> Entry:
        entry = _found(to, live, link, "link")
        if entry is None:
            raise NotTaken("unknown", "this link does not open anything")
        to.execute(PASSWORD, {"password": hashed, "admin": entry.admin})
        to.execute(REVOKE_ALL, {"admin": entry.admin, "now": live.now()})
        audit.note(
            to, live, entry.name, "set password", f"member {entry.name}", "by a link", {}, {}
        )
        return entry

    return live.database.write(do)


def set_second_factor(live: Live, admin: int, sealed: str | None) -> None:
    """Keep the sealed secret of a second factor; None takes it away."""

    def do(to: Connection) -> None:
        name = to.execute(SECOND, {"sealed": sealed, "admin": admin}).scalar_one()
        after = {"second_factor": "off" if sealed is None else "on"}
        audit.note(to, live, name, "set second factor", f"member {name}", "", None, after)

    live.database.write(do)


def use_step(live: Live, admin: int, step: int) -> bool:
    """Use up the step of a code and all before it; False where it was used already.

    It is kept in the database, so that no code opens two sessions, also after a restart or on
    another server.
    """
    return live.database.write(
        lambda to: to.execute(STEP, {"admin": admin, "step": step}).rowcount == 1
    )


def remove(live: Live, name: str, *, actor: str) -> None:
    """Let somebody in no more: password, second factor, sessions, links and tokens end at once.

    Their name stays in the audit; a new link (`invite`) lets them in again. Again it changes
    nothing.

    Raises:
        NotTaken: ``unknown`` name, or ``last owner``: nobody could come in any more.
    """

    def do(to: Connection) -> None:
        found = to.execute(FIND, {"name": audit.plain(name)}).first()
        if found is None:
            raise NotTaken("unknown", f"there is no member {name!r}")
        to.execute(END_ALL, {"admin": found.id, "now": live.now()})
        if found.password is None:
            return
        to.execute(LEAVE, {"admin": found.id})
        if to.execute(HAS_OWNER).first() is None:
            raise NotTaken("last owner", "this is the last owner; let another one in first")
        audit.note(to, live, actor, "remove", f"member {name}", "", {"role": found.role}, None)

    live.database.write(do)


def failed(live: Live, admin: int) -> None:
    """Count a wrong password; after a few, each locks for twice as long, up to an hour."""

    def do(to: Connection) -> None:
        failures = int(to.execute(FAIL, {"admin": admin}).scalar_one())
        if failures > FREE_FAILURES:
            wait = min(LONGEST_LOCK, FIRST_LOCK * 2 ** min(failures - FREE_FAILURES - 1, 20))
            to.execute(LOCK, {"admin": admin, "until": live.now() + wait})

    live.database.write(do)


def open_session(live: Live, admin: int, role: Role) -> str:
    """Give the secret of a new session, after a right password."""
    secret = secrets.token_urlsafe(SECRET_BYTES)

    def do(to: Connection) -> None:
        to.execute(CLEAR, {"admin": admin})
        _enter(to, live, admin, "session", "session", role, secret)

    live.database.write(do)
    return secret


def give_token(live: Live, entry: Entry, name: str, scope: Role) -> str:
    """Give the secret of a new token of the API; it may no more than the one who gives it.

    Raises:
        UsageError: The scope is above the giver's role, or unknown.
    """
    if scope not in ROLES or ROLES.index(scope) > ROLES.index(entry.role):
        raise UsageError(f"the scope is {scope!r}; a token of yours may be up to {entry.role!r}")
    secret = secrets.token_urlsafe(SECRET_BYTES)

    def do(to: Connection) -> None:
        _enter(to, live, entry.admin, "token", name, scope, secret)
        audit.note(to, live, entry.name, "give token", f"token {name}", "", {}, {"scope": scope})

    live.database.write(do)
    return secret


def entered(live: Live, secret: str, kind: Kind) -> Entry | None:
    """Give who holds a secret; None where it is unknown, revoked or too old."""
    with live.database.read() as connection:
        return _found(connection, live, secret, kind)


def tokens(live: Live) -> list[Token]:
    """Give the tokens that hold."""
    with live.database.read() as connection:
        return [Token(*row) for row in connection.execute(TOKENS, {"now": live.now()})]


def revoke(live: Live, number: int, *, actor: str) -> None:
    """End a session or a token; again changes nothing."""

    def do(to: Connection) -> None:
        if to.execute(REVOKE, {"pass": number, "now": live.now()}).rowcount:
            audit.note(to, live, actor, "revoke", f"pass {number}", "", {}, {})

    live.database.write(do)


def may(role: Role, needed: Role) -> bool:
    """Tell whether a role may do what another may."""
    return ROLES.index(role) >= ROLES.index(needed)


def _found(to: Connection, live: Live, secret: str, kind: Kind) -> Entry | None:
    names = {"hash": _hash(secret), "kind": kind, "now": live.now()}
    row = to.execute(BY_PASS, names).first()
    if row is None:
        return None
    return Entry(row.id, row.admin, row.name, min(row.scope, row.role, key=ROLES.index))


def _enter(  # noqa: PLR0913  (the columns of a row)
    to: Connection, live: Live, admin: int, kind: Kind, name: str, scope: str, secret: str
) -> None:
    names = {"admin": admin, "kind": kind, "name": name, "scope": scope, "hash": _hash(secret)}
    to.execute(ENTER, {**names, "now": live.now(), "until": live.now() + LASTS[kind]})


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _member(row: Any) -> Member:
    return Member(row.id, row.name, row.role, row.password, row.second_factor, row.locked_until)
