"""The rows of a campaign as tables, for those who judge workers and for those who publish.

Workers are pseudonyms. Who took the consent back is in none of them (C57).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
from sqlalchemy import Connection, text

from affekt.campaign.live import Live
from affekt.campaign.places import with_most
from affekt.parts import canonical
from affekt.policies import DROP, KEEP

STILL_HERE = """NOT (EXISTS (SELECT 1 FROM consents c WHERE c.worker = w.id
            AND c.campaign = :campaign AND c.withdrawn_at IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM consents c WHERE c.worker = w.id
            AND c.campaign = :campaign AND c.withdrawn_at IS NULL))"""
KNOWN = "CASE WHEN i.gold THEN 1 WHEN NOT i.gold THEN 0 END"
# Covered when it was shown: null where it was passed over, or answered elsewhere than on the site.
COVERED = """CASE WHEN v.assignment IS NULL THEN NULL WHEN EXISTS (SELECT 1 FROM reveals r
        WHERE r.assignment = v.assignment AND r.item = v.item) THEN 1 ELSE 0 END"""
# Of gold, only the answer to the question that was asked is known to be right or wrong.
EVENTS = f"""SELECT i.question_id, i.image_id, w.pseudonym, v.emotion,
        CASE WHEN v.felt THEN 1 ELSE 0 END, v.seconds, v.at, v.seq, 0, {KNOWN}, 'vote', v.state,
        {COVERED}
    FROM votes v JOIN items i ON i.id = v.item JOIN workers w ON w.id = v.worker
    WHERE v.campaign = :campaign AND v.state <> 'draft'
        AND (i.gold IS NULL OR v.emotion = i.emotion) AND {STILL_HERE}
    UNION ALL SELECT i.question_id, i.image_id, w.pseudonym, i.emotion, NULL, NULL, p.at, p.id, 1,
        {KNOWN}, p.kind, 'counted', NULL
    FROM passes p JOIN items i ON i.id = p.item JOIN workers w ON w.id = p.worker
    WHERE i.campaign = :campaign AND {STILL_HERE}"""  # noqa: S608  (texts of our own)
ITEMS = f"""SELECT i.question_id, i.image_id, i.emotion, i.state, i.verdict, i.most, i.votes, i.yes,
        i.no, {KNOWN}, d.posterior
    FROM items i LEFT JOIN decisions d ON d.id = (
        SELECT max(x.id) FROM decisions x WHERE x.item = i.id AND i.state = 'decided')
    WHERE i.campaign = :campaign"""  # noqa: S608
WORKERS = f"""SELECT w.pseudonym, w.provider, w.state FROM workers w
    WHERE {STILL_HERE} AND (
        EXISTS (SELECT 1 FROM votes v WHERE v.worker = w.id AND v.campaign = :campaign)
        OR EXISTS (SELECT 1 FROM assignments a WHERE a.worker = w.id AND a.campaign = :campaign))
    ORDER BY w.pseudonym"""  # noqa: S608
DECISIONS = """SELECT i.question_id, i.emotion, d.policy, d.verdict, d.posterior, d.at, d.counted
    FROM decisions d JOIN items i ON i.id = d.item
    WHERE i.campaign = :campaign AND i.gold IS NULL ORDER BY d.id"""
WORDS = {KEEP: "keep", DROP: "drop"}
TIME = pl.Datetime("us", "UTC")


@contextmanager
def moment(live: Live) -> Iterator[Connection]:
    """Give a connection on which all tables are of one moment, whatever is written meanwhile."""
    with live.database.read() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        yield connection


def events(connection: Connection, live: Live) -> pl.DataFrame:
    """Give what workers did: the columns of `affekt.quality.EVENTS`, ``policy``, ``was_covered``.

    Votes that are not handed in are left out. ``sequence`` counts votes and passes together.
    """
    kinds = {
        "question_id": pl.String, "image_id": pl.String, "worker": pl.String, "emotion": pl.String,
        "felt": pl.Int8, "seconds": pl.Float64, "at": pl.Int64, "number": pl.Int64,
        "is_pass": pl.Int8, "gold_felt": pl.Int8, "kind": pl.String, "state": pl.String,
        "was_covered": pl.Int8,
    }  # fmt: skip
    found = _frame(connection, live, EVENTS, kinds).sort("at", "is_pass", "number")
    return found.select(
        "question_id",
        "image_id",
        "worker",
        "emotion",
        pl.col("felt").cast(pl.Boolean),
        pl.col("seconds").cast(pl.Float32),
        pl.col("at").cast(TIME),
        sequence=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        is_gold=pl.col("gold_felt").is_not_null(),
        gold_felt=pl.col("gold_felt").cast(pl.Boolean),
        kind="kind",
        state="state",
        policy=pl.lit(_policy(live, None)),
        was_covered=pl.col("was_covered").cast(pl.Boolean),
    )


def items(connection: Connection, live: Live) -> pl.DataFrame:
    """Give what was asked, one row an item: its state, tally, decision, posterior and policy.

    ``decision`` is ``keep``, ``drop`` or ``undecided``, else the state of the item.
    """
    kinds = {
        "question_id": pl.String, "image_id": pl.String, "emotion": pl.String, "state": pl.String,
        "verdict": pl.Int64, "most": pl.Int64, "votes": pl.Int64, "yes": pl.Int64, "no": pl.Int64,
        "gold_felt": pl.Int8, "posterior": pl.Float64,
    }  # fmt: skip
    found = _frame(connection, live, ITEMS, kinds)
    policies = {most: _policy(live, most) for most in found["most"].drop_nulls().unique()}
    said = pl.col("verdict").replace_strict(WORDS, default="undecided", return_dtype=pl.String)
    is_decided = pl.col("state") == "decided"
    return found.select(
        "question_id", "image_id", "emotion", "state", "votes", "yes", "no", "posterior",
        is_gold=pl.col("gold_felt").is_not_null(),
        gold_felt=pl.col("gold_felt").cast(pl.Boolean),
        decision=pl.when(is_decided).then(said).otherwise("state"),
        policy=pl.col("most").replace_strict(
            policies, default=_policy(live, None), return_dtype=pl.String
        ),
    ).sort("question_id")  # fmt: skip


def workers(connection: Connection, live: Live) -> pl.DataFrame:
    """Give who worked: ``worker`` (pseudonym), ``provider``, ``standing``."""
    kinds = {"worker": pl.String, "provider": pl.String, "standing": pl.String}
    return _frame(connection, live, WORKERS, kinds)


def decisions(connection: Connection, live: Live) -> pl.DataFrame:
    """Give every decision there was, in order, with the votes that it rests on as JSON."""
    kinds = {
        "question_id": pl.String, "emotion": pl.String, "policy": pl.String, "verdict": pl.Int64,
        "posterior": pl.Float64, "at": pl.Int64, "counted": pl.String,
    }  # fmt: skip
    return _frame(connection, live, DECISIONS, kinds).with_columns(
        pl.col("at").cast(TIME),
        pl.col("verdict").replace_strict(WORDS, default="undecided", return_dtype=pl.String),
    )


def _frame(
    connection: Connection, live: Live, statement: str, kinds: dict[str, Any]
) -> pl.DataFrame:
    rows = connection.execute(text(statement), {"campaign": live.number}).all()
    columns = zip(*rows, strict=True) if rows else ([] for _ in kinds)
    return pl.DataFrame(
        [pl.Series(name, one, kinds[name]) for name, one in zip(kinds, columns, strict=True)]
    )


def _policy(live: Live, most: int | None) -> str:
    return canonical(with_most(live.policy, most).identity()).decode()
