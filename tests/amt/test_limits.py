"""What boto3 does not check is checked before sending, as a sentence (C46, C47)."""

from decimal import Decimal
from typing import Any

import pytest

from affekt.amt import fees, requirements, shapes
from affekt.amt.limits import dollars
from affekt.errors import UsageError

TYPE = {"AssignmentDurationInSeconds": 600, "Reward": "0.10", "Title": "T", "Description": "D"}
HIT = {"HITTypeId": "3A", "LifetimeInSeconds": 600, "Question": "q"}


@pytest.mark.parametrize(
    ("operation", "request_", "told"),
    [
        ("CreateHITType", TYPE | {"Reward": "0.105"}, "two decimals"),
        ("CreateHITType", TYPE | {"Reward": 0.1}, "text"),
        ("CreateHITType", TYPE | {"Title": "t" * 129}, "129 characters"),
        ("CreateHITType", TYPE | {"Description": "t" * 2001}, "2,001"),
        ("CreateHITType", TYPE | {"Keywords": "t" * 1001}, "1,001"),
        ("CreateHITType", TYPE | {"AssignmentDurationInSeconds": 29}, "30 to"),
        ("CreateHITType", TYPE | {"AutoApprovalDelayInSeconds": 2_592_001}, "2,592,000"),
        ("CreateHITType", TYPE | {"QualificationRequirements": [{}] * 11}, "11 entries"),
        ("CreateHITType", {}, "must be given"),
        ("CreateHITType", TYPE | {"Colour": "red"}, "unknown field"),
        ("CreateHITWithHITType", HIT | {"Question": "é" * 32_768}, "65,536 bytes"),
        ("CreateHITWithHITType", HIT | {"RequesterAnnotation": "é" * 128}, "256 bytes"),
        ("CreateHITWithHITType", HIT | {"UniqueRequestToken": "t" * 65}, "65"),
        ("CreateHITWithHITType", HIT | {"LifetimeInSeconds": 31_536_001}, "31,536,000"),
        ("CreateHITWithHITType", HIT | {"HITTypeId": "3-a"}, "must match"),
        ("ListHITs", {"MaxResults": 101}, "1 to 100"),
        ("CreateWorkerBlock", {"WorkerId": "B1", "Reason": "r"}, "must match"),
        ("GetHIT", {"HITId": 3}, "a text is expected"),
        ("ApproveAssignment", {"AssignmentId": "3A", "OverrideRejection": 1}, "true or false"),
        ("UpdateExpirationForHIT", {"HITId": "3A", "ExpireAt": "now"}, "a time"),
        ("NotifyWorkers", {"Subject": "s", "MessageText": "m", "WorkerIds": "A1"}, "a list"),
        ("Fly", {}, "no operation"),
    ],
)
def test_what_is_too_much_or_of_no_form_is_told(
    operation: str, request_: dict[str, Any], told: str
) -> None:
    """C46."""
    with pytest.raises(UsageError, match=told):
        shapes.check(operation, request_)


def test_what_is_within_the_limits_passes() -> None:
    """C46."""
    shapes.check("CreateHITType", TYPE | {"Title": "t" * 128, "AutoApprovalDelayInSeconds": 0})
    shapes.check("CreateHITWithHITType", HIT | {"Question": "q" * 65_535})


@pytest.mark.parametrize(
    ("need", "told"),
    [
        ({"QualificationTypeId": "3A", "Comparator": "EqualTo"}, "0 values"),
        ({"QualificationTypeId": "3A", "Comparator": "Exists", "IntegerValues": [1]}, "1 values"),
        ({"QualificationTypeId": requirements.LOCALE, "Comparator": "LessThan"}, "order"),
        ({"QualificationTypeId": requirements.LOCALE, "Comparator": "In",
          "LocaleValues": [{"Country": "DE"}] * 31}, "31 values"),
        ({"QualificationTypeId": "3A", "Comparator": "EqualTo", "IntegerValues": [1],
          "LocaleValues": [{"Country": "DE"}]}, "other kind"),
        ({"QualificationTypeId": "3A", "Comparator": "Exists", "RequiredToPreview": True,
          "ActionsGuarded": "Accept"}, "twice"),
    ],
)  # fmt: skip
def test_requirements_that_cannot_be_are_told(need: dict[str, Any], told: str) -> None:
    """C47."""
    with pytest.raises(UsageError, match=told):
        requirements.check(need)


@pytest.mark.parametrize(
    ("need", "has", "is_met"),
    [
        (requirements.own_test("3A", 50), 50, True),
        (requirements.own_test("3A", 50), 49, False),
        (requirements.own_test("3A", 50), None, False),
        (requirements.adult(), 1, True),
        (requirements.approval_rate(95), 94, False),
        (requirements.approved(100), 100, True),
        (requirements.masters(production=True), None, False),
        (requirements.masters(production=False), 1, True),
        (requirements.in_places(["US-NY", "DE"]), {"Country": "DE", "Subdivision": ""}, True),
        (requirements.in_places(["US-NY"]), {"Country": "US", "Subdivision": "CA"}, False),
        ({"QualificationTypeId": "3A", "Comparator": "DoesNotExist"}, None, True),
        ({"QualificationTypeId": "3A", "Comparator": "NotIn", "IntegerValues": [1, 2]}, 3, True),
        ({"QualificationTypeId": "3A", "Comparator": "LessThan", "IntegerValues": [2]}, 2, False),
    ],
)
def test_a_requirement_is_met_or_not(need: dict[str, Any], has: Any, is_met: bool) -> None:
    """C47."""
    requirements.check(need)
    assert requirements.is_met(need, has) is is_met


@pytest.mark.parametrize(
    ("reward", "assignments", "fee"),
    [
        ("0.50", 5, "0.10"),
        ("0.50", 9, "0.10"),
        ("0.50", 10, "0.20"),
        ("0.01", 5, "0.01"),
        ("0.00", 1, "0.01"),
        ("0.12", 5, "0.02"),
        ("0.13", 5, "0.03"),  # 0.026
    ],
)
def test_fees_are_those_of_the_marketplace(reward: str, assignments: int, fee: str) -> None:
    """C39."""
    assert fees.of_assignment(Decimal(reward), assignments) == Decimal(fee)


def test_masters_cost_more_and_a_bonus_has_a_fee() -> None:
    """C39."""
    assert fees.of_assignment(Decimal("1.00"), 5, masters=True) == Decimal("0.25")
    assert fees.of_bonus(Decimal("0.02")) == Decimal("0.01")


def test_a_reward_of_10_and_a_half_cents_cannot_be_paid() -> None:
    """C38, section 15."""
    with pytest.raises(ValueError, match="decimals"):
        dollars("0.105")
