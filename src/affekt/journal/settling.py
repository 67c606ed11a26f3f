"""How items come to their decision: the tally, the verdict, and what it rests on."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from sqlalchemy import Connection, bindparam, text

from affekt.journal.clock import now
from affekt.parts import canonical
from affekt.policies import DROP, KEEP, Policy, Tally
from affekt.policies.bayes import posterior

DECIDE = text("UPDATE items SET state = 'decided', verdict = :verdict WHERE id = :id")
CANCEL = text("UPDATE slots SET state = 'cancelled' WHERE item = :id AND state = 'open'")
KEEP_DECISION = text(
    """INSERT INTO decisions (item, policy, counted, start, posterior, verdict, at)
    VALUES (:id, :policy, :counted, :start, :posterior, :verdict, :now)"""
)
COUNTED = text(
    """SELECT v.item, v.seq, v.worker, v.felt, v.weight FROM votes v JOIN items i ON i.id = v.item
    WHERE v.item IN :ids AND v.state = 'counted' AND v.emotion = i.emotion ORDER BY v.seq"""
).bindparams(bindparam("ids", expanding=True))
AT_ONCE = 500  # items in one statement
CREDITS = ("felt_yes", "felt_no", "unfelt_yes", "unfelt_no")
LEARN = text(
    """INSERT INTO enrolments (campaign, worker, nothing_before, felt_yes, felt_no, unfelt_yes,
        unfelt_no)
    SELECT campaign, :worker, 0, :felt_yes, :felt_no, :unfelt_yes, :unfelt_no
    FROM items WHERE id = :id
    ON CONFLICT (campaign, worker) DO UPDATE SET
        felt_yes = enrolments.felt_yes + excluded.felt_yes,
        felt_no = enrolments.felt_no + excluded.felt_no,
        unfelt_yes = enrolments.unfelt_yes + excluded.unfelt_yes,
        unfelt_no = enrolments.unfelt_no + excluded.unfelt_no"""
)


class Settled(NamedTuple):
    """An item that is to be decided, with its tally."""

    id: int
    emotion: str
    votes: int
    yes: int
    no: int
    log_odds: float


class Counted(NamedTuple):
    """One vote that a decision rests on."""

    seq: int
    worker: int
    felt: bool
    weight: float


def tally_of(rows: pl.DataFrame) -> Tally:
    """Give the tally of a frame with ``yes``, ``no`` and ``log_odds``."""
    return Tally(rows["yes"].to_numpy(), rows["no"].to_numpy(), rows["log_odds"].to_numpy())


def tally(items: Sequence[Settled]) -> Tally:
    """Give the tally of some items, one row each."""
    return Tally(
        np.array([one.yes for one in items], np.int64),
        np.array([one.no for one in items], np.int64),
        np.array([one.log_odds for one in items], np.float64),
    )


def settle(to: Connection, policy: Policy, items: Sequence[Settled]) -> None:
    """Decide some items of a campaign: no more votes, and a row that says why each is decided so.

    Where the policy cannot tell, the verdict is undecided. Workers are credited with their answers
    on what was kept or dropped.
    """
    if not items:
        return
    verdicts = policy.verdicts(tally(items)).tolist()
    rules = canonical(policy.identity()).decode()
    counted = _counted(to, [one.id for one in items])
    rows = [
        _decision(policy, rules, one, verdict, counted[one.id])
        for one, verdict in zip(items, verdicts, strict=True)
    ]
    credits = [
        (vote.worker, verdict == KEEP, bool(vote.felt))
        for one, verdict in zip(items, verdicts, strict=True)
        if verdict in (KEEP, DROP)
        for vote in counted[one.id]
    ]
    _credit(to, items[0].id, credits)
    to.execute(DECIDE, rows)
    to.execute(CANCEL, rows)
    to.execute(KEEP_DECISION, rows)


def _counted(to: Connection, items: Sequence[int]) -> dict[int, list[Counted]]:
    """Give the votes that each item is decided by, oldest first."""
    found: dict[int, list[Counted]] = {item: [] for item in items}
    for at in range(0, len(items), AT_ONCE):
        for item, *vote in to.execute(COUNTED, {"ids": items[at : at + AT_ONCE]}):
            found[item].append(Counted(*vote))
    return found


def _decision(
    policy: Policy, rules: str, item: Settled, verdict: int, counted: Sequence[Counted]
) -> dict[str, object]:
    weighs = any(one.weight for one in counted)
    return {
        "id": item.id,
        "policy": rules,
        "counted": json.dumps(
            [[one.seq, one.weight] if weighs else [one.seq] for one in counted],
            separators=(",", ":"),
        ),
        "start": policy.start(item.emotion),
        "posterior": float(posterior(np.array([item.log_odds]))[0]) if weighs else None,
        "verdict": verdict,
        "now": now(),
    }


def learn(to: Connection, item: int, answers: Iterable[tuple[int, bool]], is_felt: bool) -> None:
    """Credit workers with their answers on an item whose truth is known, or taken as known."""
    _credit(to, item, ((worker, is_felt, said) for worker, said in answers))


def _credit(to: Connection, item: int, answers: Iterable[tuple[int, bool, bool]]) -> None:
    """Credit workers in the campaign of an item: each with what is felt and what was said."""
    found: dict[int, Counter[str]] = {}
    for worker, is_felt, said in answers:
        name = f"{'felt' if is_felt else 'unfelt'}_{'yes' if said else 'no'}"
        found.setdefault(worker, Counter())[name] += 1
    rows = [
        {"id": item, "worker": worker, **{name: found[worker][name] for name in CREDITS}}
        for worker in sorted(found)
    ]
    if rows:
        to.execute(LEARN, rows)
