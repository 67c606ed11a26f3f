"""Tests, who has passed them, and who asks to."""

from typing import Any

from affekt.amt import answer_key, question_form
from affekt.amt.emulator import listing
from affekt.amt.emulator.denial import Denied
from affekt.amt.emulator.market import NAME_SECONDS, Market
from affekt.amt.emulator.state import Asked, Test
from affekt.errors import UsageError

Request = dict[str, Any]


def create_test(market: Market, request: Request) -> Request:
    """Make a qualification type; its name must be free, and stays taken for two days."""
    name = request["Name"].strip().lower()
    for one in market.tests.values():
        if one.request["Name"].strip().lower() == name and _is_taken(market, one):
            raise Denied(
                "QualificationTypeAlreadyExists",
                "You have already created a QualificationType with this name",
            )
    _check_rules(request)
    made = Test(market.new_id(), request, market.now())
    market.tests[made.id] = made
    return {"QualificationType": listing.test(made)}


def _is_taken(market: Market, one: Test) -> bool:
    freed = market.tokens.get(f"name\n{one.id}", ("", 0.0))[1] + NAME_SECONDS
    return not one.is_deleted or market.now() < freed


def _check_rules(request: Request) -> None:
    test, key = request.get("Test"), request.get("AnswerKey")
    if (test is None) != (request.get("TestDurationInSeconds") is None):
        raise UsageError("a Test needs TestDurationInSeconds, which is for a Test alone")
    if key is not None and test is None:
        raise UsageError("an AnswerKey needs a Test")
    if request.get("AutoGranted") and test is not None:
        raise UsageError("AutoGranted is for a qualification without a Test; drop one")
    if "AutoGrantedValue" in request and not request.get("AutoGranted"):
        raise UsageError("AutoGrantedValue needs AutoGranted")
    if test is not None:
        form = question_form.read(test)
        if key is not None:
            answer_key.check_fits(answer_key.read(key), form)


def known(market: Market, name: str) -> Test:
    """Give the test of that id.

    Raises:
        Denied: There is none.
    """
    one = market.tests.get(name)
    if one is None or one.is_deleted:
        raise Denied("QualificationTypeDoesNotExist", f"QualificationType {name} does not exist")
    return one


def get_test(market: Market, request: Request) -> Request:
    """Give one test."""
    return {"QualificationType": listing.test(known(market, request["QualificationTypeId"]))}


def list_tests(market: Market, request: Request) -> Request:
    """Give the tests whose name or description holds some words."""
    words = request.get("Query", "").lower()

    def is_wanted(one: Test) -> bool:
        is_open = one.request["QualificationTypeStatus"] == "Active"
        text = f"{one.request['Name']} {one.request['Description']}".lower()
        return (
            not one.is_deleted and words in text and (is_open or not request["MustBeRequestable"])
        )

    found, beside = listing.page(list(market.tests.values()), request, is_wanted)
    return {"QualificationTypes": [listing.test(one) for one in found], **beside}


def update_test(market: Market, request: Request) -> Request:
    """Change a test; a second try can be allowed, and not forbidden again."""
    one = known(market, request["QualificationTypeId"])
    changed = {name: value for name, value in request.items() if name != "QualificationTypeId"}
    _check_rules({**one.request, **changed})
    one.request.update(changed)
    return {"QualificationType": listing.test(one)}


def delete_test(market: Market, request: Request) -> Request:
    """Put a test away."""
    one = known(market, request["QualificationTypeId"])
    one.is_deleted = True
    market.tokens[f"name\n{one.id}"] = (one.id, market.now())
    return {}


def associate(market: Market, request: Request) -> Request:
    """Grant a qualification by hand."""
    one = known(market, request["QualificationTypeId"])
    grant(market, one, request["WorkerId"], request.get("IntegerValue", 1))
    market.news += 1  # who took a test looks for work without being told
    return {}


def grant(market: Market, one: Test, worker: str, value: int) -> None:
    """Let a worker have a value of a test."""
    one.values[worker] = value
    one.granted[worker] = market.now()
    one.revoked.pop(worker, None)


def dissociate(market: Market, request: Request) -> Request:
    """Take a qualification away."""
    one, worker = known(market, request["QualificationTypeId"]), request["WorkerId"]
    if worker not in one.values:
        raise Denied("QualificationDoesNotExist", f"worker {worker} does not have {one.id}")
    one.revoked[worker] = market.now()
    return {}


def get_score(market: Market, request: Request) -> Request:
    """Give what one worker has of a test."""
    one, worker = known(market, request["QualificationTypeId"]), request["WorkerId"]
    if worker not in one.values:
        raise Denied("QualificationDoesNotExist", f"worker {worker} does not have {one.id}")
    return {"Qualification": listing.qualification(one, worker)}


def list_workers(market: Market, request: Request) -> Request:
    """Give who has a test."""
    one = known(market, request["QualificationTypeId"])
    wants_revoked = request.get("Status", "Granted") == "Revoked"
    found, beside = listing.page(
        list(one.values), request, lambda worker: (worker in one.revoked) is wants_revoked
    )
    return {"Qualifications": [listing.qualification(one, worker) for worker in found], **beside}


def list_asked(market: Market, request: Request) -> Request:
    """Give who waits for a decision."""
    test_id = request.get("QualificationTypeId")
    found, beside = listing.page(
        list(market.asked.values()), request, lambda one: test_id in (None, one.test_id)
    )
    return {"QualificationRequests": [_asked(market, one) for one in found], **beside}


def _asked(market: Market, one: Asked) -> Request:
    told = {
        "QualificationRequestId": one.id,
        "QualificationTypeId": one.test_id,
        "WorkerId": one.worker,
        "SubmitTime": one.when,
    }
    test = market.tests[one.test_id].request.get("Test")
    return told | ({"Test": test, "Answer": one.answer} if test else {})


def accept_asked(market: Market, request: Request) -> Request:
    """Grant what somebody asked for."""
    one = _taken(market, request["QualificationRequestId"])
    grant(market, known(market, one.test_id), one.worker, request.get("IntegerValue", 1))
    market.news += 1
    return {}


def reject_asked(market: Market, request: Request) -> Request:
    """Refuse what somebody asked for."""
    _taken(market, request["QualificationRequestId"])
    return {}


def _taken(market: Market, name: str) -> Asked:
    if name not in market.asked:
        raise Denied("QualificationRequestDoesNotExist", f"the request {name} does not exist")
    return market.asked.pop(name)
