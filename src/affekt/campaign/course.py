"""The course of a campaign: draft → open ⇄ paused → closing → closed → archived."""

from sqlalchemy import Connection, text

from affekt.campaign.audit import note
from affekt.campaign.ledger import check_cap
from affekt.campaign.live import Live
from affekt.errors import NotTaken

FROM = {
    "open": ("draft", "paused"),
    "paused": ("open",),
    "closing": ("open", "paused"),
    "closed": ("closing",),
    "archived": ("closed",),
}
STATE = "SELECT state FROM campaigns WHERE id = :campaign"
SET = text("UPDATE campaigns SET state = :state WHERE id = :campaign")
OPEN_ONES = "SELECT id FROM campaigns WHERE state = 'open' ORDER BY id"
RUNNING = text("SELECT 1 FROM assignments WHERE campaign = :campaign AND state = 'started' LIMIT 1")


def state_of(live: Live) -> str:
    """Give the state of the campaign."""
    with live.database.read() as connection:
        return str(connection.execute(text(STATE), {"campaign": live.number}).scalar_one())


def publish(live: Live, actor: str, why: str = "") -> None:
    """Open a draft: pictures are given out from here on.

    Raises:
        NotTaken: ``state`` where it is no draft, ``cap`` where it could not pay one batch.
    """
    live.database.write(lambda to: _open(to, live, actor, why, "draft"))


def resume(live: Live, actor: str, why: str = "") -> None:
    """Open a campaign that is paused; see `publish`."""
    live.database.write(lambda to: _open(to, live, actor, why, "paused"))


def pause(live: Live, actor: str, why: str = "") -> None:
    """Give no pictures out until `resume`; batches that were begun may end.

    Raises:
        NotTaken: ``state`` where it is not open.
    """
    live.database.write(lambda to: move(to, live, actor, "paused", why))


def pause_everything(live: Live, actor: str, why: str = "") -> int:
    """Pause every open campaign of the database, and give how many there were."""
    return live.database.write(lambda to: _pause_everything(to, live, actor, why))


def close(live: Live, actor: str, why: str = "") -> str:
    """Give no pictures out any more; give ``closed``, or ``closing`` while batches are under way.

    Again it changes nothing, or closes when the last of them has ended.

    Raises:
        NotTaken: ``state`` for a draft and for what is archived.
    """
    return live.database.write(lambda to: _close(to, live, actor, why))


def archive(live: Live, actor: str, why: str = "") -> None:
    """Set a closed campaign aside.

    Raises:
        NotTaken: ``state`` where it is not closed.
    """
    live.database.write(lambda to: move(to, live, actor, "archived", why))


def move(to: Connection, live: Live, actor: str, state: str, why: str) -> None:
    """Change the state inside a transaction, where that is a step of the course."""
    before = _locked(to, live.number)
    if before not in FROM[state]:
        raise NotTaken(
            "state",
            f"the campaign is {before}; only what is {' or '.join(FROM[state])} can be {state}",
        )
    _set(to, live, live.number, actor, (before, state, why))


def _open(to: Connection, live: Live, actor: str, why: str, before: str) -> None:
    if (state := _locked(to, live.number)) != before:
        raise NotTaken("state", f"the campaign is {state}; it must be {before} for that")
    check_cap(to, live, live.asking.pay.per_batch)
    move(to, live, actor, "open", why)


def _pause_everything(to: Connection, live: Live, actor: str, why: str) -> int:
    ids = [int(row[0]) for row in to.execute(text(OPEN_ONES))]
    for number in ids:
        if _locked(to, number) == "open":
            _set(to, live, number, actor, ("open", "paused", why))
    return len(ids)


def _close(to: Connection, live: Live, actor: str, why: str) -> str:
    state = _locked(to, live.number)
    if state == "closed":
        return state
    if state != "closing":
        move(to, live, actor, "closing", why)
    if to.execute(RUNNING, {"campaign": live.number}).first() is not None:
        return "closing"
    move(to, live, actor, "closed", why)
    return "closed"


def _locked(to: Connection, number: int) -> str:
    wait = " FOR UPDATE" if to.dialect.name == "postgresql" else ""
    return str(to.execute(text(STATE + wait), {"campaign": number}).scalar_one())


def _set(to: Connection, live: Live, number: int, actor: str, step: tuple[str, str, str]) -> None:
    before, after, why = step
    to.execute(SET, {"campaign": number, "state": after})
    states = ({"state": before}, {"state": after})
    note(to, live, actor, f"set campaign {after}", f"campaign {number}", why, *states)
