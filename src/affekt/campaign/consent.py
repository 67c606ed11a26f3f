"""Who agreed to what, and what becomes of the answers of somebody who takes it back (C57)."""

from sqlalchemy import Connection, text

from affekt.campaign import facts
from affekt.campaign.audit import note
from affekt.campaign.live import Live
from affekt.campaign.recount import set_aside
from affekt.campaign.submit import end_assignment
from affekt.campaign.wording import Consent, is_current, set_text, signatures, text_of
from affekt.errors import NotTaken

__all__ = ["Consent", "agree", "is_current", "set_text", "text_of", "withdraw"]

AGREE = text(
    """INSERT INTO consents (campaign, worker, version, text_sha256, at)
    VALUES (:campaign, :worker, :version, :sha256, :now)"""
)
TAKE_BACK = text(
    """UPDATE consents SET withdrawn_at = :now
    WHERE campaign = :campaign AND worker = :worker AND withdrawn_at IS NULL"""
)
BEGUN = text(
    """SELECT id, worker, state, size, token FROM assignments
    WHERE campaign = :campaign AND worker = :worker AND state = 'started' ORDER BY id"""
)
GIVEN = text(
    """SELECT seq FROM votes WHERE campaign = :campaign AND worker = :worker
    AND state IN ('counted', 'late', 'draft')"""
)
NAME = text("SELECT pseudonym FROM workers WHERE id = :worker")


def agree(live: Live, worker: int, version: str, sha256: str) -> None:
    """Note that a worker agreed to a text that was shown; agreeing again changes nothing.

    Raises:
        NotTaken: ``changed`` where it is not today's text; ``closed`` for somebody who left.
    """
    live.database.write(lambda to: _agree(to, live, worker, (version, sha256)))


def withdraw(live: Live, worker: int, why: str) -> int:
    """Take a worker's consent back and give the number of votes that this excludes.

    They stay out of every later export; pay stays, also for the batch that was begun, which ends.
    What this leaves without a decision is asked of others. Again it changes nothing.
    """
    return live.database.write(lambda to: _withdraw(to, live, worker, why))


def _agree(to: Connection, live: Live, worker: int, signature: tuple[str, str]) -> None:
    if facts.lock_worker(to, worker) == "closed":
        raise NotTaken("closed", "this person has left the study")
    if signature not in signatures(to, live):
        raise NotTaken("changed", "the text has changed since it was shown; read it once more")
    if facts.agreed(to, live, worker) == signature:
        return
    names = {"campaign": live.number, "worker": worker, "now": live.now()}
    to.execute(AGREE, {**names, "version": signature[0], "sha256": signature[1]})
    facts.refresh(to, live, worker)


def _withdraw(to: Connection, live: Live, worker: int, why: str) -> int:
    facts.lock_worker(to, worker)
    names = {"campaign": live.number, "worker": worker, "now": live.now()}
    if not to.execute(TAKE_BACK, names).rowcount:
        return 0
    facts.refresh(to, live, worker)
    seqs = [row[0] for row in to.execute(GIVEN, names)]
    for begun in to.execute(BEGUN, names).all():
        end_assignment(to, live, begun, "returned")
    set_aside(to, live, seqs)
    name = str(to.execute(NAME, names).scalar_one())
    after = {"state": "excluded", "votes": len(seqs)}
    note(to, live, name, "withdraw consent", f"worker {name}", why, {"state": "counted"}, after)
    return len(seqs)
