"""Every operation through boto3 against the emulator, and through boto3's own shapes (C53)."""

from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel, StringShape, StructureShape
from botocore.stub import Stubber

from affekt.amt import answer_key, pages, question_form, shapes
from affekt.amt.client import Client, Denial
from affekt.amt.emulator import operations, work
from affekt.amt.emulator.server import Emulator
from affekt.amt.limits import Fields, Word
from affekt.amt.pages import HtmlQuestion
from tests.amt.made import page, papers_test, right_answers

MODEL = ServiceModel(Loader().load_service_model("mturk", "service-2"))
QUESTION = pages.to_xml(HtmlQuestion(page()))
TYPE = {
    "AssignmentDurationInSeconds": 600,
    "AutoApprovalDelayInSeconds": 3_600,
    "Reward": "0.50",
    "Title": "Pictures",
    "Description": "Look",
}
TEST = {
    "Name": "Emotions",
    "Description": "Twenty pictures",
    "QualificationTypeStatus": "Active",
    "Test": question_form.to_xml(papers_test()),
    "AnswerKey": answer_key.to_xml(answer_key.paper_key(right_answers())),
    "TestDurationInSeconds": 600,
}
NOTICE = {
    "Destination": "arn:aws:sqs:us-east-1:1:queue",
    "Transport": "SQS",
    "Version": "2006-05-05",
    "EventTypes": ["AssignmentSubmitted", "HITReviewable", "AssignmentAccepted"],
}


def make_batch(client: Client, **more: Any) -> dict[str, Any]:
    type_id = client.call("CreateHITType", **TYPE)["HITTypeId"]
    wanted = {"MaxAssignments": 3, "LifetimeInSeconds": 86_400, "Question": QUESTION} | more
    return dict(client.call("CreateHITWithHITType", HITTypeId=type_id, **wanted)["HIT"])


def do_batch(market: Emulator, hit: str, worker: str, answer: str = "yes") -> str:
    """Let somebody accept a batch and hand it in; give the id of the assignment."""
    one = market.do(lambda world: work.accept(world.market, worker, hit))
    fields = {"item-0": answer, "item-1": "no"}
    market.do(lambda world: work.submit_fields(world.market, worker, one.id, fields))
    return one.id


def same_words(ours: Any, theirs: StringShape) -> bool:
    return not isinstance(ours, Word) or set(ours.known) == set(theirs.enum)


@pytest.mark.parametrize("name", sorted(shapes.REQUESTS))
def test_requests_are_those_of_boto3(name: str) -> None:
    """C53: same fields, none needed that we leave out, same words."""
    theirs = MODEL.operation_model(name).input_shape
    assert isinstance(theirs, StructureShape)
    ours: Fields = shapes.REQUESTS[name]
    assert ours.kinds.keys() <= theirs.members.keys()
    assert set(theirs.required_members) <= ours.needed
    assert all(same_words(kind, theirs.members[key]) for key, kind in ours.kinds.items())


def test_what_is_checked_is_what_is_emulated() -> None:
    """C52."""
    assert operations.OPERATIONS.keys() == shapes.REQUESTS.keys()


def test_the_way_of_a_test(client: Client, market: Emulator) -> None:
    """C47, C52."""
    made = client.call("CreateQualificationType", **TEST)["QualificationType"]
    test = made["QualificationTypeId"]
    assert (
        client.call("GetQualificationType", QualificationTypeId=test)["QualificationType"] == made
    )
    lists = client.pages(
        "ListQualificationTypes", "QualificationTypes", Query="emotions", MustBeRequestable=True
    )
    assert [one["Name"] for page in lists for one in page] == ["Emotions"]
    half = dict(list(right_answers().items())[:10])
    value = market.do(lambda world: work.take_test(world.market, "A1", test, half))
    assert value == 50
    got = client.call("GetQualificationScore", QualificationTypeId=test, WorkerId="A1")
    assert got["Qualification"]["IntegerValue"] == 50
    client.call("AssociateQualificationWithWorker", QualificationTypeId=test, WorkerId="A2")
    client.call("DisassociateQualificationFromWorker", QualificationTypeId=test, WorkerId="A1")
    have = client.call("ListWorkersWithQualificationType", QualificationTypeId=test)
    assert [one["WorkerId"] for one in have["Qualifications"]] == ["A2"]
    client.call("UpdateQualificationType", QualificationTypeId=test, RetryDelayInSeconds=60)
    assert client.call("ListHITsForQualificationType", QualificationTypeId=test)["HITs"] == []
    client.call("DeleteQualificationType", QualificationTypeId=test)
    with pytest.raises(Denial, match="does not exist"):
        client.call("GetQualificationType", QualificationTypeId=test)


def test_a_wish_for_a_test_without_key_is_granted_or_refused(
    client: Client, market: Emulator
) -> None:
    """C52."""
    plain = {name: value for name, value in TEST.items() if name != "AnswerKey"}
    test = client.call("CreateQualificationType", **plain)["QualificationType"]
    name = test["QualificationTypeId"]
    market.do(lambda world: work.take_test(world.market, "A1", name, {}))
    market.do(lambda world: work.take_test(world.market, "A2", name, {}))
    first, second = client.call("ListQualificationRequests")["QualificationRequests"]
    client.call(
        "AcceptQualificationRequest",
        QualificationRequestId=first["QualificationRequestId"],
        IntegerValue=80,
    )
    client.call(
        "RejectQualificationRequest", QualificationRequestId=second["QualificationRequestId"]
    )
    have = client.call("ListWorkersWithQualificationType", QualificationTypeId=name)
    assert [one["IntegerValue"] for one in have["Qualifications"]] == [80]


def test_a_test_cannot_be_taken_again_unless_it_allows_that(
    client: Client, market: Emulator
) -> None:
    """C4, C49: a second try can be allowed, never forbidden again."""
    name = client.call("CreateQualificationType", **TEST)["QualificationType"][
        "QualificationTypeId"
    ]
    market.do(lambda world: work.take_test(world.market, "A1", name, {}))
    with pytest.raises(Exception, match="again"):
        market.do(lambda world: work.take_test(world.market, "A1", name, right_answers()))
    client.call("UpdateQualificationType", QualificationTypeId=name, RetryDelayInSeconds=60)
    market.advance(61)
    again = market.do(lambda world: work.take_test(world.market, "A1", name, right_answers()))
    assert again == 100
    assert (
        "RetryDelayInSeconds"
        in client.call("GetQualificationType", QualificationTypeId=name)["QualificationType"]
    )


def test_the_name_of_a_deleted_test_stays_taken_for_two_days(
    client: Client, market: Emulator
) -> None:
    """C48."""
    name = client.call("CreateQualificationType", **TEST)["QualificationType"][
        "QualificationTypeId"
    ]
    client.call("DeleteQualificationType", QualificationTypeId=name)
    market.advance(47 * 3_600)
    with pytest.raises(Denial, match="already created"):
        client.call("CreateQualificationType", **TEST)
    market.advance(2 * 3_600)
    assert client.call("CreateQualificationType", **TEST)


def test_the_way_of_a_batch(client: Client, market: Emulator) -> None:
    """C52: from assignable to disposed."""
    hit = make_batch(client, RequesterAnnotation="c/1-0")
    name = hit["HITId"]
    assert (hit["HITStatus"], hit["NumberOfAssignmentsAvailable"]) == ("Assignable", 3)
    assert client.call("ListHITs")["HITs"][0]["RequesterAnnotation"] == "c/1-0"
    done = [do_batch(market, name, f"A{n}") for n in range(3)]
    assert client.call("GetHIT", HITId=name)["HIT"]["HITStatus"] == "Reviewable"
    assert len(client.call("ListReviewableHITs", HITTypeId=hit["HITTypeId"])["HITs"]) == 1
    client.call("UpdateHITReviewStatus", HITId=name)
    assert client.call("ListReviewableHITs")["HITs"] == []
    client.call("UpdateHITReviewStatus", HITId=name, Revert=True)
    listed = client.call("ListAssignmentsForHIT", HITId=name)["Assignments"]
    assert [one["AssignmentId"] for one in listed] == done
    with pytest.raises(Denial, match="undecided"):
        client.call("DeleteHIT", HITId=name)
    client.call("ApproveAssignment", AssignmentId=done[0])
    client.call("RejectAssignment", AssignmentId=done[1], RequesterFeedback="empty")
    client.call("ApproveAssignment", AssignmentId=done[1], OverrideRejection=True)
    client.call("RejectAssignment", AssignmentId=done[2], RequesterFeedback="empty")
    client.call("DeleteHIT", HITId=name)
    client.call("DeleteHIT", HITId=name)
    assert client.call("GetHIT", HITId=name)["HIT"]["HITStatus"] == "Disposed"
    one = client.call("GetAssignment", AssignmentId=done[2])["Assignment"]
    assert (one["AssignmentStatus"], one["RequesterFeedback"]) == ("Rejected", "empty")


def test_money_is_set_aside_paid_and_given_back_to_the_cent(
    client: Client, market: Emulator
) -> None:
    """C39, C52: three places of 0.50 and a fee of 0.10 each."""
    hit = make_batch(client)["HITId"]
    assert client.call("GetAccountBalance") == {
        "AvailableBalance": "999998.20",
        "OnHoldBalance": "1.80",
    }
    done = [do_batch(market, hit, f"A{n}") for n in range(2)]
    client.call("ApproveAssignment", AssignmentId=done[0])
    client.call("RejectAssignment", AssignmentId=done[1], RequesterFeedback="no")
    client.call(
        "SendBonus", WorkerId="A0", AssignmentId=done[0], BonusAmount="0.02", Reason="thanks"
    )
    paid = client.call("ListBonusPayments", AssignmentId=done[0])["BonusPayments"]
    assert [one["BonusAmount"] for one in paid] == ["0.02"]
    market.advance(86_400)
    assert client.call("GetAccountBalance") == {
        "AvailableBalance": "999999.37",  # without 0.60 for one assignment and 0.03 for the bonus
        "OnHoldBalance": "0.00",
    }


def test_too_little_money_makes_no_batch(client: Client, market: Emulator) -> None:
    """C52."""
    with pytest.raises(Denial, match="dollars are needed"):
        make_batch(client, MaxAssignments=10_000_000)
    assert client.call("ListHITs")["HITs"] == []


def test_what_nobody_decides_approves_itself(client: Client, market: Emulator) -> None:
    """C52."""
    hit = make_batch(client)["HITId"]
    name = do_batch(market, hit, "A1")
    market.advance(3_601)
    one = client.call("GetAssignment", AssignmentId=name)["Assignment"]
    assert one["AssignmentStatus"] == "Approved"


def test_a_batch_ends_and_begins_again(client: Client, market: Emulator) -> None:
    """C52."""
    hit = make_batch(client)["HITId"]
    client.call("UpdateExpirationForHIT", HITId=hit, ExpireAt=0)
    assert client.call("GetHIT", HITId=hit)["HIT"]["HITStatus"] == "Reviewable"
    assert client.call("GetAccountBalance")["OnHoldBalance"] == "0.00"
    later = market.do(lambda world: world.market.now()) + 3_600
    client.call("UpdateExpirationForHIT", HITId=hit, ExpireAt=later)
    assert client.call("GetHIT", HITId=hit)["HIT"]["HITStatus"] == "Assignable"


def test_fewer_than_ten_assignments_never_become_ten(client: Client) -> None:
    """C49."""
    hit = make_batch(client, MaxAssignments=9)["HITId"]
    with pytest.raises(Denial, match="fewer than 10") as refused:
        client.call("CreateAdditionalAssignmentsForHIT", HITId=hit, NumberOfAdditionalAssignments=1)
    assert refused.value.code == "InvalidMaximumAssignmentsIncrease"
    more = make_batch(client, MaxAssignments=10)["HITId"]
    client.call("CreateAdditionalAssignmentsForHIT", HITId=more, NumberOfAdditionalAssignments=1)
    assert client.call("GetHIT", HITId=more)["HIT"]["MaxAssignments"] == 11


def test_a_batch_cannot_be_changed_in_its_first_seconds(client: Client, market: Emulator) -> None:
    """C49: the client waits and asks again."""
    hit = make_batch(client)["HITId"]
    before = market.do(lambda world: world.market.now())
    client.call("CreateAdditionalAssignmentsForHIT", HITId=hit, NumberOfAdditionalAssignments=1)
    assert market.do(lambda world: world.market.now()) >= before + 5


def test_a_batch_can_become_another_kind(client: Client) -> None:
    hit = make_batch(client)["HITId"]
    other = client.call("CreateHITType", **{**TYPE, "Reward": "1.00"})["HITTypeId"]
    client.call("UpdateHITTypeOfHIT", HITId=hit, HITTypeId=other)
    assert client.call("GetHIT", HITId=hit)["HIT"]["Reward"] == "1.00"
    assert client.call("GetAccountBalance")["OnHoldBalance"] == "3.60"


def test_the_four_tokens_are_known_for_a_day(client: Client, market: Emulator) -> None:
    """C48: the same token again does nothing, and says so with the id."""
    hit = make_batch(client, UniqueRequestToken="t")["HITId"]
    with pytest.raises(Denial) as again:
        make_batch(client, UniqueRequestToken="t")
    assert (again.value.was_done_before, again.value.named()) == (True, hit)
    direct = {**TYPE, "LifetimeInSeconds": 86_400, "Question": QUESTION, "UniqueRequestToken": "u"}
    first = client.call("CreateHIT", **direct)["HIT"]["HITId"]
    with pytest.raises(Denial, match=first):
        client.call("CreateHIT", **direct)
    market.advance(10)
    more = {"HITId": hit, "NumberOfAdditionalAssignments": 1, "UniqueRequestToken": "v"}
    client.call("CreateAdditionalAssignmentsForHIT", **more)
    bonus = {
        "WorkerId": "A1", "AssignmentId": do_batch(market, hit, "A1"), "BonusAmount": "0.10",
        "Reason": "r", "UniqueRequestToken": "w",
    }  # fmt: skip
    client.call("SendBonus", **bonus)
    with pytest.raises(Denial) as twice:
        client.call("CreateAdditionalAssignmentsForHIT", **more)
    assert twice.value.was_done_before
    with pytest.raises(Denial) as paid_twice:
        client.call("SendBonus", **bonus)
    assert paid_twice.value.was_done_before
    market.advance(86_400)
    assert make_batch(client, UniqueRequestToken="t")["HITId"] != hit


def test_workers_are_blocked_and_written_to(client: Client, market: Emulator) -> None:
    """C52."""
    hit = make_batch(client)["HITId"]
    client.call("CreateWorkerBlock", WorkerId="A1", Reason="spam")
    assert client.call("ListWorkerBlocks")["WorkerBlocks"] == [{"WorkerId": "A1", "Reason": "spam"}]
    with pytest.raises(Exception, match="may not accept"):
        do_batch(market, hit, "A1")
    client.call("DeleteWorkerBlock", WorkerId="A1")
    do_batch(market, hit, "A1")
    told = client.call("NotifyWorkers", Subject="s", MessageText="m", WorkerIds=["A1", "A2"])
    assert [one["WorkerId"] for one in told["NotifyWorkersFailureStatuses"]] == ["A2"]


def test_notifications_go_out_for_what_was_asked(client: Client, market: Emulator) -> None:
    """C50, C52."""
    hit = make_batch(client, MaxAssignments=1)
    client.call("UpdateNotificationSettings", HITTypeId=hit["HITTypeId"], Notification=NOTICE)
    client.call("SendTestEventNotification", Notification=NOTICE, TestEventType="Ping")
    do_batch(market, hit["HITId"], "A1")
    kinds = market.do(lambda world: [one.kind for one in world.market.events])
    assert kinds == ["Ping", "AssignmentAccepted", "AssignmentSubmitted", "HITReviewable"]
    client.call("UpdateNotificationSettings", HITTypeId=hit["HITTypeId"], Active=False)
    client.call("DeleteWorkerBlock", WorkerId="A1")


def test_an_assignment_that_was_given_back_passes_to_the_next(
    client: Client, market: Emulator
) -> None:
    """C50: the id is the same, the worker is not."""
    hit = make_batch(client, MaxAssignments=1)["HITId"]
    first = market.do(lambda world: work.accept(world.market, "A1", hit))
    market.do(lambda world: work.give_back(world.market, "A1", first.id))
    assert do_batch(market, hit, "A2") == first.id
    listed = client.call("ListAssignmentsForHIT", HITId=hit)["Assignments"]
    assert [one["WorkerId"] for one in listed] == ["A2"]


def test_a_batch_that_was_left_goes_to_somebody_else(client: Client, market: Emulator) -> None:
    """C52: abandonment."""
    hit = make_batch(client, MaxAssignments=1)["HITId"]
    market.do(lambda world: work.accept(world.market, "A1", hit))
    assert client.call("GetHIT", HITId=hit)["HIT"]["HITStatus"] == "Unassignable"
    market.advance(601)
    assert client.call("GetHIT", HITId=hit)["HIT"]["HITStatus"] == "Assignable"


@pytest.mark.slow
def test_pages_hold_a_hundred_and_lose_nothing(client: Client) -> None:
    """C51."""
    made = [make_batch(client)["HITId"] for _ in range(101)]
    found = [one["HITId"] for page in client.pages("ListHITs", "HITs") for one in page]
    assert sorted(found) == sorted(made)
    with pytest.raises(Denial, match="never given out"):
        client.call("ListHITs", NextToken="x")


@pytest.mark.parametrize("operation", sorted(shapes.REQUESTS))
def test_boto3_itself_accepts_what_we_send_and_what_comes_back(operation: str) -> None:
    """C53: the library's own validator, on requests and answers of the emulator."""
    asked, answered = EXAMPLES[operation]
    library = boto3.client(
        "mturk", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    shapes.check(operation, asked)
    with Stubber(library) as stubber:
        stubber.add_response(xform_name(operation), answered, asked)
        getattr(library, xform_name(operation))(**asked)


ONE = {"AssignmentId": "3A"}
ID, WHO = {"QualificationTypeId": "3Q"}, {"WorkerId": "A1"}
HIT = {"HITId": "3H"}
EXAMPLES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "AcceptQualificationRequest": ({"QualificationRequestId": "3R", "IntegerValue": 1}, {}),
    "ApproveAssignment": (ONE, {}),
    "AssociateQualificationWithWorker": ({**ID, **WHO}, {}),
    "CreateAdditionalAssignmentsForHIT": ({**HIT, "NumberOfAdditionalAssignments": 1}, {}),
    "CreateHIT": ({**TYPE, "LifetimeInSeconds": 60, "Question": QUESTION}, {"HIT": HIT}),
    "CreateHITType": (TYPE, {"HITTypeId": "3T"}),
    "CreateHITWithHITType": (
        {"HITTypeId": "3T", "LifetimeInSeconds": 60, "Question": QUESTION}, {"HIT": HIT},
    ),
    "CreateQualificationType": (TEST, {"QualificationType": ID}),
    "CreateWorkerBlock": ({**WHO, "Reason": "r"}, {}),
    "DeleteHIT": (HIT, {}),
    "DeleteQualificationType": (ID, {}),
    "DeleteWorkerBlock": (WHO, {}),
    "DisassociateQualificationFromWorker": ({**ID, **WHO}, {}),
    "GetAccountBalance": ({}, {"AvailableBalance": "1.00", "OnHoldBalance": "0.00"}),
    "GetAssignment": (ONE, {"Assignment": ONE, "HIT": HIT}),
    "GetHIT": (HIT, {"HIT": HIT}),
    "GetQualificationScore": ({**ID, **WHO}, {"Qualification": {**ID, **WHO}}),
    "GetQualificationType": (ID, {"QualificationType": ID}),
    "ListAssignmentsForHIT": ({**HIT, "MaxResults": 100}, {"Assignments": [ONE]}),
    "ListBonusPayments": (ONE, {"BonusPayments": [{**ONE, "BonusAmount": "0.10"}]}),
    "ListHITs": ({"MaxResults": 100}, {"HITs": [HIT]}),
    "ListHITsForQualificationType": (ID, {"HITs": [HIT]}),
    "ListQualificationRequests": (ID, {"QualificationRequests": [{**ID, **WHO}]}),
    "ListQualificationTypes": ({"MustBeRequestable": True}, {"QualificationTypes": [ID]}),
    "ListReviewableHITs": ({"HITTypeId": "3T"}, {"HITs": [HIT]}),
    "ListWorkerBlocks": ({}, {"WorkerBlocks": [{**WHO, "Reason": "r"}]}),
    "ListWorkersWithQualificationType": (ID, {"Qualifications": [{**ID, **WHO}]}),
    "NotifyWorkers": ({"Subject": "s", "MessageText": "m", "WorkerIds": ["A1"]}, {}),
    "RejectAssignment": ({**ONE, "RequesterFeedback": "f"}, {}),
    "RejectQualificationRequest": ({"QualificationRequestId": "3R"}, {}),
    "SendBonus": ({**ONE, **WHO, "BonusAmount": "0.10", "Reason": "r"}, {}),
    "SendTestEventNotification": ({"Notification": NOTICE, "TestEventType": "Ping"}, {}),
    "UpdateExpirationForHIT": ({**HIT, "ExpireAt": 0.0}, {}),
    "UpdateHITReviewStatus": (HIT, {}),
    "UpdateHITTypeOfHIT": ({**HIT, "HITTypeId": "3T"}, {}),
    "UpdateNotificationSettings": ({"HITTypeId": "3T", "Notification": NOTICE}, {}),
    "UpdateQualificationType": ({**ID, "Description": "d"}, {"QualificationType": ID}),
}  # fmt: skip
