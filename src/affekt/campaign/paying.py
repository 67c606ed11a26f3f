"""Pays lines out: due → requested → paid, or failed and due again; voided only for a reason."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, text

from affekt.campaign.audit import note, plain
from affekt.campaign.live import Live
from affekt.errors import NotTaken

ALL = """SELECT p.id, w.pseudonym, p.kind, p.reason, p.amount, p.currency, p.state, p.key, p.at
    FROM payments p JOIN workers w ON w.id = p.worker WHERE p.campaign = :campaign"""
IN_STATE = text(f"{ALL} AND (:state = '' OR p.state = :state) ORDER BY p.id")
ONE = text(f"{ALL} AND p.id = :id")
BY_KEY = text(f"{ALL} AND p.key = :key")
MOVE = text("UPDATE payments SET state = :after WHERE id = :id AND state = :before")
MOVES = {
    "requested": ("due",),
    "paid": ("requested",),
    "failed": ("requested",),
    "due": ("failed",),
    "voided": ("due",),
}
# What a provider did counts, so a payment that it made takes the way there at once (C50).
WAY_TO_PAID = {"due": ("requested", "paid"), "failed": ("due", "requested", "paid"),
               "requested": ("paid",), "paid": ()}  # fmt: skip
Word = Literal["paid", "unpaid"]


class Line(NamedTuple):
    """One line of the books."""

    id: int
    pseudonym: str
    kind: str
    reason: str
    amount: Decimal
    currency: str
    state: str
    key: str
    at: int


class Difference(NamedTuple):
    """Where a provider and the books did not agree, and what became of it."""

    key: str
    ours: str
    theirs: str
    text: str


def lines(live: Live, state: str = "") -> list[Line]:
    """Give the lines of a campaign, or those in one state, oldest first."""
    with live.database.read() as connection:
        found = connection.execute(IN_STATE, {"campaign": live.number, "state": plain(state)})
        return [_line(row) for row in found]


def request(live: Live, ids: Sequence[int], actor: str) -> list[Line]:
    """Set lines that are due to *requested*, all or none, and give them as they are then.

    What is there already stays: only a line that this call moved may be sent to a provider.

    Raises:
        NotTaken: ``unknown`` line, or ``state`` where one can no longer get there.
    """
    return _moved(live, ids, "requested", actor, "")


def paid(live: Live, ids: Sequence[int], actor: str) -> list[Line]:
    """Set lines that were requested to *paid*; see `request`."""
    return _moved(live, ids, "paid", actor, "")


def failed(live: Live, ids: Sequence[int], actor: str, why: str) -> list[Line]:
    """Set lines that were requested to *failed*; see `request`."""
    return _moved(live, ids, "failed", actor, why)


def retry(live: Live, ids: Sequence[int], actor: str) -> list[Line]:
    """Let lines that failed be due again; see `request`."""
    return _moved(live, ids, "due", actor, "")


def void(live: Live, ids: Sequence[int], actor: str, why: str) -> list[Line]:
    """Set lines that are due to *voided*: nobody gets them; see `request`.

    Raises:
        NotTaken: ``reason`` where none is given.
    """
    if not why.strip():
        raise NotTaken("reason", "a line is voided for a reason only; say which")
    return _moved(live, ids, "voided", actor, why)


def reconcile(live: Live, said: Mapping[str, Word], actor: str) -> list[Difference]:
    """Hold the lines against what a provider says, by key, and give every difference.

    What it has paid is set to *paid*, whatever we thought: it cannot be paid again. What we take
    for paid and it does not stays as it is, for a person to look at; nothing is sent twice.
    """
    return live.database.write(lambda to: _reconcile(to, live, said, actor))


def _moved(live: Live, ids: Sequence[int], after: str, actor: str, why: str) -> list[Line]:
    return live.database.write(lambda to: move(to, live, ids, after, actor, why))


def move(
    to: Connection, live: Live, ids: Sequence[int], after: str, actor: str, why: str
) -> list[Line]:
    """Set lines to a state, inside a transaction, and give those that were not there already."""
    moved = []
    for number in sorted(set(ids)):
        line = _one(to, live, number)
        if line.state == after:
            continue
        allowed = MOVES[after]
        names = {"id": number, "before": line.state, "after": after}
        if line.state not in allowed or not to.execute(MOVE, names).rowcount:
            raise NotTaken(
                "state",
                f"payment {number} is {line.state}; only what is {' or '.join(allowed)} can be "
                f"{after}. Nothing was changed",
            )
        moved.append(line._replace(state=after))
    if moved:
        before = {"state": MOVES[after][0]}
        told = {"state": after, "lines": [one.id for one in moved]}
        note(to, live, actor, f"set payments {after}", "payments", plain(why), before, told)
    return moved


def _one(to: Connection, live: Live, number: int) -> Line:
    found = to.execute(ONE, {"campaign": live.number, "id": number}).first()
    if found is None:
        raise NotTaken("unknown", f"there is no payment {number}; nothing was changed")
    return _line(found)


def _line(row: Any) -> Line:
    return Line(**{**row._mapping, "amount": Decimal(row.amount)})


def _reconcile(
    to: Connection, live: Live, said: Mapping[str, Word], actor: str
) -> list[Difference]:
    found = []
    for key, theirs in sorted(said.items()):
        row = to.execute(BY_KEY, {"campaign": live.number, "key": plain(key)}).first()
        ours = row.state if row is not None else "unknown"
        if (ours == "paid") == (theirs == "paid"):
            continue
        words = "looked at by nobody yet: they say unpaid, nothing was changed"
        if row is None or ours == "voided":
            words = f"looked at by nobody yet: they paid a line that is {ours} here"
        elif theirs == "paid":
            for after in WAY_TO_PAID[ours]:
                move(to, live, [row.id], after, actor, "the provider has paid it")
            words = "set to paid"
        found.append(Difference(key, ours, theirs, words))
    return found
