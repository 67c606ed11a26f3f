"""What people earn: lines that each trace to a batch, a test or a reason, paid once (I10).

Amounts are exact decimals, rounded half up to the smallest unit of the currency.
"""

from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from affekt.campaign.audit import note, plain
from affekt.campaign.live import Live
from affekt.errors import NotTaken

ROUNDING = "half up to the smallest unit of the currency"
DIGITS = {"JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "VND": 0, "KWD": 3, "BHD": 3, "TND": 3}
PAUSE_AT = Decimal("0.9")  # share of the cap; C41
ADD = text(
    """INSERT INTO payments (campaign, worker, assignment, attempt, kind, reason, amount, currency,
        state, key, at)
    VALUES (:campaign, :worker, :assignment, :attempt, :kind, :reason, :amount, :currency, 'due',
        :key, :now) ON CONFLICT (key) DO NOTHING"""
)
BY_KEY = text(
    """SELECT id, campaign, worker, kind, reason, amount, currency, state FROM payments
    WHERE key = :key"""
)
SUMS = text(
    """SELECT state, amount, count(*) AS n FROM payments
    WHERE campaign = :campaign AND currency = :currency GROUP BY state, amount"""
)
OF_WORKER = text(
    """SELECT state, amount, count(*) AS n FROM payments
    WHERE campaign = :campaign AND currency = :currency AND worker = :worker
    GROUP BY state, amount"""
)
SIZE = text(
    """SELECT a.size, (SELECT count(DISTINCT v.item) FROM votes v WHERE v.assignment = a.id) AS done
    FROM assignments a WHERE a.id = :assignment"""
)
FOR_ASSIGNMENT = text(
    "SELECT amount FROM payments WHERE assignment = :assignment AND state <> 'voided'"
)
STATE = "SELECT state FROM campaigns WHERE id = :campaign"
PAUSE = text("UPDATE campaigns SET state = 'paused' WHERE id = :campaign AND state = 'open'")


class Totals(NamedTuple):
    """Sums of lines in one currency; ``earned`` is the sum of the others."""

    currency: str
    earned: Decimal
    due: Decimal
    requested: Decimal
    paid: Decimal
    failed: Decimal
    voided: Decimal

    @property
    def spent(self) -> Decimal:
        """What the campaign costs: all that was not voided."""
        return self.earned - self.voided


def earn(
    connection: Connection, live: Live, worker: int, *, assignment: int, answered: int, size: int
) -> Decimal:
    """Add the line for a batch inside the transaction that ends it, and give its amount.

    It is ``per_batch`` times the share of the batch that was answered. A batch has one line,
    whatever is tried again. Work that was done is paid also past the cap.
    """
    share = Fraction(answered, size) if size else Fraction(0)
    amount = rounded(Fraction(live.asking.pay.per_batch) * share, live.asking.pay.currency)
    reason = f"{answered} of {size} pictures"
    line = {"assignment": assignment, "kind": "batch", "reason": reason, "amount": amount}
    return put(connection, live, worker, f"batch {assignment}", line)


def earn_late(
    connection: Connection, live: Live, worker: int, *, assignment: int, vote: int
) -> None:
    """Add the line for an answer that came after the lease of its batch was lost (I4).

    It is what the batch pays with this answer, less what it pays without: rounding each answer
    alone could double the pay of a batch.
    """
    size, done = connection.execute(SIZE, {"assignment": assignment}).one()
    pay = live.asking.pay
    with_it, without = (
        rounded(Fraction(pay.per_batch) * Fraction(n, size), pay.currency) for n in (done, done - 1)
    )
    amount = with_it - without
    reason = f"answer {vote}, after its time"
    line = {"assignment": assignment, "kind": "batch", "reason": reason, "amount": amount}
    put(connection, live, worker, f"late {vote}", line)


def earn_test(connection: Connection, live: Live, worker: int, attempt: int) -> Decimal:
    """Add the line for a test that was taken, passed or not, and give its amount."""
    amount = rounded(Fraction(live.asking.pay.per_test), live.asking.pay.currency)
    line = {"attempt": attempt, "kind": "test", "reason": "test", "amount": amount}
    return put(connection, live, worker, f"test {attempt}", line)


def earned_for(connection: Connection, assignment: int) -> Decimal:
    """Give what a batch brought its worker, without what was voided."""
    rows = connection.execute(FOR_ASSIGNMENT, {"assignment": assignment})
    return sum((Decimal(row.amount) for row in rows), Decimal(0))


def bonus(live: Live, worker: int, amount: Decimal, why: str, actor: str, key: str) -> Decimal:
    """Give a worker something beside the batches; the same key again changes nothing.

    Raises:
        NotTaken: ``conflict`` where the key stands for another bonus, ``cap`` where it would
            exceed what the campaign may cost, ``amount`` where that is not above 0.
    """
    return live.database.write(
        lambda to: add_bonus(to, live, worker, Bonus(amount, why, key), actor)
    )


class Bonus(NamedTuple):
    """What is given, why, and the key under which it is given once."""

    amount: Decimal
    why: str
    key: str


def add_bonus(connection: Connection, live: Live, worker: int, given: Bonus, actor: str) -> Decimal:
    """Do what `bonus` does, inside a transaction."""
    pay = live.asking.pay
    amount = rounded(Fraction(given.amount), pay.currency)
    why = plain(given.why).strip()
    if amount <= 0 or not why:
        raise NotTaken("amount", "a bonus needs an amount above 0 and a reason; give both")
    key = f"bonus {live.number} {plain(given.key)}"
    found = connection.execute(BY_KEY, {"key": key}).first()
    if found is not None:
        if (found.worker, found.reason, Decimal(found.amount)) != (worker, why, amount):
            raise NotTaken("conflict", f"the key {given.key!r} stands for another bonus already")
        return amount
    check_cap(connection, live, amount)
    put(connection, live, worker, key, {"kind": "bonus", "reason": why, "amount": amount})
    after = {"amount": str(amount), "currency": pay.currency}
    note(connection, live, actor, "give a bonus", f"payment {key}", why, None, after)
    return amount


def totals(live: Live, currency: str | None = None) -> Totals:
    """Give the exact sums of a campaign, in its currency or in another one that it had."""
    with live.database.read() as connection:
        return totals_of(connection, live, currency)


def totals_of(connection: Connection, live: Live, currency: str | None = None) -> Totals:
    """Do what `totals` does, inside a transaction."""
    currency = currency or live.asking.pay.currency
    names = {"campaign": live.number, "currency": currency}
    return _summed(currency, connection.execute(SUMS, names))


def totals_of_worker(connection: Connection, live: Live, worker: int) -> Totals:
    """Give the exact sums of one worker, in the campaign's currency."""
    currency = live.asking.pay.currency
    names = {"campaign": live.number, "currency": currency, "worker": worker}
    return _summed(currency, connection.execute(OF_WORKER, names))


def check_cap(connection: Connection, live: Live, more: Decimal) -> None:
    """Refuse to spend ``more`` where that exceeds what the campaign may cost (C41).

    On PostgreSQL two who ask at once wait for each other, so that both cannot have the last cent.

    Raises:
        NotTaken: ``cap``.
    """
    cap = live.asking.pay.cap
    if cap is None:
        return
    wait = " FOR UPDATE" if connection.dialect.name == "postgresql" else ""
    connection.execute(text(STATE + wait), {"campaign": live.number})
    spent = totals_of(connection, live).spent
    if spent + more > cap:
        raise NotTaken(
            "cap",
            f"{spent} {live.asking.pay.currency} are spent and {more} more would exceed the cap of "
            f"{cap}; raise `pay.cap` or spend less",
        )


def rounded(amount: Fraction, currency: str) -> Decimal:
    """Give an amount of at least 0 in the smallest unit of its currency, halves up.

    >>> rounded(Fraction("0.105"), "USD"), rounded(Fraction("0.5"), "JPY")
    (Decimal('0.11'), Decimal('1'))
    """
    digits = DIGITS.get(currency, 2)
    return Decimal(floor(amount * 10**digits + Fraction(1, 2))).scaleb(-digits)


def put(connection: Connection, live: Live, worker: int, key: str, line: dict[str, Any]) -> Decimal:
    """Add a line under its key, or nothing where that key has one; give the line's amount."""
    amount = Decimal(line["amount"])
    if not amount:  # volunteers have no lines
        return amount
    row = {"assignment": None, "attempt": None, **line, "amount": str(amount), "key": key}
    names = {"campaign": live.number, "worker": worker, "currency": live.asking.pay.currency}
    if connection.execute(ADD, {**row, **names, "now": live.now()}).rowcount:
        _pause_near_cap(connection, live, amount)
    return amount


def _pause_near_cap(connection: Connection, live: Live, last: Decimal) -> None:
    """Pause where the last line passes 90 % of the cap, or leaves no room for another batch."""
    pay = live.asking.pay
    if pay.cap is None:
        return
    spent = totals_of(connection, live).spent
    passes = spent - last < PAUSE_AT * pay.cap <= spent
    if not passes and spent + pay.per_batch <= pay.cap:
        return
    if connection.execute(PAUSE, {"campaign": live.number}).rowcount:
        why = f"{spent} of at most {pay.cap} {pay.currency} are spent"
        states = ({"state": "open"}, {"state": "paused"})
        note(connection, live, "affekt", "pause", f"campaign {live.number}", why, *states)


def _summed(currency: str, rows: Any) -> Totals:
    sums = dict.fromkeys(("due", "requested", "paid", "failed", "voided"), Decimal(0))
    for row in rows:
        sums[row.state] += Decimal(row.amount) * row.n
    return Totals(currency, sum(sums.values(), Decimal(0)), **sums)
