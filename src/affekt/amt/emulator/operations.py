"""What a requester can do: one function an operation of the wire."""

from collections.abc import Callable, Mapping
from typing import Any

from affekt.amt import shapes
from affekt.amt.emulator import batching, qualifying, reviewing, roster
from affekt.amt.emulator.denial import Denied
from affekt.amt.emulator.market import Market
from affekt.errors import UsageError

Operation = Callable[[Market, dict[str, Any]], dict[str, Any]]
OPERATIONS: Mapping[str, Operation] = {
    "AcceptQualificationRequest": qualifying.accept_asked,
    "ApproveAssignment": reviewing.approve,
    "AssociateQualificationWithWorker": qualifying.associate,
    "CreateAdditionalAssignmentsForHIT": batching.add_assignments,
    "CreateHIT": batching.create_hit,
    "CreateHITType": batching.create_hit_type,
    "CreateHITWithHITType": batching.create_hit_with_type,
    "CreateQualificationType": qualifying.create_test,
    "CreateWorkerBlock": roster.block,
    "DeleteHIT": batching.delete_hit,
    "DeleteQualificationType": qualifying.delete_test,
    "DeleteWorkerBlock": roster.unblock,
    "DisassociateQualificationFromWorker": qualifying.dissociate,
    "GetAccountBalance": roster.balance,
    "GetAssignment": reviewing.get_assignment,
    "GetHIT": batching.get_hit,
    "GetQualificationScore": qualifying.get_score,
    "GetQualificationType": qualifying.get_test,
    "ListAssignmentsForHIT": reviewing.list_assignments,
    "ListBonusPayments": reviewing.list_bonuses,
    "ListHITs": batching.list_hits,
    "ListHITsForQualificationType": batching.list_hits_for_test,
    "ListQualificationRequests": qualifying.list_asked,
    "ListQualificationTypes": qualifying.list_tests,
    "ListReviewableHITs": batching.list_reviewable,
    "ListWorkerBlocks": roster.list_blocked,
    "ListWorkersWithQualificationType": qualifying.list_workers,
    "NotifyWorkers": roster.notify,
    "RejectAssignment": reviewing.reject,
    "RejectQualificationRequest": qualifying.reject_asked,
    "SendBonus": reviewing.send_bonus,
    "SendTestEventNotification": roster.send_test_event,
    "UpdateExpirationForHIT": batching.update_expiration,
    "UpdateHITReviewStatus": batching.update_review,
    "UpdateHITTypeOfHIT": batching.update_type,
    "UpdateNotificationSettings": roster.set_notice,
    "UpdateQualificationType": qualifying.update_test,
}


def perform(market: Market, operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """Do what a requester asks, after everything that was due.

    Raises:
        Denied: It breaks a rule of the marketplace; nothing was changed.
    """
    if operation not in OPERATIONS:
        raise Denied("UnsupportedOperation", f"{operation} is not emulated")
    try:
        shapes.check(operation, request)
        market.settle()
        return OPERATIONS[operation](market, request)
    except UsageError as trouble:
        raise Denied("ParameterValidationError", str(trouble)) from trouble
