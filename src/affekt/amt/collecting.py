"""What workers handed in: fetched, handed on, paid, put away; in this order, each step repeatable.

What the marketplace lists is the truth. Notifications only say where to look first.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from affekt.amt import answers
from affekt.amt.client import Denial
from affekt.amt.ledger import Ledger, Row
from affekt.amt.publishing import DONE, GONE, OPEN
from affekt.amt.terms import Caller
from affekt.errors import UsageError

TOGETHER = 25  # batches fetched before their votes are stored and their workers paid
OVER = ("Reviewable", "Reviewing")


class Handed(NamedTuple):
    """What one person handed in for one batch."""

    key: str  # of the batch
    assignment: str
    worker: str  # the marketplace's id, which goes no further than the ledger
    status: str
    fields: Mapping[str, str]
    is_readable: bool


class Group(NamedTuple):
    """Some batches and all that was handed in for them."""

    batches: dict[str, Row]
    handed: list[Handed]


def open_batches(ledger: Ledger) -> dict[str, Row]:
    """Give the batches at the marketplace that are not put away."""
    return {key: row for key, row in ledger.rows("batch").items() if row["state"] == OPEN}


def reviewable(caller: Caller, type_id: str) -> list[str]:
    """Give the ids of the batches in which nobody works any more."""
    lists = caller.pages("ListReviewableHITs", "HITs", HITTypeId=type_id)
    return [one["HITId"] for page in lists for one in page]


def hinted(events: Iterable[Mapping[str, Any]]) -> list[str]:
    """Give the ids of the batches that notifications name, each once, in their order.

    A notification may come twice, late, or about somebody else's batch; that costs a look.
    """
    named = (one.get("about", {}).get("HITId") for one in events)
    return list(dict.fromkeys(name for name in named if name))


def groups(caller: Caller, ledger: Ledger, hits: Iterable[str]) -> Iterator[Group]:
    """Give what was handed in for those of the batches that are ours and open, some at a time."""
    by_hit = {row["hit"]: (key, row) for key, row in open_batches(ledger).items()}
    ours = [by_hit[name] for name in hits if name in by_hit]
    for at in range(0, len(ours), TOGETHER):
        some = dict(ours[at : at + TOGETHER])
        handed = [one for key, row in some.items() for one in _handed(caller, key, row["hit"])]
        yield Group(some, handed)


def _handed(caller: Caller, key: str, hit: str) -> Iterator[Handed]:
    for page in caller.pages("ListAssignmentsForHIT", "Assignments", HITId=hit):
        for one in page:
            fields, is_readable = _fields(one.get("Answer", ""))
            yield Handed(
                key,
                one["AssignmentId"],
                one["WorkerId"],
                one["AssignmentStatus"],
                fields,
                is_readable,
            )


def _fields(answer: str) -> tuple[Mapping[str, str], bool]:
    try:
        return answers.read(answer), True
    except UsageError:  # whatever a worker sent; it is paid, and a person may look at it
        return {}, False


def settle(caller: Caller, ledger: Ledger, group: Group) -> None:
    """Pay for what was handed in and put the batches away, where everything in them is decided."""
    for one in group.handed:
        if one.status == "Submitted":
            approve(caller, one.assignment)
    done = {}
    for key, row in group.batches.items():
        if _put_away(caller, row["hit"]):
            mine = [one for one in group.handed if one.key == key]
            done[key] = {
                **row,
                "state": DONE,
                "handed": [[one.assignment, one.worker] for one in mine],
                "unreadable": sum(not one.is_readable for one in mine),
            }
    ledger.put("batch", done)


def approve(caller: Caller, assignment: str) -> None:
    """Pay for an assignment; one that is paid already stays so."""
    try:
        caller.call("ApproveAssignment", AssignmentId=assignment)
    except Denial as trouble:
        if trouble.code != "InvalidAssignmentState":
            raise
        now = caller.call("GetAssignment", AssignmentId=assignment)["Assignment"]
        if now["AssignmentStatus"] == "Submitted":
            raise


def reject(caller: Caller, assignment: str, reason: str) -> None:
    """Refuse to pay for an assignment, which a person has decided; the worker reads the reason."""
    try:
        caller.call("RejectAssignment", AssignmentId=assignment, RequesterFeedback=reason)
    except Denial as trouble:
        now = caller.call("GetAssignment", AssignmentId=assignment)["Assignment"]
        if trouble.code != "InvalidAssignmentState" or now["AssignmentStatus"] != "Rejected":
            raise


def _put_away(caller: Caller, hit: str) -> bool:
    """Delete a batch; False where somebody still works on it or it was handed in meanwhile."""
    try:
        caller.call("DeleteHIT", HITId=hit)
    except Denial as trouble:
        if trouble.code == "InvalidHITState":
            return False
        if trouble.code not in GONE:
            raise
    return True


def confirmed(
    claims: Iterable[tuple[str, str]], listed: Iterable[tuple[str, str]]
) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Give the claims (assignment, worker) that the marketplace confirms, and the others.

    Both must agree, because the id of an assignment that was given back passes to the next worker.

    >>> confirmed({("3A", "A1"), ("3B", "A2")}, {("3A", "A1"), ("3B", "A9")})
    ({('3A', 'A1')}, {('3B', 'A2')})
    """
    claimed, truth = set(claims), set(listed)
    return claimed & truth, claimed - truth
