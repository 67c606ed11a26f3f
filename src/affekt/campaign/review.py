"""What people of the research side decide: each deed has a name, a reason and an audit row (I11).

Nothing here happens by itself (C30), and excluding votes never takes back pay.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from affekt.campaign import facts
from affekt.campaign.audit import note, plain
from affekt.campaign.ledger import check_cap
from affekt.campaign.live import Live
from affekt.campaign.messages import tell
from affekt.campaign.places import lock
from affekt.campaign.recount import judge_again, reopen, set_aside, take_back_in
from affekt.campaign.state import archive, close, pause, pause_everything, resume, state_of
from affekt.errors import NotTaken, UsageError

__all__ = [
    "approve", "archive", "close", "exclude_votes", "override", "pause", "pause_everything",
    "reject", "reopen_item", "restore_votes", "resume", "state_of", "suspend",
    "unsuspend", "withdraw_item",
]  # fmt: skip

OF_WORKER = text(
    """SELECT seq FROM votes WHERE campaign = :campaign AND worker = :worker AND state = :state
    ORDER BY seq"""
)
IN_STATE = text("SELECT 1 FROM votes WHERE campaign = :campaign AND seq = :seq AND state = :state")
NAME = text("SELECT pseudonym FROM workers WHERE id = :worker")
SET_WORKER = text("UPDATE workers SET state = :state WHERE id = :worker")
ASSIGNMENT = "SELECT id, worker, state FROM assignments WHERE campaign = :campaign AND id = :id"
SET_ASSIGNMENT = text("UPDATE assignments SET state = :state WHERE id = :id")
ITEM = "SELECT id, state, votes, most FROM items WHERE campaign = :campaign AND question_id = :name"
WITHDRAW = text("UPDATE items SET state = 'withdrawn', verdict = NULL WHERE id = :item")
ACTIVATE = text("UPDATE items SET state = 'active', verdict = NULL WHERE id = :item")
SHUT = text("UPDATE slots SET state = 'cancelled' WHERE item = :item AND state = 'open'")
RAISE = text("UPDATE items SET most = :most WHERE id = :item")


def exclude_votes(
    live: Live, actor: str, why: str, *, worker: int | None = None, seqs: Sequence[int] = ()
) -> int:
    """Take votes out of tallies, labels and exports, and give how many; pay stays.

    What was decided with them is decided anew, and asked of others where votes are missing.

    Args:
        live: The campaign.
        actor: Who decides so.
        why: The reason.
        worker: Whose votes; all that are counted.
        seqs: Single votes, beside that worker's.

    Raises:
        NotTaken: ``reason`` where none is given.
    """
    check_reason(why)
    return live.database.write(
        lambda to: _exclude(to, live, (actor, why), _votes(to, live, worker, seqs, "counted"))
    )


def restore_votes(
    live: Live, actor: str, why: str, *, worker: int | None = None, seqs: Sequence[int] = ()
) -> int:
    """Count excluded votes again, and give how many; see `exclude_votes`.

    A vote stays excluded where others have taken its place by now, or its worker withdrew.
    """
    check_reason(why)
    return live.database.write(
        lambda to: _restore(to, live, (actor, why), _votes(to, live, worker, seqs, "excluded"))
    )


def suspend(live: Live, actor: str, worker: int, why: str) -> None:
    """Give a worker no more pictures; what was earned stays. Again it changes nothing.

    Raises:
        NotTaken: ``reason`` where none is given; ``closed`` for somebody who left.
    """
    check_reason(why)
    live.database.write(lambda to: _suspend(to, live, actor, worker, why))


def unsuspend(live: Live, actor: str, worker: int, why: str) -> None:
    """Let a worker go on who was suspended; nobody else is changed."""
    check_reason(why)
    live.database.write(lambda to: _unsuspend(to, live, actor, worker, why))


def approve(live: Live, actor: str, assignments: Sequence[int]) -> None:
    """Accept batches that were handed in, all or none; again it changes nothing.

    Raises:
        NotTaken: ``unknown`` batch, ``state`` where one was not handed in, ``cap`` where more was
            earned than the campaign may cost.
    """

    def job(to: Connection) -> None:
        check_cap(to, live, live.asking.pay.per_batch * 0)
        for number in assignments:
            _judge(to, live, number, ("submitted", "approved"), actor, "")

    live.database.write(job)


def reject(live: Live, actor: str, assignments: Sequence[int], why: str) -> None:
    """Refuse batches, all or none; each worker is told why. The pay is due all the same.

    Whoever wants to withhold it voids the line, which is a deed of its own.

    Raises:
        NotTaken: ``reason`` where none is given, ``unknown`` batch, or ``state``.
    """
    check_reason(why)

    def job(to: Connection) -> None:
        for number in assignments:
            worker = _judge(to, live, number, ("submitted", "rejected"), actor, why)
            if worker is not None:
                tell(to, live, worker, f"One of your batches was not accepted: {why}")

    live.database.write(job)


def override(live: Live, actor: str, assignment: int, why: str) -> None:
    """Accept a batch that was refused; the worker is told.

    Raises:
        NotTaken: ``reason`` where none is given, ``unknown`` batch, or ``state``.
    """
    check_reason(why)

    def job(to: Connection) -> None:
        worker = _judge(to, live, assignment, ("rejected", "approved"), actor, why)
        if worker is not None:
            tell(to, live, worker, f"A batch of yours is accepted after all: {why}")

    live.database.write(job)


def withdraw_item(live: Live, actor: str, question: str, why: str) -> None:
    """Ask a question of nobody any more; again it changes nothing.

    Raises:
        NotTaken: ``reason`` where none is given, ``unknown`` question.
    """
    check_reason(why)
    live.database.write(lambda to: _withdraw(to, live, (actor, why), question))


def reopen_item(live: Live, actor: str, question: str, why: str, most: int = 7) -> None:
    """Ask a decided or withdrawn question of further workers, of ``most`` in all.

    Its votes count on, and the policy decides with the higher number; see `exclude_votes` for
    votes that should not.

    Raises:
        NotTaken: ``reason`` where none is given, ``unknown`` question, ``state`` where it is asked
            already.
        UsageError: ``most`` is fewer than have answered.
    """
    check_reason(why)
    live.database.write(lambda to: _reopen(to, live, (actor, why), question, most))


def check_reason(why: str) -> None:
    """Refuse a deed without a reason.

    Raises:
        NotTaken: ``reason``.
    """
    if not plain(why).strip():
        raise NotTaken("reason", "this needs a reason, which is kept and told; write one")


def _votes(
    to: Connection, live: Live, worker: int | None, seqs: Sequence[int], state: str
) -> list[int]:
    names = {"campaign": live.number, "state": state}
    found = {row[0] for row in to.execute(OF_WORKER, {**names, "worker": worker})}
    single = {seq for seq in seqs if to.execute(IN_STATE, {**names, "seq": seq}).first()}
    return sorted(found | single)


def _exclude(to: Connection, live: Live, told: tuple[str, str], seqs: list[int]) -> int:
    if seqs:
        items = set_aside(to, live, seqs)
        actor, why = told
        states = ({"state": "counted"}, {"state": "excluded", "votes": seqs})
        note(to, live, actor, "exclude votes", f"{len(items)} questions", why, *states)
    return len(seqs)


def _restore(to: Connection, live: Live, told: tuple[str, str], seqs: list[int]) -> int:
    counted = take_back_in(to, live, seqs)
    if counted:
        actor, why = told
        states = ({"state": "excluded"}, {"state": "counted", "votes": counted})
        note(to, live, actor, "restore votes", f"{len(counted)} votes", why, *states)
    return len(counted)


def _suspend(to: Connection, live: Live, actor: str, worker: int, why: str) -> None:
    before = facts.lock_worker(to, worker)
    if before == "closed":
        raise NotTaken("closed", "this person has left the study")
    if before != "suspended":
        to.execute(SET_WORKER, {"worker": worker, "state": "suspended"})
        _note_worker(to, live, actor, ("suspend", before, "suspended", why), worker)


def _unsuspend(to: Connection, live: Live, actor: str, worker: int, why: str) -> None:
    if facts.lock_worker(to, worker) == "suspended":
        after = facts.settle_state(to, live, worker)
        _note_worker(to, live, actor, ("unsuspend", "suspended", after, why), worker)


def _note_worker(
    to: Connection, live: Live, actor: str, deed: tuple[str, str, str, str], worker: int
) -> None:
    action, before, after, why = deed
    thing = f"worker {to.execute(NAME, {'worker': worker}).scalar_one()}"
    note(to, live, actor, action, thing, why, {"state": before}, {"state": after})


def _judge(
    to: Connection, live: Live, number: int, step: tuple[str, str], actor: str, why: str
) -> int | None:
    """Set the state of a batch, and give its worker; None where it is there already."""
    before, after = step
    found = _locked(to, ASSIGNMENT, {"campaign": live.number, "id": number})
    if found is None:
        raise NotTaken("unknown", f"there is no batch {number}; nothing was changed")
    if found.state == after:
        return None
    if found.state != before:
        raise NotTaken(
            "state",
            f"batch {number} is {found.state}; only what is {before} can be {after}. Nothing was "
            "changed",
        )
    to.execute(SET_ASSIGNMENT, {"id": number, "state": after})
    states = ({"state": before}, {"state": after})
    note(to, live, actor, f"set batch {after}", f"batch {number}", why, *states)
    return int(found.worker)


def _withdraw(to: Connection, live: Live, told: tuple[str, str], question: str) -> None:
    found = _item(to, live, question)
    if found.state == "withdrawn":
        return
    lock(to, [found.id])
    reopen(to, [found.id])
    for statement in (WITHDRAW, SHUT):
        to.execute(statement, {"item": found.id})
    _note_item(to, live, told, question, ("withdraw", found.state, "withdrawn"))


def _reopen(to: Connection, live: Live, told: tuple[str, str], question: str, most: int) -> None:
    found = _item(to, live, question)
    if found.state not in ("decided", "withdrawn"):
        raise NotTaken("state", f"question {question} is {found.state}: it is asked already")
    if most < found.votes:
        raise UsageError(
            f"question {question}: {found.votes} have answered; give a `most` of at least that"
        )
    lock(to, [found.id])
    reopen(to, [found.id])
    to.execute(RAISE, {"item": found.id, "most": most})
    to.execute(ACTIVATE, {"item": found.id})
    judge_again(to, live, [found.id])
    _note_item(to, live, told, question, (f"reopen for {most}", found.state, "active"))


def _item(to: Connection, live: Live, question: str) -> Any:
    found = _locked(to, ITEM, {"campaign": live.number, "name": plain(question)})
    if found is None:
        raise NotTaken("unknown", f"there is no question {question!r}")
    return found


def _note_item(
    to: Connection, live: Live, told: tuple[str, str], question: str, deed: tuple[str, str, str]
) -> None:
    action, before, after = deed
    states = ({"state": before}, {"state": after})
    note(to, live, told[0], action, f"question {question}", told[1], *states)


def _locked(to: Connection, statement: str, names: dict[str, Any]) -> Any:
    wait = " FOR UPDATE" if to.dialect.name == "postgresql" else ""
    return to.execute(text(statement + wait), names).first()
