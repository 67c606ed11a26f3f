"""How things look on the wire, and lists of them page by page."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from affekt.amt.emulator.denial import Denied
from affekt.amt.emulator.market import Market
from affekt.amt.emulator.state import Assignment, Hit, Test

T = TypeVar("T")
Fields = dict[str, Any]
PAGE = 10  # results where nothing else is asked for


def page(
    items: Sequence[T], request: Mapping[str, Any], keep: Callable[[T], bool] = lambda _: True
) -> tuple[list[T], Fields]:
    """Give the items of one page, and what goes beside them.

    A token names the place where the next page begins, so that what is deleted meanwhile shifts
    nothing.

    Raises:
        Denied: The token is none of ours.
    """
    token = request.get("NextToken", "from-0")
    if not re.fullmatch(r"from-\d{1,9}", token):
        raise Denied("InvalidParameterValue", f"the token {token!r} was never given out")
    at, most = int(token[5:]), request.get("MaxResults", PAGE)
    found: list[T] = []
    while at < len(items) and len(found) < most:
        if keep(items[at]):
            found.append(items[at])
        at += 1
    beside: Fields = {"NumResults": len(found)}
    if any(keep(one) for one in items[at:]):
        beside["NextToken"] = f"from-{at}"
    return found, beside


def hit(market: Market, one: Hit) -> Fields:
    """Give a batch as it looks on the wire."""
    kind, now = market.type_of(one), market.now()
    asked = kind.request
    return {
        "HITId": one.id,
        "HITTypeId": one.type_id,
        "HITGroupId": one.type_id,
        "CreationTime": one.created,
        "Title": asked["Title"],
        "Description": asked["Description"],
        "Keywords": asked.get("Keywords", ""),
        "Question": one.question,
        "HITStatus": one.status(now),
        "MaxAssignments": one.most,
        "Reward": asked["Reward"],
        "AutoApprovalDelayInSeconds": asked.get("AutoApprovalDelayInSeconds", 30 * 86_400),
        "Expiration": one.expires,
        "AssignmentDurationInSeconds": asked["AssignmentDurationInSeconds"],
        "RequesterAnnotation": one.annotation,
        "QualificationRequirements": kind.requirements,
        "HITReviewStatus": "MarkedForReview" if one.is_marked else "NotReviewed",
        "NumberOfAssignmentsPending": one.pending,
        "NumberOfAssignmentsAvailable": max(0, one.places(now)),
        "NumberOfAssignmentsCompleted": sum(
            market.assignments[name].approved is not None
            or market.assignments[name].rejected is not None
            for name in one.assignments
        ),
    }


def assignment(one: Assignment) -> Fields:
    """Give what somebody handed in as it looks on the wire."""
    told = {
        "AssignmentId": one.id,
        "WorkerId": one.worker,
        "HITId": one.hit_id,
        "AssignmentStatus": one.status,
        "AcceptTime": one.accepted,
        "SubmitTime": one.submitted,
        "AutoApprovalTime": one.approves_itself,
        "ApprovalTime": one.approved,
        "RejectionTime": one.rejected,
        "Deadline": one.deadline,
        "Answer": one.answer,
        "RequesterFeedback": one.feedback or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def test(one: Test) -> Fields:
    """Give a qualification type as it looks on the wire."""
    return {
        "QualificationTypeId": one.id,
        "CreationTime": one.created,
        "IsRequestable": one.request.get("QualificationTypeStatus") == "Active",
        **{name: value for name, value in one.request.items() if name != "UniqueRequestToken"},
    }


def qualification(one: Test, worker: str) -> Fields:
    """Give what a worker has of one test."""
    is_revoked = worker in one.revoked
    return {
        "QualificationTypeId": one.id,
        "WorkerId": worker,
        "GrantTime": one.granted[worker],
        "IntegerValue": one.values[worker],
        "Status": "Revoked" if is_revoked else "Granted",
    }
