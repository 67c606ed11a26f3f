"""Brings a table of votes into a campaign: who comes first takes the place."""

from typing import NamedTuple

import polars as pl
from sqlalchemy import Boolean, Column, Connection, Float, Integer, MetaData, Table, Text, text

from affekt.journal.clock import now
from affekt.journal.rates import rates_of
from affekt.policies import Policy

INCOMING = Table(
    "incoming",
    MetaData(),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("question_id", Text),
    Column("worker", Text),
    Column("emotion", Text),
    Column("felt", Boolean),
    Column("seconds", Float),
    prefixes=["TEMPORARY"],
)
PLACES = Table(
    "places",
    MetaData(),
    Column("item", Integer, primary_key=True, autoincrement=False),
    Column("worker", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer),
    prefixes=["TEMPORARY"],
)
STRANGER = """SELECT i.question_id FROM incoming i WHERE NOT EXISTS (
        SELECT 1 FROM items q WHERE q.campaign = :campaign AND q.question_id = i.question_id)
    ORDER BY i.position LIMIT 1"""
GREET = """INSERT INTO workers (pseudonym, provider, state, settings, made_at)
    SELECT worker, 'file', 'active', '{}', :now FROM incoming GROUP BY worker ORDER BY min(position)
    ON CONFLICT DO NOTHING"""
# Two servers must not count the same places.
LOCK = """SELECT q.id FROM items q WHERE q.campaign = :campaign
    AND q.question_id IN (SELECT question_id FROM incoming) ORDER BY q.id FOR NO KEY UPDATE"""
# Place 0 is a worker who has answered this item before: a repeated vote takes nobody's place.
GIVE_PLACES = """INSERT INTO places (item, worker, place)
    SELECT item, worker, CASE WHEN is_known THEN 0 ELSE
        had + row_number() OVER (PARTITION BY item, is_known ORDER BY first) END
    FROM (
        SELECT q.id AS item, w.id AS worker, min(i.position) AS first,
            EXISTS (SELECT 1 FROM votes v WHERE v.item = q.id AND v.worker = w.id) AS is_known,
            q.votes + (SELECT count(*) FROM slots s WHERE s.item = q.id AND s.state = 'leased')
                AS had
        FROM incoming i
        JOIN items q ON q.campaign = :campaign AND q.question_id = i.question_id
        JOIN workers w ON w.pseudonym = i.worker
        WHERE q.state NOT IN ('decided', 'withdrawn')
        GROUP BY q.id, w.id, q.votes) came"""
STORE = """INSERT INTO votes (campaign, item, worker, emotion, felt, seconds, state, weight, at)
    SELECT :campaign, q.id, w.id, i.emotion, i.felt, i.seconds, 'counted', 0, :now
    FROM incoming i
    JOIN items q ON q.campaign = :campaign AND q.question_id = i.question_id
    JOIN workers w ON w.pseudonym = i.worker
    JOIN places p ON p.item = q.id AND p.worker = w.id
    WHERE p.place <= COALESCE(q.most, :most) ORDER BY i.position
    ON CONFLICT (item, worker, emotion) DO NOTHING"""
COUNT = """UPDATE items SET state = 'active',
        votes = (SELECT count(DISTINCT v.worker) FROM votes v
            WHERE v.item = items.id AND v.state = 'counted'),
        yes = (SELECT count(*) FROM votes v
            WHERE v.item = items.id AND v.state = 'counted' AND v.emotion = items.emotion
                AND v.felt),
        no = (SELECT count(*) FROM votes v
            WHERE v.item = items.id AND v.state = 'counted' AND v.emotion = items.emotion
                AND NOT v.felt)
    WHERE id IN (SELECT DISTINCT item FROM places)"""
REFUSED = """SELECT count(*) FROM incoming i
    JOIN items q ON q.campaign = :campaign AND q.question_id = i.question_id
    JOIN workers w ON w.pseudonym = i.worker
    WHERE NOT EXISTS (SELECT 1 FROM votes v WHERE v.item = q.id AND v.worker = w.id
        AND v.emotion = i.emotion AND v.felt = i.felt)"""
UNWEIGHED = """SELECT v.seq, v.item, v.worker, v.felt FROM votes v JOIN items i ON i.id = v.item
    WHERE v.item IN (SELECT item FROM places) AND v.seq > :last AND v.emotion = i.emotion
    ORDER BY v.seq"""
WEIGH = text("UPDATE votes SET weight = :weight WHERE seq = :seq")
LEAN = text("UPDATE items SET log_odds = log_odds + :weight WHERE id = :item")
AT_ONCE = 50_000  # rows of what came that are in memory as Python objects


class Came(NamedTuple):
    """What became of a table of votes."""

    new: int
    refused: int
    stranger: str | None = None  # a question that nobody asked; then nothing was stored


def bring_in(to: Connection, campaign: int, policy: Policy, votes: pl.DataFrame) -> Came:
    """Store the votes that are new and have a place; see `affekt.journal.votes.Votes.record`."""
    names = {"campaign": campaign, "most": policy.most(), "now": now()}
    for table in (INCOMING, PLACES):
        table.create(to, checkfirst=True)
        to.execute(table.delete())
    if votes.is_empty():
        return Came(0, 0)
    _lay_out(to, votes.with_row_index("position").select(INCOMING.columns.keys()))
    stranger = to.execute(text(STRANGER), names).scalar()
    if stranger is not None:
        return Came(0, 0, str(stranger))
    to.execute(text(GREET), names)
    if to.dialect.name == "postgresql":
        to.execute(text(LOCK), names)
    to.execute(text(GIVE_PLACES), names)
    last = int(to.execute(text("SELECT COALESCE(max(seq), 0) FROM votes")).scalar_one())
    new = to.execute(text(STORE), names).rowcount
    to.execute(text(COUNT))
    _weigh(to, campaign, policy, last)
    return Came(new, int(to.execute(text(REFUSED), names).scalar_one()))


def _lay_out(to: Connection, rows: pl.DataFrame) -> None:
    """Fill the table of what came, by the quickest way that a database has."""
    names = ", ".join(rows.columns)
    if to.dialect.name == "postgresql":
        cursor = to.connection.cursor()
        with cursor.copy(f"COPY incoming ({names}) FROM STDIN") as copy:
            for row in rows.iter_rows():
                copy.write_row(row)
        return
    marks = ", ".join("?" * rows.width)
    for some in rows.iter_slices(AT_ONCE):
        to.exec_driver_sql(f"INSERT INTO incoming ({names}) VALUES ({marks})", some.rows())  # noqa: S608


def _weigh(to: Connection, campaign: int, policy: Policy, last: int) -> None:
    """Let the new votes lean the log-odds of their items, by what is known of their workers."""
    if policy.weight(True, 0.8, 0.8) == 0:
        return
    found = to.execute(text(UNWEIGHED), {"last": last}).all()
    known = {worker: rates_of(to, campaign, worker) for worker in {row.worker for row in found}}
    rows = [
        {
            "seq": row.seq,
            "item": row.item,
            "weight": policy.weight(bool(row.felt), *known[row.worker]),
        }
        for row in found
    ]
    if rows:
        to.execute(WEIGH, rows)
        to.execute(LEAN, rows)
