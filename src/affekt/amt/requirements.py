"""What a worker must have, or be, before a batch is shown, previewed or accepted."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from affekt.errors import UsageError

LOCALE = "00000000000000000071"
APPROVAL_RATE = "000000000000000000L0"
APPROVED = "00000000000000000040"
ADULT = "00000000000000000060"
MASTERS = "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH"
MASTERS_SANDBOX = "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6"
SYSTEM = frozenset([LOCALE, APPROVAL_RATE, APPROVED, ADULT, MASTERS, MASTERS_SANDBOX])
ACCEPT, PREVIEW, DISCOVER = "Accept", "PreviewAndAccept", "DiscoverPreviewAndAccept"
NONE_NEEDED, LISTED = ("Exists", "DoesNotExist"), ("In", "NotIn")
MOST_LOCALES, MOST_VALUES = 30, 15
Requirement = dict[str, Any]


def own_test(identifier: str, least: int = 50, guards: str = DISCOVER) -> Requirement:
    """Require our own test at a value; ours are in percent."""
    return _whole(identifier, "GreaterThanOrEqualTo", least, guards)


def approval_rate(percent: int, guards: str = ACCEPT) -> Requirement:
    """Require that so many of a hundred assignments were approved."""
    return _whole(APPROVAL_RATE, "GreaterThanOrEqualTo", percent, guards)


def approved(count: int, guards: str = ACCEPT) -> Requirement:
    """Require so many approved assignments."""
    return _whole(APPROVED, "GreaterThanOrEqualTo", count, guards)


def adult(guards: str = DISCOVER) -> Requirement:
    """Require consent to adult content; what shows fear or disgust must."""
    return _whole(ADULT, "EqualTo", 1, guards)


def masters(*, production: bool, guards: str = ACCEPT) -> Requirement:
    """Require the marketplace's own mark for good workers."""
    identifier = MASTERS if production else MASTERS_SANDBOX
    return {"QualificationTypeId": identifier, "Comparator": "Exists", "ActionsGuarded": guards}


def in_places(places: Sequence[str], guards: str = ACCEPT) -> Requirement:
    """Require one of some countries (``"DE"``) or parts of them (``"US-NY"``)."""
    values = [
        {"Country": one[:2]} | ({"Subdivision": one[3:]} if one[2:] else {}) for one in places
    ]
    return {
        "QualificationTypeId": LOCALE,
        "Comparator": "In" if len(values) > 1 else "EqualTo",
        "LocaleValues": values,
        "ActionsGuarded": guards,
    }


def _whole(identifier: str, comparator: str, value: int, guards: str) -> Requirement:
    return {
        "QualificationTypeId": identifier,
        "Comparator": comparator,
        "IntegerValues": [value],
        "ActionsGuarded": guards,
    }


def check(requirement: Mapping[str, Any]) -> None:
    """Check what the shapes of the wire do not say.

    Raises:
        UsageError: The marketplace would not take it.
    """
    name, comparator = requirement["QualificationTypeId"], requirement["Comparator"]
    whole = list(requirement.get("IntegerValues", ()))
    places = list(requirement.get("LocaleValues", ()))
    values, most = (places, MOST_LOCALES) if name == LOCALE else (whole, MOST_VALUES)
    where = f"the requirement {name!r} with {comparator!r}"
    if len(whole) + len(places) > len(values):
        raise UsageError(f"{where} gives values of the other kind; locales are for {LOCALE} alone")
    if name == LOCALE and comparator not in ("EqualTo", "NotEqualTo", *NONE_NEEDED, *LISTED):
        raise UsageError(f"{where} puts places in an order; use EqualTo, NotEqualTo, In or NotIn")
    low, high = (0, 0) if comparator in NONE_NEEDED else (1, most if comparator in LISTED else 1)
    if not low <= len(values) <= high:
        raise UsageError(f"{where} has {len(values)} values; {low} to {high} are allowed")
    if "RequiredToPreview" in requirement and "ActionsGuarded" in requirement:
        raise UsageError(f"{where} says twice what it guards; drop RequiredToPreview")


def is_met(requirement: Mapping[str, Any], has: Any) -> bool:
    """Whether somebody meets a requirement whose value for it is ``has``: None is to have none."""
    comparator = requirement["Comparator"]
    if comparator == "DoesNotExist":
        return has is None
    if has is None:
        return False
    wanted = requirement.get("LocaleValues") or requirement.get("IntegerValues") or [None]
    if requirement["QualificationTypeId"] == LOCALE and comparator != "Exists":
        is_there = any(one.items() <= has.items() for one in wanted)
        return is_there is (comparator in ("EqualTo", "In"))
    verdicts: dict[str, Callable[[], bool]] = {
        "Exists": lambda: True,
        "LessThan": lambda: has < wanted[0],
        "LessThanOrEqualTo": lambda: has <= wanted[0],
        "GreaterThan": lambda: has > wanted[0],
        "GreaterThanOrEqualTo": lambda: has >= wanted[0],
        "EqualTo": lambda: has == wanted[0],
        "NotEqualTo": lambda: has != wanted[0],
        "In": lambda: has in wanted,
        "NotIn": lambda: has not in wanted,
    }
    return bool(verdicts[comparator]())
