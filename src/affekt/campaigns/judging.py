"""What is known of the workers of a campaign, and what a person should look at."""

from typing import NamedTuple

import polars as pl

from affekt.campaign import frames
from affekt.campaign.live import Live
from affekt.quality import Proposal, checked, findings, propose


class Judged(NamedTuple):
    """The evidence and what follows from it."""

    workers: pl.DataFrame  # `affekt.quality.WORKERS`
    proposals: tuple[Proposal, ...]


def judge(live: Live) -> Judged:
    """Give evidence about every worker, and proposals; nothing is changed by it (C29, C30)."""
    with frames.moment(live) as connection:
        events = frames.events(connection, live)
    found = findings(checked(events))
    return Judged(found.workers, tuple(propose(found)))
