"""The requests of the marketplace, one table an operation; ``tests/amt`` hold it to boto3's."""

from collections.abc import Mapping
from typing import Any

from affekt.amt import requirements
from affekt.amt.limits import (
    DAY,
    DOCUMENT_BYTES,
    YEAR,
    Fields,
    Flag,
    Kind,
    Many,
    Money,
    Text,
    Time,
    Whole,
    Word,
)
from affekt.errors import UsageError

ID = Text(64, 1, "[A-Z0-9]+")
WORKER = Text(64, 1, "A[A-Z0-9]+")
FREE = Text(100_000)
LONG = Text(DOCUMENT_BYTES, 1, in_bytes=True)
SECONDS = Whole(30, YEAR)
PAGE: Mapping[str, Kind] = {"NextToken": Text(255, 1), "MaxResults": Whole(1, 100)}
TOKEN = Text(64, 1)
STATUS = Word(("Active", "Inactive"))
COMPARATORS = (
    "LessThan", "LessThanOrEqualTo", "GreaterThan", "GreaterThanOrEqualTo", "EqualTo", "NotEqualTo",
    "Exists", "DoesNotExist", "In", "NotIn",
)  # fmt: skip
EVENTS = (
    "AssignmentAccepted", "AssignmentAbandoned", "AssignmentReturned", "AssignmentSubmitted",
    "AssignmentRejected", "AssignmentApproved", "HITCreated", "HITExpired", "HITReviewable",
    "HITExtended", "HITDisposed", "Ping",
)  # fmt: skip
COUNTRY = Text(2, 2)
REQUIREMENT = Fields(
    {
        "QualificationTypeId!": ID,
        "Comparator!": Word(COMPARATORS),
        "IntegerValues": Many(Whole()),
        "LocaleValues": Many(Fields({"Country!": COUNTRY, "Subdivision": COUNTRY})),
        "RequiredToPreview": Flag(),
        "ActionsGuarded": Word((requirements.ACCEPT, requirements.PREVIEW, requirements.DISCOVER)),
    }
)
NOTICE = Fields(
    {
        "Destination!": FREE,
        "Transport!": Word(("Email", "SQS", "SNS")),
        "Version!": FREE,
        "EventTypes!": Many(Word(EVENTS), len(EVENTS), 1),
    }
)
HIT_TYPE: Mapping[str, Kind] = {
    "AutoApprovalDelayInSeconds": Whole(0, 30 * DAY),
    "AssignmentDurationInSeconds!": SECONDS,
    "Reward!": Money(),
    "Title!": Text(128, 1),
    "Keywords": Text(1_000),
    "Description!": Text(2_000, 1),
    "QualificationRequirements": Many(REQUIREMENT, 10),
}
HIT: Mapping[str, Kind] = {
    "MaxAssignments": Whole(1, 1_000_000_000),
    "LifetimeInSeconds!": SECONDS,
    "Question!": LONG,
    "RequesterAnnotation": Text(255, in_bytes=True),
    "UniqueRequestToken": TOKEN,
}
TEST: Mapping[str, Kind] = {
    "RetryDelayInSeconds": Whole(0, YEAR),
    "Test": LONG,
    "AnswerKey": LONG,
    "TestDurationInSeconds": SECONDS,
    "AutoGranted": Flag(),
    "AutoGrantedValue": Whole(),
}
FIELDS: Mapping[str, Mapping[str, Kind]] = {
    "AcceptQualificationRequest": {"QualificationRequestId!": ID, "IntegerValue": Whole()},
    "ApproveAssignment": {
        "AssignmentId!": ID, "RequesterFeedback": Text(1_024), "OverrideRejection": Flag(),
    },
    "AssociateQualificationWithWorker": {
        "QualificationTypeId!": ID, "WorkerId!": WORKER, "IntegerValue": Whole(),
        "SendNotification": Flag(),
    },
    "CreateAdditionalAssignmentsForHIT": {
        "HITId!": ID, "NumberOfAdditionalAssignments!": Whole(1, 1_000_000_000),
        "UniqueRequestToken": TOKEN,
    },
    "CreateHIT": {**HIT_TYPE, **HIT},
    "CreateHITType": HIT_TYPE,
    "CreateHITWithHITType": {"HITTypeId!": ID, **HIT},
    "CreateQualificationType": {
        "Name!": Text(200, 1), "Keywords": Text(1_000), "Description!": Text(2_000, 1),
        "QualificationTypeStatus!": STATUS, **TEST,
    },
    "CreateWorkerBlock": {"WorkerId!": WORKER, "Reason!": Text(1_024, 1)},
    "DeleteHIT": {"HITId!": ID},
    "DeleteQualificationType": {"QualificationTypeId!": ID},
    "DeleteWorkerBlock": {"WorkerId!": WORKER, "Reason": Text(1_024)},
    "DisassociateQualificationFromWorker": {
        "WorkerId!": WORKER, "QualificationTypeId!": ID, "Reason": Text(1_024),
    },
    "GetAccountBalance": {},
    "GetAssignment": {"AssignmentId!": ID},
    "GetHIT": {"HITId!": ID},
    "GetQualificationScore": {"QualificationTypeId!": ID, "WorkerId!": WORKER},
    "GetQualificationType": {"QualificationTypeId!": ID},
    "ListAssignmentsForHIT": {
        "HITId!": ID, **PAGE,
        "AssignmentStatuses": Many(Word(("Submitted", "Approved", "Rejected")), 3),
    },
    "ListBonusPayments": {"HITId": ID, "AssignmentId": ID, **PAGE},
    "ListHITs": PAGE,
    "ListHITsForQualificationType": {"QualificationTypeId!": ID, **PAGE},
    "ListQualificationRequests": {"QualificationTypeId": ID, **PAGE},
    "ListQualificationTypes": {
        "Query": FREE, "MustBeRequestable!": Flag(), "MustBeOwnedByCaller": Flag(), **PAGE,
    },
    "ListReviewableHITs": {
        "HITTypeId": ID, "Status": Word(("Reviewable", "Reviewing")), **PAGE,
    },
    "ListWorkerBlocks": PAGE,
    "ListWorkersWithQualificationType": {
        "QualificationTypeId!": ID, "Status": Word(("Granted", "Revoked")), **PAGE,
    },
    "NotifyWorkers": {
        "Subject!": Text(200, 1), "MessageText!": Text(4_096, 1),
        "WorkerIds!": Many(WORKER, 100, 1),
    },
    "RejectAssignment": {"AssignmentId!": ID, "RequesterFeedback!": Text(1_024, 1)},
    "RejectQualificationRequest": {"QualificationRequestId!": ID, "Reason": Text(1_024)},
    "SendBonus": {
        "WorkerId!": WORKER, "BonusAmount!": Money(), "AssignmentId!": ID,
        "Reason!": Text(1_024, 1), "UniqueRequestToken": TOKEN,
    },
    "SendTestEventNotification": {"Notification!": NOTICE, "TestEventType!": Word(EVENTS)},
    "UpdateExpirationForHIT": {"HITId!": ID, "ExpireAt!": Time()},
    "UpdateHITReviewStatus": {"HITId!": ID, "Revert": Flag()},
    "UpdateHITTypeOfHIT": {"HITId!": ID, "HITTypeId!": ID},
    "UpdateNotificationSettings": {"HITTypeId!": ID, "Notification": NOTICE, "Active": Flag()},
    "UpdateQualificationType": {
        "QualificationTypeId!": ID, "Description": Text(2_000, 1),
        "QualificationTypeStatus": STATUS, **TEST,
    },
}  # fmt: skip
REQUESTS = {name: Fields(fields) for name, fields in FIELDS.items()}


def check(operation: str, request: Mapping[str, Any]) -> None:
    """Check a request before it is sent, and again where it arrives.

    Raises:
        UsageError: The marketplace would not take it.
    """
    if operation not in REQUESTS:
        raise UsageError(f"there is no operation {operation!r}; known: {', '.join(REQUESTS)}")
    problem = REQUESTS[operation].problem(request)
    if problem:
        raise UsageError(f"{operation} {problem}")
    for one in request.get("QualificationRequirements", ()):
        requirements.check(one)
