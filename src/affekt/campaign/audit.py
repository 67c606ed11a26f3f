"""What owners and rules did, in a chain of hashes: rows are added and never changed (I11)."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple

import polars as pl
from sqlalchemy import Connection, text

from affekt.campaign.live import Live
from affekt.parts import canonical

LOCK = text("SELECT pg_advisory_xact_lock(740328)")
LAST = text("SELECT hash FROM audit ORDER BY id DESC LIMIT 1")
ADD = text(
    """INSERT INTO audit (at, actor, action, thing, why, before, after, previous, hash)
    VALUES (:at, :actor, :action, :thing, :why, :before, :after, :previous, :hash)"""
)
ALL = text(
    """SELECT id, at, actor, action, thing, why, before, after, previous, hash FROM audit
    ORDER BY id"""
)
NEWEST = text(
    """SELECT id, at, actor, action, thing, why, before, after FROM audit
    WHERE thing = COALESCE(:thing, thing) ORDER BY id DESC LIMIT :most"""
)
SIGNED = ("at", "actor", "action", "thing", "why", "before", "after", "previous")
ROWS: dict[str, pl.DataType | type[pl.DataType]] = {
    "id": pl.Int64,
    "at": pl.Datetime("us", "UTC"),
    **dict.fromkeys(("actor", "action", "thing", "why", "before", "after"), pl.String),
}


class Finding(NamedTuple):
    """Something that is not as it must be."""

    thing: str
    text: str


def note(  # noqa: PLR0913  (the columns of a row)
    connection: Connection,
    live: Live,
    actor: str,
    action: str,
    thing: str,
    why: str,
    before: Any,
    after: Any,
) -> None:
    """Add a row, inside the transaction that does what it tells.

    On PostgreSQL whoever notes something waits here for the others; do it last.

    Args:
        connection: Of the transaction.
        live: The campaign; its clock gives the time.
        actor: Who did it: an admin's name, a worker's pseudonym, or ``affekt`` for a rule.
        action: What was done, such as ``exclude votes``.
        thing: What it was done to, such as ``question 17``.
        why: The reason in words.
        before: What was so before; anything that JSON can say.
        after: What is so since.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(LOCK)
    row: dict[str, Any] = {
        "at": live.now(),
        "actor": plain(actor),
        "action": action,
        "thing": plain(thing),
        "why": plain(why),
        "before": canonical(before).decode(),
        "after": canonical(after).decode(),
        "previous": head(connection),
    }
    connection.execute(ADD, {**row, "hash": _hash(row)})


def head(connection: Connection) -> str:
    """Give the hash of the last row; kept elsewhere, it shows that no row was cut off."""
    return str(connection.execute(LAST).scalar() or "")


def verify(connection: Connection, expected_head: str | None = None) -> list[Finding]:
    """Give every row that was changed, and every place where one is missing.

    Args:
        connection: To the database.
        expected_head: What `head` gave earlier; a chain that lacks that row was cut off.
    """
    found = []
    previous, seen = "", {""}
    for row in connection.execute(ALL).mappings():
        place = f"audit row {row['id']}"
        if row["previous"] != previous:
            found.append(Finding(place, "does not follow the row before it: one was taken out"))
        if _hash(row) != row["hash"]:
            found.append(Finding(place, "was changed after it was written"))
        previous = row["hash"]
        seen.add(previous)
    if expected_head is not None and expected_head not in seen:
        found.append(Finding("audit", "rows that were there earlier are missing at its end"))
    return found


def rows(live: Live, *, thing: str | None = None, most: int = 1000) -> pl.DataFrame:
    """Give the newest rows first: ``id, at, actor, action, thing, why, before, after``."""
    with live.database.read() as connection:
        found: Iterable[Any] = connection.execute(NEWEST, {"thing": thing, "most": most}).all()
    return pl.DataFrame([tuple(row) for row in found], schema=ROWS, orient="row")


def plain(words: str) -> str:
    """Give words as both databases can keep them: no NUL, no half of a surrogate pair."""
    return words.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


def _hash(row: Any) -> str:
    return sha256(canonical({name: row[name] for name in SIGNED})).hexdigest()
