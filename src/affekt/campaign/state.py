"""Whether a campaign gives pictures out: open, paused, closing, closed, archived; all on record."""

from sqlalchemy import Connection, text

from affekt.campaign import audit
from affekt.campaign.ledger import check_cap
from affekt.campaign.live import Live
from affekt.campaign.places import with_most
from affekt.errors import Refused, UsageError
from affekt.journal.settling import Settled, settle

STATE = "SELECT state FROM campaigns WHERE id = :campaign"
SET = text("UPDATE campaigns SET state = :state WHERE id = :campaign")
BEGUN = text("SELECT count(*) FROM assignments WHERE campaign = :campaign AND state = 'started'")
OPEN_ITEMS = text(
    """SELECT id, emotion, votes, yes, no, log_odds, most FROM items
    WHERE campaign = :campaign AND gold IS NULL AND state IN ('waiting', 'active')
    ORDER BY id LIMIT :n"""
)
OPEN_ONES = "SELECT id FROM campaigns WHERE state = 'open' ORDER BY id"
AT_ONCE = 2000  # items decided in one transaction, so that nobody waits long behind it
MOVES = {
    "paused": ("open",),
    "open": ("draft", "paused", "closing"),
    "closing": ("open", "paused"),
    "archived": ("closed",),
}


def state_of(live: Live) -> str:
    """Give the state of a campaign: draft, open, paused, closing, closed or archived."""
    with live.database.read() as connection:
        return str(connection.execute(text(STATE), {"campaign": live.number}).scalar_one())


def pause(live: Live, *, why: str, actor: str) -> str:
    """Give nothing new out; batches that were begun may be handed in. Give the state."""
    return _move(live, "paused", why, actor)


def pause_everything(live: Live, *, why: str, actor: str) -> int:
    """Pause every open campaign of the database, and give how many there were."""
    return live.database.write(lambda to: _pause_everything(to, live, why, actor))


def resume(live: Live, *, why: str, actor: str) -> str:
    """Give pictures out, at first, after a pause or before everything is closed. Give the state.

    Raises:
        NotTaken: ``cap`` where the campaign could not pay one batch more.
    """
    return _move(live, "open", why, actor)


def close(live: Live, *, why: str, actor: str) -> str:
    """Give nothing out any more, and decide what is left once the last batch has ended.

    Until then the campaign is *closing*; `finish_closing` ends that. What the votes do not settle
    is undecided.
    """
    state = state_of(live)
    if state in ("closed", "archived"):
        return state
    if state != "closing":
        _move(live, "closing", why, actor)
    return finish_closing(live)


def archive(live: Live, *, why: str, actor: str) -> str:
    """Set a closed campaign aside. Give the state."""
    return _move(live, "archived", why, actor)


def finish_closing(live: Live) -> str:
    """Close a campaign that is closing and has no batch begun; else change nothing. Give the state.

    May be stopped and called again at any point.
    """
    while (state := live.database.write(lambda to: _close_some(to, live))) == "settling":
        pass
    return state


def _move(live: Live, state: str, why: str, actor: str) -> str:
    if not why.strip():
        raise UsageError("say why, in a few words; the reason is kept beside the change")
    return live.database.write(lambda to: _set(to, live, state, why, actor))


def _set(to: Connection, live: Live, state: str, why: str, actor: str) -> str:
    before = _locked(to, live)
    if before == state:
        return state
    if before not in MOVES[state]:
        raise Refused(f"the campaign is {before} and cannot become {state}")
    if state == "open":
        check_cap(to, live, live.asking.pay.per_batch)
    to.execute(SET, {"campaign": live.number, "state": state})
    changes = ({"state": before}, {"state": state})
    audit.note(to, live, actor, f"set {state}", f"campaign {live.number}", why, *changes)
    return state


def _pause_everything(to: Connection, live: Live, why: str, actor: str) -> int:
    ids = [int(row[0]) for row in to.execute(text(OPEN_ONES))]
    for number in ids:
        to.execute(SET, {"campaign": number, "state": "paused"})
        changes = ({"state": "open"}, {"state": "paused"})
        audit.note(to, live, actor, "set paused", f"campaign {number}", why, *changes)
    return len(ids)


def _close_some(to: Connection, live: Live) -> str:
    state = _locked(to, live)
    names = {"campaign": live.number, "n": AT_ONCE}
    if state != "closing" or to.execute(BEGUN, names).scalar_one():
        return state
    rows = to.execute(OPEN_ITEMS, names).all()
    for most in {row.most for row in rows}:
        same = [Settled(*row[:6]) for row in rows if row.most == most]
        settle(to, with_most(live.policy, most), same)
    if len(rows) == AT_ONCE:
        return "settling"
    to.execute(SET, {**names, "state": "closed"})
    audit.note(
        to, live, "affekt", "set closed", f"campaign {live.number}",
        "the last batch has ended", {"state": "closing"}, {"state": "closed"},
    )  # fmt: skip
    return "closed"


def _locked(to: Connection, live: Live) -> str:
    wait = " FOR UPDATE" if to.dialect.name == "postgresql" else ""
    return str(to.execute(text(STATE + wait), {"campaign": live.number}).scalar_one())
