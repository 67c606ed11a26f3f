"""The account, blocked workers, letters to workers, and notifications."""

from typing import Any

from affekt.amt.emulator import listing
from affekt.amt.emulator.denial import Denied
from affekt.amt.emulator.market import Market

Request = dict[str, Any]


def balance(market: Market, request: Request) -> Request:
    """Give the money that is there and that is set aside."""
    return {"AvailableBalance": str(market.balance), "OnHoldBalance": str(market.on_hold)}


def block(market: Market, request: Request) -> Request:
    """Let a worker do no more; again changes nothing."""
    market.blocked[request["WorkerId"]] = request["Reason"]
    return {}


def unblock(market: Market, request: Request) -> Request:
    """Let a worker work again; who was not blocked stays so."""
    market.blocked.pop(request["WorkerId"], None)
    market.news += 1
    return {}


def list_blocked(market: Market, request: Request) -> Request:
    """Give who is blocked, and why."""
    found, beside = listing.page(list(market.blocked.items()), request)
    blocked = [{"WorkerId": worker, "Reason": reason} for worker, reason in found]
    return {"WorkerBlocks": blocked, **beside}


def notify(market: Market, request: Request) -> Request:
    """Write to workers; who never worked for the requester cannot be reached."""
    reached = {one.worker for one in market.assignments.values()}
    failed = [worker for worker in request["WorkerIds"] if worker not in reached]
    for worker in request["WorkerIds"]:
        if worker in reached:
            market.tell("Letter", WorkerId=worker, Subject=request["Subject"])
    return {
        "NotifyWorkersFailureStatuses": [
            {
                "NotifyWorkersFailureCode": "HardFailure",
                "NotifyWorkersFailureMessage": "the worker never worked for you",
                "WorkerId": worker,
            }
            for worker in failed
        ]
    }


def set_notice(market: Market, request: Request) -> Request:
    """Say which notifications of a kind of batch go out."""
    if request["HITTypeId"] not in market.types:
        raise Denied("HITTypeDoesNotExist", f"HITType {request['HITTypeId']} does not exist")
    kind = market.types[request["HITTypeId"]]
    if "Notification" in request:
        kind.notice = request["Notification"]
    if not request.get("Active", True):
        kind.notice = None
    return {}


def send_test_event(market: Market, request: Request) -> Request:
    """Send one notification to try the way."""
    market.tell(request["TestEventType"], Destination=request["Notification"]["Destination"])
    return {}
