"""How a campaign stands, in numbers."""

from typing import NamedTuple

import polars as pl
from sqlalchemy import Connection, text

from affekt.campaign import frames
from affekt.campaign.ledger import Totals, totals_of
from affekt.campaign.live import Live
from affekt.campaign.state import STATE

VOTES = text("SELECT state, count(*) FROM votes WHERE campaign = :campaign GROUP BY state")
LEASES = text("SELECT count(*) FROM slots WHERE campaign = :campaign AND state = 'leased'")
BATCHES = text("SELECT count(*) FROM assignments WHERE campaign = :campaign AND state = 'started'")
DECISIONS = ("keep", "drop", "undecided", "withdrawn")


class Status(NamedTuple):
    """The numbers of one moment."""

    state: str
    votes: dict[str, int]  # by state, those on gold among them
    emotions: pl.DataFrame  # emotion, questions, votes, keep, drop, undecided, withdrawn, open
    leases: int  # pictures that somebody holds
    batches: int  # begun and not handed in
    workers: int
    money: Totals


def status(live: Live) -> Status:
    """Give how a campaign stands; gold is in no number of an emotion (I8)."""
    names = {"campaign": live.number}
    with frames.moment(live) as connection:
        return Status(
            state=str(connection.execute(text(STATE), names).scalar_one()),
            votes={row[0]: int(row[1]) for row in connection.execute(VOTES, names)},
            emotions=_emotions(connection, live),
            leases=int(connection.execute(LEASES, names).scalar_one()),
            batches=int(connection.execute(BATCHES, names).scalar_one()),
            workers=frames.workers(connection, live).height,
            money=totals_of(connection, live),
        )


def _emotions(connection: Connection, live: Live) -> pl.DataFrame:
    asked = frames.items(connection, live).filter(~pl.col("is_gold"))
    decision = pl.col("decision")
    found = asked.group_by("emotion").agg(
        questions=pl.len(),
        votes=pl.col("votes").sum(),
        **{word: (decision == word).sum() for word in DECISIONS},
        open=(~decision.is_in(DECISIONS)).sum(),
    )
    order = pl.Enum(live.emotions)
    return found.sort(pl.col("emotion").cast(order)) if found.height else found
