"""An open campaign: its place in the database, its policy, how it asks, and the clock."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import text

from affekt.campaign.settings import Asking
from affekt.errors import NotTaken
from affekt.journal.clock import CLOCK, Clock
from affekt.journal.database import Database
from affekt.journal.votes import Votes
from affekt.policies import Policy

LATEST = """SELECT max(moment) FROM (
    SELECT max(at) AS moment FROM votes UNION ALL SELECT max(at) FROM audit
    UNION ALL SELECT max(started_at) FROM assignments
    UNION ALL SELECT max(started_at) FROM attempts UNION ALL SELECT max(at) FROM payments) times"""


@dataclass(frozen=True)
class Live:
    """What every verb of a campaign needs.

    Attributes:
        database: Where it is kept.
        number: Row of the campaign.
        policy: When a question has been answered enough.
        asking: How people are asked.
        seed: Of the random orders that nobody may foresee or has to repeat.
        emotions: All emotions that can be named, in order.
        clock: The server's time.
        noted: Ids of pictures with a content note, which are covered first in any campaign. They
            are no part of what a campaign is: other tags change no question.
    """

    database: Database
    number: int
    policy: Policy
    asking: Asking
    emotions: tuple[str, ...]
    seed: int = 0
    clock: Clock = field(default=CLOCK)
    noted: frozenset[str] = frozenset()

    def now(self) -> int:
        """Give the server's time, microseconds since 1970, UTC; never turned back."""
        return self.clock.now()


class Way(NamedTuple):
    """One way of asking: what names a campaign, and what it does."""

    name: str
    policy: Policy
    asking: Asking
    emotions: tuple[str, ...]
    seed: int


def open_campaign(place: Path | str, way: Way, *, clock: Clock = CLOCK) -> Live:
    """Give the campaign of a database; it is made where nobody has asked anything yet.

    The clock is set no earlier than anything the database knows of (I12).

    Raises:
        MachineError: The database cannot be used.
        Refused: A newer affekt made it.
    """
    journal = Votes(place, way.name, policy=way.policy)
    with journal.database.read() as connection:
        clock.not_before(int(connection.execute(text(LATEST)).scalar() or 0))
    return Live(
        journal.database, journal.number, way.policy, way.asking, way.emotions, way.seed, clock
    )


def check_open(state: str) -> None:
    """Refuse a new lease where the campaign hands none out.

    Raises:
        NotTaken: It is not open.
    """
    if state != "open":
        raise NotTaken("paused", f"the campaign is {state}; no pictures are given out")
