"""What was handed in: listed, approved, rejected, paid on top."""

from typing import Any

from affekt.amt import fees
from affekt.amt.emulator import batching, listing
from affekt.amt.emulator.denial import Denied
from affekt.amt.emulator.market import Market
from affekt.amt.emulator.state import APPROVED, REJECTED, SUBMITTED, Assignment, Bonus
from affekt.amt.limits import dollars

Request = dict[str, Any]
SHOWN = (SUBMITTED, APPROVED, REJECTED)


def list_assignments(market: Market, request: Request) -> Request:
    """Give what was handed in for one batch."""
    hit = batching.known(market, request["HITId"])
    wanted = request.get("AssignmentStatuses") or SHOWN
    handed_in = [market.assignments[name] for name in hit.assignments]
    found, beside = listing.page(handed_in, request, lambda one: one.status in wanted)
    return {"Assignments": [listing.assignment(one) for one in found], **beside}


def known(market: Market, name: str) -> Assignment:
    """Give what was handed in under an id.

    Raises:
        Denied: Nothing was.
    """
    one = market.assignments.get(name)
    if one is None or one.status not in SHOWN:
        raise Denied("AssignmentDoesNotExist", f"Assignment {name} does not exist")
    return one


def get_assignment(market: Market, request: Request) -> Request:
    """Give one assignment and its batch."""
    one = known(market, request["AssignmentId"])
    return {
        "Assignment": listing.assignment(one),
        "HIT": listing.hit(market, market.hits[one.hit_id]),
    }


def approve(market: Market, request: Request) -> Request:
    """Pay an assignment; a rejected one only with ``OverrideRejection``."""
    one = known(market, request["AssignmentId"])
    is_overridden = one.status == REJECTED and request.get("OverrideRejection", False)
    if one.status != SUBMITTED and not is_overridden:
        raise _undecidable(one)
    one.rejected = None
    one.feedback = request.get("RequesterFeedback", "")
    market.approve(one, market.now())
    return {}


def reject(market: Market, request: Request) -> Request:
    """Refuse to pay an assignment."""
    one = known(market, request["AssignmentId"])
    if one.status != SUBMITTED:
        raise _undecidable(one)
    one.status, one.rejected = REJECTED, market.now()
    one.feedback = request["RequesterFeedback"]
    hit = market.hits[one.hit_id]
    market.release(hit, 1)
    market.tell("AssignmentRejected", hit, AssignmentId=one.id)
    return {}


def _undecidable(one: Assignment) -> Denied:
    return Denied(
        "InvalidAssignmentState",
        f"This operation can be called with a status of: Submitted; {one.id} is {one.status}",
    )


def send_bonus(market: Market, request: Request) -> Request:
    """Pay a worker on top."""
    token = request.get("UniqueRequestToken")
    if market.recalled("SendBonus", token):
        raise Denied(
            "DuplicateRequest", f'The idempotency token "{token}" has already been processed.'
        )
    one, amount = known(market, request["AssignmentId"]), dollars(request["BonusAmount"])
    if one.worker != request["WorkerId"]:
        raise Denied("InvalidParameterValue", f"{one.id} was not done by {request['WorkerId']}")
    cost = amount + fees.of_bonus(amount)
    if cost > market.balance or not amount:
        raise Denied("InsufficientFunds", f"{cost} dollars of {market.balance} cannot be paid")
    market.balance -= cost
    market.spent += cost
    market.remember("SendBonus", token, one.id)
    market.bonuses.append(
        Bonus(one.worker, one.id, request["BonusAmount"], request["Reason"], market.now())
    )
    return {}


def list_bonuses(market: Market, request: Request) -> Request:
    """Give what was paid on top, for one batch or one assignment."""
    hit_id, name = request.get("HITId"), request.get("AssignmentId")
    if (hit_id is None) == (name is None):
        raise Denied("InvalidParameterValue", "either HITId or AssignmentId must be given")

    def is_wanted(one: Bonus) -> bool:
        return one.assignment_id == name or market.assignments[one.assignment_id].hit_id == hit_id

    found, beside = listing.page(market.bonuses, request, is_wanted)
    return {"BonusPayments": [_bonus(one) for one in found], **beside}


def _bonus(one: Bonus) -> Request:
    return {
        "WorkerId": one.worker,
        "BonusAmount": one.amount,
        "AssignmentId": one.assignment_id,
        "Reason": one.reason,
        "GrantTime": one.when,
    }
