"""What is so of a worker: agreed, passed the test, and the state that follows from both."""

from sqlalchemy import Connection, text

from affekt.campaign.live import Live

STATE = "SELECT state FROM workers WHERE id = :worker"
SET_STATE = text("UPDATE workers SET state = :state WHERE id = :worker AND state <> :state")
AGREED = text(
    """SELECT version, text_sha256 FROM consents
    WHERE campaign = :campaign AND worker = :worker AND withdrawn_at IS NULL
    ORDER BY id DESC LIMIT 1"""
)
WITHDREW = text(
    """SELECT 1 FROM consents WHERE campaign = :campaign AND worker = :worker
    AND withdrawn_at >= :since LIMIT 1"""
)
TRIED = text(
    """SELECT DISTINCT a.state FROM attempts a JOIN tests t ON t.id = a.test
    WHERE t.campaign = :campaign AND a.worker = :worker"""
)
WORKED = text("SELECT 1 FROM assignments WHERE campaign = :campaign AND worker = :worker LIMIT 1")
BY_HAND = ("resting", "suspended", "closed")  # states that no fact changes


def lock_worker(connection: Connection, worker: int) -> str:
    """Give the state of a worker, whom no other server changes until this transaction ends."""
    wait = " FOR NO KEY UPDATE" if connection.dialect.name == "postgresql" else ""
    return str(connection.execute(text(STATE + wait), {"worker": worker}).scalar_one())


def agreed(connection: Connection, live: Live, worker: int) -> tuple[str, str] | None:
    """Give version and hash of the text a worker agreed to last and did not withdraw from."""
    found = connection.execute(AGREED, _names(live, worker)).first()
    return (str(found.version), str(found.text_sha256)) if found else None


def withdrew_since(connection: Connection, live: Live, worker: int, since: int) -> bool:
    """Whether a worker took a consent back at that moment or later, agreed again or not."""
    names = {**_names(live, worker), "since": since}
    return connection.execute(WITHDREW, names).first() is not None


def is_qualified(connection: Connection, live: Live, worker: int) -> bool:
    """Whether a worker passed the test of this campaign, in any version, or it asks for none."""
    return not live.asking.needs_test or "passed" in _tried(connection, live, worker)


def refresh(connection: Connection, live: Live, worker: int) -> str:
    """Set the state of a worker to what is so, unless it was set by hand; give it."""
    state = lock_worker(connection, worker)
    return state if state in BY_HAND else settle_state(connection, live, worker)


def settle_state(connection: Connection, live: Live, worker: int) -> str:
    """Set the state of a worker to what is so, whatever it was before; give it."""
    state = _state(connection, live, worker)
    connection.execute(SET_STATE, {"worker": worker, "state": state})
    return state


def _state(connection: Connection, live: Live, worker: int) -> str:
    if agreed(connection, live, worker) is None:
        return "new"
    tried = _tried(connection, live, worker)
    if is_qualified(connection, live, worker):
        has_worked = connection.execute(WORKED, _names(live, worker)).first() is not None
        return "active" if has_worked else "qualified" if tried else "consented"
    if "started" in tried:
        return "testing"
    return "failed" if tried else "consented"


def _tried(connection: Connection, live: Live, worker: int) -> set[str]:
    return {row[0] for row in connection.execute(TRIED, _names(live, worker))}


def _names(live: Live, worker: int) -> dict[str, int]:
    return {"campaign": live.number, "worker": worker}
