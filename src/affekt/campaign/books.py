"""Recounts everything a database says of its campaigns, and tells every difference (I6)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, text

from affekt.campaign import audit
from affekt.journal.database import Database
from affekt.parts import find
from affekt.policies import Policy, Tally

OVERFULL = """SELECT i.id, i.question_id, i.votes, i.most, c.policy,
        (SELECT count(*) FROM slots s WHERE s.item = i.id AND s.state = 'leased') AS leases,
        (SELECT count(*) FROM slots s WHERE s.item = i.id AND s.state = 'open') AS places,
        i.state
    FROM items i JOIN campaigns c ON c.id = i.campaign WHERE i.gold IS NULL"""
TALLIES = """SELECT * FROM (
        SELECT i.id, i.question_id, i.votes, i.yes, i.no, count(DISTINCT v.worker) AS n_votes,
            COALESCE(sum(CASE WHEN v.emotion = i.emotion AND v.felt THEN 1 ELSE 0 END), 0)
                AS n_yes,
            COALESCE(sum(CASE WHEN v.emotion = i.emotion AND NOT v.felt THEN 1 ELSE 0 END), 0)
                AS n_no
        FROM items i LEFT JOIN votes v ON v.item = i.id AND v.state = 'counted'
        WHERE i.gold IS NULL GROUP BY i.id, i.question_id, i.votes, i.yes, i.no) counted
    WHERE votes <> n_votes OR yes <> n_yes OR no <> n_no ORDER BY id"""
STRAY_SLOTS = """SELECT s.id, s.state, i.question_id FROM slots s JOIN items i ON i.id = s.item
    WHERE (s.state = 'voted' AND NOT EXISTS (SELECT 1 FROM votes v
            WHERE v.item = s.item AND v.worker = s.worker AND v.state IN ('counted', 'excluded')))
        OR (s.state = 'open' AND i.state IN ('decided', 'withdrawn'))
    ORDER BY s.id"""
GOLD_DECIDED = """SELECT i.question_id FROM items i
    WHERE i.gold IS NOT NULL AND (i.yes > 0 OR i.no > 0 OR i.votes > 0
        OR EXISTS (SELECT 1 FROM decisions d WHERE d.item = i.id))"""
DECIDED = """SELECT i.question_id, i.state, i.verdict, d.policy, d.counted, d.start, d.posterior,
        d.verdict AS said, d.id
    FROM decisions d JOIN items i ON i.id = d.item
    WHERE i.state = 'decided' AND d.id = (SELECT max(x.id) FROM decisions x WHERE x.item = d.item)
    ORDER BY d.id"""
ANSWERS = "SELECT seq, felt FROM votes"
PAID_TWICE = """SELECT p.assignment, count(*) FROM payments p
    WHERE p.kind = 'batch' AND p.state <> 'voided' AND p.assignment IS NOT NULL
    GROUP BY p.assignment, p.reason HAVING count(*) > 1"""
UNTRACED = """SELECT id FROM payments WHERE (kind = 'batch' AND assignment IS NULL)
    OR (kind = 'test' AND attempt IS NULL) OR (kind = 'bonus' AND reason = '')"""
MONEY = "SELECT id, amount, state FROM payments"


class Finding(NamedTuple):
    """One thing in the books that does not add up."""

    what: str  # the invariant, such as I6
    text: str


def verify_books(database: Database) -> list[Finding]:
    """Recount the whole database; an empty list proves that it adds up.

    Votes and live leases within the quota (I3), tallies (I6), the last decision of every item
    replayed from its votes (C19), gold apart (I8), money traced and exact (I10), the audit chain
    (I11).
    """
    with database.read() as connection:
        return [
            finding
            for check in (_quota, _tallies, _slots, _gold, _decisions, _money, _audit)
            for finding in check(connection)
        ]


def policy_of(text_of: str) -> Policy:
    """Give a policy from the canonical JSON of its identity.

    Raises:
        UsageError: There is no such policy.
    """
    identity = json.loads(text_of)
    settings = {name: value for name, value in identity.items() if name not in ("kind", "version")}
    policy = find("policies", identity["kind"]).model_validate(settings)
    assert isinstance(policy, Policy)
    return policy


def _quota(connection: Connection) -> Iterator[Finding]:
    policies: dict[str, int] = {}
    for row in connection.execute(text(OVERFULL)):
        if not row.policy:
            continue
        if row.policy not in policies:
            policies[row.policy] = policy_of(row.policy).most()
        most = policies[row.policy] if row.most is None else row.most
        held = row.votes + row.leases
        if held > most:
            yield Finding(
                "I3",
                f"question {row.question_id}: {row.votes} votes and {row.leases} leases are more "
                f"than {most}",
            )


def _tallies(connection: Connection) -> Iterator[Finding]:
    for row in connection.execute(text(TALLIES)):
        yield Finding(
            "I6",
            f"question {row.question_id}: noted are {row.votes} votes, {row.yes} YES, {row.no} NO; "
            f"counted are {row.n_votes}, {row.n_yes}, {row.n_no}",
        )


def _slots(connection: Connection) -> Iterator[Finding]:
    for row in connection.execute(text(STRAY_SLOTS)):
        yield Finding("I6", f"question {row.question_id}: slot {row.id} is {row.state} wrongly")


def _gold(connection: Connection) -> Iterator[Finding]:
    for row in connection.execute(text(GOLD_DECIDED)):
        yield Finding("I8", f"question {row.question_id}: is gold, yet has a tally or a decision")


def _decisions(connection: Connection) -> Iterator[Finding]:
    """Decide every item once more, from the votes that its last decision names."""
    felt = {seq: bool(said) for seq, said in connection.execute(text(ANSWERS))}
    rows = connection.execute(text(DECIDED)).all()
    for rules in sorted({row.policy for row in rows}):
        same = [row for row in rows if row.policy == rules]
        for row, again in zip(same, _replayed(policy_of(rules), same, felt), strict=True):
            if again != row.said or row.verdict != row.said:
                yield Finding(
                    "C19",
                    f"question {row.question_id}: decided as {row.verdict}, its votes give {again}",
                )


def _replayed(policy: Policy, rows: Sequence[Any], felt: Mapping[int, bool]) -> list[int | None]:
    """Give the verdict on each; None where a vote is gone."""
    yes, no, log_odds, is_whole = [], [], [], []
    for row in rows:
        counted = json.loads(row.counted)
        said = [felt.get(one[0]) for one in counted]
        is_whole.append(None not in said)
        yes.append(said.count(True))
        no.append(said.count(False))
        log_odds.append(row.start + sum(one[1] for one in counted if len(one) > 1))
    tally = Tally(np.array(yes), np.array(no), np.array(log_odds, float))
    verdicts = policy.verdicts(tally).tolist()
    return [one if whole else None for one, whole in zip(verdicts, is_whole, strict=True)]


def _money(connection: Connection) -> Iterator[Finding]:
    for row in connection.execute(text(PAID_TWICE)):
        yield Finding("I10", f"assignment {row[0]}: is paid {row[1]} times")
    for row in connection.execute(text(UNTRACED)):
        yield Finding("I10", f"payment {row.id}: traces to no batch, test or reason")
    for row in connection.execute(text(MONEY)):
        if not Decimal(row.amount).is_finite() or Decimal(row.amount) < 0:
            yield Finding("I10", f"payment {row.id}: the amount is {row.amount!r}")


def _audit(connection: Connection) -> Iterator[Finding]:
    for problem in audit.verify(connection):
        yield Finding("I11", str(problem))
