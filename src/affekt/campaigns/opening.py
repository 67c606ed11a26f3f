"""Finds the campaign of a plan: which database, which way of asking."""

from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from affekt.campaign.live import Live, Way, open_campaign
from affekt.campaign.settings import Asking
from affekt.crowd import Crowd
from affekt.errors import UsageError
from affekt.journal.database import Database
from affekt.journal.votes import FILE, FIND
from affekt.plan import Plan
from affekt.stages.verify import Verify


def live_of(plan: Plan) -> Live:
    """Open the campaign that a plan asks; close its ``database`` when done.

    Raises:
        UsageError: The plan asks nobody, or nobody has been asked yet.
        MachineError: The database cannot be used.
        Refused: A newer affekt made it.
    """
    verify = _verify(plan)
    place, name = place_of(plan), verify.campaign()
    if not _is_there(place, name):
        raise UsageError(
            f"{plan.path}: nobody has been asked anything yet in this way; run `affekt build` "
            "first, which puts the questions"
        )
    seed = getattr(verify.crowd, "seed", plan.seed)
    way = Way(name, verify.until, asking_of(verify.crowd), plan.taxonomy.names, seed)
    return open_campaign(place, way)


def place_of(plan: Plan) -> Path | str:
    """Give where the campaigns of a plan are kept: a file, or the address of a server's database.

    Raises:
        UsageError: The plan asks nobody.
    """
    return _verify(plan).database or plan.project / "journal" / FILE


def asking_of(crowd: Crowd) -> Asking:
    """Give how a crowd asks people; the defaults where it says nothing about that."""
    own = getattr(crowd, "asking", None)
    return own if isinstance(own, Asking) else Asking()


def _verify(plan: Plan) -> Verify:
    if plan.build is None:
        raise UsageError(f"{plan.path}: has no build line, so nothing is asked of a crowd")
    return plan.build.verify


def _is_there(place: Path | str, name: str) -> bool:
    if isinstance(place, Path) and not place.exists():
        return False
    with closing(Database(place)) as database, database.read() as connection:
        return connection.execute(text(FIND), {"name": name}).first() is not None
