"""Campaigns of any size to measure on: questions, people, and what these have answered before."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import polars as pl
from sqlalchemy import TextClause, text

from affekt.campaign import consent, workers
from affekt.campaign.live import Live, Way, open_campaign
from affekt.campaign.places import open_waiting
from affekt.campaign.settings import Asking, Care
from affekt.journal.votes import Votes
from affekt.policies.curtailed import Curtailed
from affekt.tables import QUESTIONS, VOTES
from affekt.taxonomy import MIKELS8
from tests.servers import postgres

EMOTIONS = MIKELS8.names
NAME = "measured"
ASKING = Asking(needs_test=False, gold_rate=0, care=Care(per_day=10_000_000))
# One voted place beside those that the policy opened, as if the worker's batches were long over.
MET = text(
    """INSERT INTO slots (campaign, item, number, rank, emotion, apart, opened, state, worker)
    SELECT campaign, id, 100 + :worker, 0, emotion, apart, 0, 'voted', :worker
    FROM items WHERE campaign = :campaign AND id % 100 < :percent"""
)


@contextmanager
def places() -> Iterator[dict[str, Path | str]]:
    """Give name → where a database may be made: a file, and a server that keeps what it answers."""
    with TemporaryDirectory() as folder:
        found: dict[str, Path | str] = {"SQLite": Path(folder) / "votes.db"}
        where = postgres.programs()
        if where is None:
            yield found
            return
        with postgres.running(where, fsync=True) as server, server.database() as url:
            yield found | {"PostgreSQL": url}


def questions(n: int) -> pl.DataFrame:
    """Give so many questions, each on a picture of its own, on all emotions in turn."""
    numbers = pl.int_range(n, eager=True)
    emotion = [EMOTIONS[at % len(EMOTIONS)] for at in range(n)]
    names = pl.DataFrame({"question_id": numbers.cast(pl.String).str.pad_start(32, "0")})
    rows = names.with_columns(
        image_id=pl.lit("i") + pl.col("question_id"),
        emotion=pl.Series(emotion),
        role=pl.lit("task"),
        **{name: pl.lit(None) for name in ("group_id", "truth", "source", "source_id")},
    )
    return QUESTIONS.conform(rows, "benchmark")


def answers(asked: pl.DataFrame, each: int, n_workers: int = 225) -> pl.DataFrame:
    """Give ``each`` votes by different workers on every question, seven of ten YES."""
    chance = np.random.default_rng(1)
    first = chance.integers(n_workers, size=asked.height)
    worker = (first[:, None] + np.arange(each) * 7) % n_workers
    rows = {
        "question_id": asked["question_id"].to_numpy().repeat(each),
        "worker": [f"w{one:06}" for one in worker.ravel()],
        "emotion": asked["emotion"].to_numpy().repeat(each),
        "felt": chance.random(asked.height * each) < 0.7,
        "seconds": chance.gamma(4, 1, asked.height * each),
    }
    return VOTES.conform(pl.DataFrame(rows), "benchmark")


@contextmanager
def campaign(place: Path | str, n: int) -> Iterator[Live]:
    """Give an open campaign of so many questions, all places open."""
    with Votes(place, NAME, policy=Curtailed()) as journal:
        journal.ask(questions(n))
    live = open_campaign(place, Way(NAME, Curtailed(), ASKING, EMOTIONS, seed=1))
    with closing(live.database):
        open_waiting(live)
        yield live


class Person(NamedTuple):
    """A worker, and the secret of the personal link."""

    id: int
    secret: str


def _run(live: Live, statement: TextClause, names: dict[str, int]) -> None:
    live.database.write(lambda to: to.execute(statement, names) and None)


def people(live: Live, n: int, percent_met: int = 0) -> list[Person]:
    """Give so many workers who agreed, look at everything, and have met a share of all pictures."""
    words = consent.text_of(live)
    found = []
    for one in workers.invite(live, n):
        worker = workers.by_secret(live, one.secret).id
        consent.agree(live, worker, words.version, words.sha256)
        workers.set_preference(live, worker, "opted_in", EMOTIONS)
        names = {"campaign": live.number, "worker": worker, "percent": percent_met}
        _run(live, MET, names)
        found.append(Person(worker, one.secret))
    if not live.database.is_sqlite:
        _run(live, text("ANALYZE"), {})
    return found
