"""What headers forbid, read as agents are addressed in them (B36)."""

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from affekt.fetch.opt_outs import directives, opted_out

WORDS = ("noai", "noimageai", "noml")


def headers(*pairs: tuple[str, str]) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict(pairs))


def said(*values: str, words: tuple[str, ...] = WORDS) -> str | None:
    return opted_out(headers(*(("X-Robots-Tag", value) for value in values)), words)


@pytest.mark.parametrize(
    "values",
    [
        ("noai",), ("NoImageAI",), ("noindex, noml",), ("noindex", "noai"), ("affekt: noai",),
        ("Affekt: noindex, noai",), ("*: noai",), ("otherbot: noindex, affekt: noai",),
        ("otherbot: noindex", "noai"), ("max-snippet: 5, noai",), ("max-snippet:5,noai",),
        ("unavailable_after: Saturday, 25-Jun-99 15:00:00 GMT, noai",), (" , noai ,",),
        ("affekt: max-snippet: 5, noai",),
    ],
)  # fmt: skip
def test_an_objection_is_heard(values: tuple[str, ...]) -> None:
    assert said(*values)


@pytest.mark.parametrize(
    "values",
    [
        (), ("",), ("all",), ("noindex, nofollow",), ("otherbot: noai",), ("max-snippet: 5",),
        ("otherbot: noindex, noai",), ("noairplanes",), ("unavailable_after: 25 Jun 2099 15:00",),
        ("affekt: noindex, otherbot: noai",), ("otherbot: max-snippet: 5, noai",),
    ],
)  # fmt: skip
def test_what_is_said_to_others_or_of_other_things_is_none(values: tuple[str, ...]) -> None:
    assert said(*values) is None


def test_the_words_that_count_are_the_askers() -> None:
    assert said("noindex", words=("noindex",)) == "X-Robots-Tag: noindex"
    assert said("noai", words=()) is None


def test_the_words_of_a_plan_may_be_spelled_in_any_case() -> None:
    assert said("noai", words=(" NoAI ",)) == "X-Robots-Tag: noai"


@pytest.mark.parametrize("value", ["1", " 1 "])
def test_a_reservation_of_rights_is_an_objection_whatever_the_words(value: str) -> None:
    assert opted_out(headers(("TDM-Reservation", value)), ())


@pytest.mark.parametrize("value", ["0", "", "10"])
def test_no_reservation_of_rights_is_none(value: str) -> None:
    assert opted_out(headers(("TDM-Reservation", value)), WORDS) is None


def test_a_directive_with_a_value_is_no_agent() -> None:
    assert list(directives("max-image-preview: large, noai")) == ["noai"]
