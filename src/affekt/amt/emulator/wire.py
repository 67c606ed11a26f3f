"""JSON 1.1 of the requester's side: which operation, what went wrong, what comes back."""

import json
import re
from collections.abc import Mapping
from typing import Any

from affekt.amt.emulator.denial import Denied
from affekt.amt.emulator.http import Reply, Request
from affekt.amt.emulator.operations import perform
from affekt.amt.emulator.world import World

TARGET = "MTurkRequesterServiceV20170117."
JSON = "application/x-amz-json-1.1"


def answer(world: World, request: Request) -> Reply:
    """Do what a requester asks."""
    try:
        _check_region(request.headers.get("authorization", ""))
        asked = _asked(request.body)
        operation = request.headers["x-amz-target"].removeprefix(TARGET)
        return _reply(200, perform(world.market, operation, asked))
    except Denied as trouble:
        told = {"Message": str(trouble), "TurkErrorCode": trouble.code}
        return _reply(400, {"__type": "RequestError", **told})


def throttled() -> Reply:
    """Give the reply to one call too many."""
    return _reply(400, {"__type": "ThrottlingException", "Message": "Rate exceeded"})


def failed() -> Reply:
    """Give the reply of a service in trouble."""
    code = "AWS.ServiceUnavailable"
    told = {"Message": f"The service is unavailable ({code})", "TurkErrorCode": code}
    return _reply(500, {"__type": "ServiceFault", **told})


def _check_region(authorization: str) -> None:
    found = re.search(r"Credential=[^/]+/\d+/([^/]+)/", authorization)
    if found and found[1] != "us-east-1":
        raise Denied("InvalidRegion", f"the region {found[1]!r} has no marketplace; use us-east-1")


def _asked(body: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(body or b"{}")
    except ValueError as trouble:
        raise Denied("ParameterValidationError", "the body is no JSON") from trouble
    if not isinstance(asked, dict):
        raise Denied("ParameterValidationError", "the body is no JSON object")
    return asked


def _reply(status: int, told: Mapping[str, Any]) -> Reply:
    body = json.dumps(told, separators=(",", ":")).encode()
    return Reply(status, body, JSON)
