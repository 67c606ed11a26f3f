"""Ends what nobody goes on with: expired leases keep their finished votes and free the rest."""

from sqlalchemy import Connection, text

from affekt.campaign.live import Live
from affekt.campaign.state import finish_closing
from affekt.campaign.submit import end_assignment

EXPIRED = text(
    """SELECT id, worker, state, size, token FROM assignments
    WHERE campaign = :campaign AND state = 'started' AND until < :now ORDER BY until LIMIT 1"""
)
AT_ONCE = 10_000  # a bound for one sweep; the next one goes on


def sweep(live: Live) -> int:
    """End every batch whose time is over, each in a transaction of its own; give how many.

    A campaign that is closing is closed behind the last one.
    """
    done = 0
    while done < AT_ONCE and live.database.write(lambda to: _end_one(to, live)):
        done += 1
    finish_closing(live)
    return done


def _end_one(to: Connection, live: Live) -> bool:
    found = to.execute(EXPIRED, {"campaign": live.number, "now": live.now()}).first()
    if found is not None:
        end_assignment(to, live, found, "expired")
    return found is not None
