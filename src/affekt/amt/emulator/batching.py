"""Kinds of batches, and batches: made, extended, moved, ended, deleted."""

from typing import Any

from affekt.amt import pages
from affekt.amt.emulator import listing
from affekt.amt.emulator.denial import Denied
from affekt.amt.emulator.market import SETTLING_SECONDS, Market
from affekt.amt.emulator.state import APPROVED, DISPOSED, REJECTED, REVIEWABLE, REVIEWING, Hit
from affekt.amt.emulator.state import HitType as Kind
from affekt.amt.shapes import HIT_TYPE
from affekt.parts import canonical

Request = dict[str, Any]
FEW = 10  # a batch with fewer assignments can never grow to so many, because fees differ


def create_hit_type(market: Market, request: Request) -> Request:
    """Make a kind of batch; the same settings again are the same kind."""
    for one in market.types.values():
        if canonical(one.request) == canonical(request):
            return {"HITTypeId": one.id}
    for need in request.get("QualificationRequirements", ()):
        _check_known(market, need["QualificationTypeId"])
    kind = Kind(market.new_id(), request)
    market.types[kind.id] = kind
    return {"HITTypeId": kind.id}


def _check_known(market: Market, name: str) -> None:
    from_system = name.startswith("0000") or name in (
        "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH",
        "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6",
    )
    if not from_system and (name not in market.tests or market.tests[name].is_deleted):
        raise Denied("QualificationTypeDoesNotExist", f"QualificationType {name} does not exist")


def create_hit(market: Market, request: Request) -> Request:
    """Make a batch and, unless it is there, its kind."""
    names = {name.removesuffix("!") for name in HIT_TYPE}
    kind = create_hit_type(market, {name: request[name] for name in names & request.keys()})
    return _created(market, request, kind["HITTypeId"], "CreateHIT")


def create_hit_with_type(market: Market, request: Request) -> Request:
    """Make a batch of a kind."""
    if request["HITTypeId"] not in market.types:
        raise Denied("HITTypeDoesNotExist", f"HITType {request['HITTypeId']} does not exist")
    return _created(market, request, request["HITTypeId"], "CreateHITWithHITType")


def _created(market: Market, request: Request, type_id: str, operation: str) -> Request:
    token = request.get("UniqueRequestToken")
    before = market.recalled(operation, token)
    if before:
        raise Denied("HITAlreadyExists", f"HIT {before} already exists for this request token")
    pages.read(request["Question"])
    kind, now, most = market.types[type_id], market.now(), request.get("MaxAssignments", 1)
    hit = Hit(
        market.new_id(),
        type_id,
        request["Question"],
        request.get("RequesterAnnotation", ""),
        now,
        now + request["LifetimeInSeconds"],
        most,
        most,
        fee=market.fee_of(kind, most),
    )
    market.hits[hit.id] = hit
    try:
        market.hold(hit, most)
    except Denied:
        del market.hits[hit.id]
        raise
    market.remember(operation, token, hit.id)
    market.open[hit.id] = None
    market.news += 1
    market.later(request["LifetimeInSeconds"], "expires", hit.id)
    market.tell("HITCreated", hit)
    return {"HIT": listing.hit(market, hit)}


def known(market: Market, name: str) -> Hit:
    """Give the batch of that id.

    Raises:
        Denied: There is none.
    """
    if name not in market.hits:
        raise Denied("HITDoesNotExist", f"Hit {name} does not exist")
    return market.hits[name]


def get_hit(market: Market, request: Request) -> Request:
    """Give one batch."""
    return {"HIT": listing.hit(market, known(market, request["HITId"]))}


def list_hits(market: Market, request: Request) -> Request:
    """Give all batches, newest first."""
    newest = [one for one in reversed(market.hits.values()) if not one.is_disposed]
    found, beside = listing.page(newest, request)
    return {"HITs": [listing.hit(market, one) for one in found], **beside}


def list_reviewable(market: Market, request: Request) -> Request:
    """Give the batches that can be, or are being, reviewed, oldest first."""
    now, type_id = market.now(), request.get("HITTypeId")
    wanted = request.get("Status", REVIEWABLE)

    def is_wanted(one: Hit) -> bool:
        return type_id in (None, one.type_id) and one.status(now) == wanted

    found, beside = listing.page(list(market.hits.values()), request, is_wanted)
    return {"HITs": [listing.hit(market, one) for one in found], **beside}


def list_hits_for_test(market: Market, request: Request) -> Request:
    """Give the batches that require one test."""

    def requires(one: Hit) -> bool:
        needs = market.type_of(one).requirements
        return any(need["QualificationTypeId"] == request["QualificationTypeId"] for need in needs)

    found, beside = listing.page(list(market.hits.values()), request, requires)
    return {"HITs": [listing.hit(market, one) for one in found], **beside}


def changeable(market: Market, name: str) -> Hit:
    """Give a batch that has settled since it was made.

    Raises:
        Denied: It is too new, or gone.
    """
    hit = known(market, name)
    if hit.is_disposed:
        raise Denied("InvalidHITState", f"This HIT {name} is disposed and cannot be changed")
    if market.now() < hit.created + SETTLING_SECONDS:
        raise Denied(
            "HITNotReady", f"This HIT {name} was just created and cannot be changed yet; try again"
        )
    return hit


def add_assignments(market: Market, request: Request) -> Request:
    """Let more people do a batch."""
    token = request.get("UniqueRequestToken")
    if market.recalled("CreateAdditionalAssignmentsForHIT", token):
        raise Denied(
            "DuplicateRequest", f'The idempotency token "{token}" has already been processed.'
        )
    hit, more = changeable(market, request["HITId"]), request["NumberOfAdditionalAssignments"]
    if hit.most_at_first < FEW <= hit.most + more:
        raise Denied(
            "InvalidMaximumAssignmentsIncrease",
            f"HITs created with fewer than {FEW} assignments cannot be extended to have {FEW} or "
            "more",
        )
    if market.now() < hit.expires:
        market.hold(hit, more)
    market.remember("CreateAdditionalAssignmentsForHIT", token, hit.id)
    hit.most += more
    _reopened(market, hit)
    market.tell("HITExtended", hit)
    return {}


def update_expiration(market: Market, request: Request) -> Request:
    """Move the end of a batch; a moment that has passed ends it at once."""
    hit, when, now = changeable(market, request["HITId"]), request["ExpireAt"], market.now()
    free = hit.most - hit.pending - hit.done
    if now >= hit.expires and when > now:
        market.hold(hit, free)
    hit.expires = min(when, now) if when <= now else when
    hit.is_told = hit.is_told and when <= now
    market.later(when - now, "expires", hit.id)
    _reopened(market, hit)
    market.settle()
    return {}


def _reopened(market: Market, hit: Hit) -> None:
    if hit.places(market.now()) > 0:
        hit.is_told = hit.is_marked = False
        market.open[hit.id] = None
        market.news += 1


def update_review(market: Market, request: Request) -> Request:
    """Mark a batch as looked at, or take the mark off."""
    hit = known(market, request["HITId"])
    if hit.status(market.now()) not in (REVIEWABLE, REVIEWING):
        raise Denied("InvalidHITState", f"This HIT {hit.id} cannot be reviewed yet")
    hit.is_marked = not request.get("Revert", False)
    return {}


def update_type(market: Market, request: Request) -> Request:
    """Give a batch another kind."""
    hit = changeable(market, request["HITId"])
    if request["HITTypeId"] not in market.types:
        raise Denied("HITTypeDoesNotExist", f"HITType {request['HITTypeId']} does not exist")
    free = hit.places(market.now())
    market.release(hit, free)
    hit.type_id = request["HITTypeId"]
    hit.fee = market.fee_of(market.type_of(hit), hit.most_at_first)
    market.hold(hit, free)
    return {}


def delete_hit(market: Market, request: Request) -> Request:
    """Put a batch away, once everything in it is decided."""
    hit = known(market, request["HITId"])
    state = hit.status(market.now())
    if state == DISPOSED:
        return {}
    undecided = [
        name
        for name in hit.assignments
        if market.assignments[name].status not in (APPROVED, REJECTED, "Returned", "Abandoned")
    ]
    if state not in (REVIEWABLE, REVIEWING) or undecided:
        raise Denied(
            "InvalidHITState",
            f"This HIT {hit.id} is {state} with {len(undecided)} undecided assignments; only a "
            "HIT that is reviewable, with everything decided, can be deleted",
        )
    market.release(hit, hit.most)
    hit.is_disposed = True
    market.open.pop(hit.id, None)
    market.tell("HITDisposed", hit)
    return {}
