"""What a researcher watches: the campaign in numbers, one question, one worker, all that was done.

It only reads. A worker is known by a pseudonym here and nowhere by more (I13).
"""

from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl
from sqlalchemy import Connection, text

from affekt.campaign import frames
from affekt.campaign.audit import plain
from affekt.campaign.ledger import Totals, totals_of
from affekt.campaign.live import Live
from affekt.campaign.retention import Retention, retention
from affekt.campaign.workers import Standing, by_pseudonym, standing
from affekt.errors import NotTaken
from affekt.journal.clock import MICROSECONDS
from affekt.journal.rates import Rates, rates_of
from affekt.simulation.items import SUBMITTED_KEPT

MINUTE = 60 * MICROSECONDS
WINDOW = 10  # minutes over which votes are counted
ACTIVE = 30 * MINUTE  # since the last answer of a worker who is called active
EMOTIONS = text(
    """SELECT emotion, count(*) AS n_questions,
        sum(CASE WHEN state = 'decided' THEN 1 ELSE 0 END) AS decided,
        sum(CASE WHEN state = 'decided' AND verdict = 1 THEN 1 ELSE 0 END) AS kept,
        sum(CASE WHEN state = 'decided' AND verdict = -1 THEN 1 ELSE 0 END) AS undecided,
        sum(CASE WHEN state = 'withdrawn' THEN 1 ELSE 0 END) AS withdrawn,
        sum(votes) AS votes
    FROM items WHERE campaign = :campaign AND gold IS NULL GROUP BY emotion"""
)
COUNTS = text(
    """SELECT
        (SELECT state FROM campaigns WHERE id = :campaign) AS state,
        (SELECT count(*) FROM votes v WHERE v.campaign = :campaign AND v.state = 'counted')
            AS counted,
        (SELECT count(*) FROM votes v WHERE v.campaign = :campaign AND v.at > :since) AS recent,
        (SELECT count(DISTINCT v.worker) FROM votes v WHERE v.campaign = :campaign
            AND v.at > :active) AS workers,
        (SELECT count(*) FROM slots s WHERE s.campaign = :campaign AND s.state = 'leased')
            AS leases,
        (SELECT count(*) FROM slots s WHERE s.campaign = :campaign AND s.state = 'open') AS places,
        (SELECT count(*) FROM assignments a WHERE a.campaign = :campaign AND a.state = 'started')
            AS batches,
        (SELECT count(*) FROM attempts a JOIN tests t ON t.id = a.test
            WHERE t.campaign = :campaign AND a.state <> 'started') AS tested,
        (SELECT count(*) FROM attempts a JOIN tests t ON t.id = a.test
            WHERE t.campaign = :campaign AND a.state = 'passed') AS passed,
        (SELECT count(*) FROM messages m WHERE m.campaign = :campaign
            AND m.direction = 'from worker' AND NOT m.is_read) AS letters"""
)
ITEM = text(
    """SELECT id, question_id, image_id, emotion, state, verdict, votes, yes, no, log_odds, skips,
        most, gold FROM items WHERE campaign = :campaign AND question_id = :name"""
)
TIMELINE = text(
    """SELECT v.seq, w.pseudonym AS worker, v.emotion, v.felt, v.seconds, v.state, v.weight, v.at
    FROM votes v JOIN workers w ON w.id = v.worker WHERE v.item = :item ORDER BY v.seq"""
)
BATCHES = text(
    """SELECT a.id, a.state, a.started_at, a.submitted_at, a.size,
        (SELECT count(DISTINCT v.item) FROM votes v WHERE v.assignment = a.id) AS answered
    FROM assignments a WHERE a.campaign = :campaign AND a.worker = :worker ORDER BY a.id"""
)


class Progress(NamedTuple):
    """How far the questions on one emotion are; shares are of what is decided, 0–1."""

    emotion: str
    n_questions: int
    decided: int
    kept: int
    undecided: int
    withdrawn: int
    votes: int
    kept_share: float | None  # None: nothing is decided yet
    paper_share: float | None  # what the paper kept of its questions; None: it has none on this


class Board(NamedTuple):
    """The campaign in numbers."""

    state: str
    votes: int  # that count
    votes_per_minute: float  # over the last ten minutes
    active_workers: int  # who answered in the last half hour
    open_batches: int
    open_leases: int
    open_places: int
    tested: int
    passed: int
    unread: int  # messages of workers
    money: Totals
    cap: Decimal | None
    retention: Retention
    emotions: tuple[Progress, ...]  # in the order of the campaign


class Vote(NamedTuple):
    """One vote in the timeline of a question."""

    seq: int
    worker: str
    emotion: str
    felt: bool
    seconds: float | None
    state: str
    weight: float
    at: int  # microseconds since 1970, UTC


class Item(NamedTuple):
    """One question with all that was said about it."""

    question_id: str
    image_id: str
    emotion: str
    state: str
    verdict: int | None
    votes: int
    yes: int
    no: int
    log_odds: float
    skips: int
    most: int  # votes that it may have
    gold: bool | None  # the known answer; None where nobody knows
    timeline: tuple[Vote, ...]


class Batch(NamedTuple):
    """One batch of a worker."""

    id: int
    state: str
    started_at: int
    submitted_at: int | None
    size: int
    answered: int


class Worker(NamedTuple):
    """One worker's page."""

    pseudonym: str
    standing: Standing
    rates: Rates
    batches: tuple[Batch, ...]


def board(live: Live) -> Board:
    """Give the campaign in numbers, all of one moment."""
    now = live.now()
    names = {"campaign": live.number, "since": now - WINDOW * MINUTE, "active": now - ACTIVE}
    with frames.moment(live) as connection:
        counts = connection.execute(COUNTS, names).one()
        return Board(
            state=counts.state,
            votes=int(counts.counted),
            votes_per_minute=int(counts.recent) / WINDOW,
            active_workers=int(counts.workers),
            open_batches=int(counts.batches),
            open_leases=int(counts.leases),
            open_places=int(counts.places),
            tested=int(counts.tested),
            passed=int(counts.passed),
            unread=int(counts.letters),
            money=totals_of(connection, live),
            cap=live.asking.pay.cap,
            retention=retention(connection, live),
            emotions=_progress(connection, live),
        )


def item(live: Live, question_id: str) -> Item:
    """Give one question with its votes, oldest first.

    Raises:
        NotTaken: ``unknown``.
    """
    with live.database.read() as connection:
        names = {"campaign": live.number, "name": plain(question_id)}
        found = connection.execute(ITEM, names).first()
        if found is None:
            raise NotTaken("unknown", f"there is no question {question_id!r}")
        timeline = tuple(
            Vote(**{**row._mapping, "felt": bool(row.felt)})
            for row in connection.execute(TIMELINE, {"item": found.id})
        )
    most = live.policy.most() if found.most is None else found.most
    gold = None if found.gold is None else bool(found.gold)
    told = {**found._mapping, "most": most, "gold": gold, "timeline": timeline}
    return Item(**{name: told[name] for name in Item._fields})


def worker(live: Live, pseudonym: str) -> Worker:
    """Give one worker's page.

    Raises:
        NotTaken: ``unknown``.
    """
    person = by_pseudonym(live, pseudonym)
    names = {"campaign": live.number, "worker": person.id}
    with live.database.read() as connection:
        batches = tuple(Batch(*row) for row in connection.execute(BATCHES, names))
        rates = rates_of(connection, live.number, person.id)
    return Worker(person.pseudonym, standing(live, person.id), rates, batches)


def events(live: Live) -> pl.DataFrame:
    """Give what workers did, one row a vote, a skip or a broken picture.

    The columns are those of `affekt.quality.EVENTS`.
    """
    with frames.moment(live) as connection:
        return frames.events(connection, live).drop("policy", "was_covered")


def _progress(connection: Connection, live: Live) -> tuple[Progress, ...]:
    found = {row.emotion: row for row in connection.execute(EMOTIONS, {"campaign": live.number})}
    names = [*live.emotions, *sorted(set(found) - set(live.emotions))]
    return tuple(_of_emotion(name, found[name]) for name in names if name in found)


def _of_emotion(name: str, row: Any) -> Progress:
    decided, kept, paper = int(row.decided), int(row.kept), SUBMITTED_KEPT.get(name)
    return Progress(
        name,
        int(row.n_questions),
        decided,
        kept,
        int(row.undecided),
        int(row.withdrawn),
        int(row.votes),
        kept_share=kept / decided if decided else None,
        paper_share=paper[1] / paper[0] if paper else None,
    )
