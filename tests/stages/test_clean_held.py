"""Which earlier attempts still answer, case by case."""

import polars as pl
import pytest

from affekt.pictures.limits import Limits
from affekt.retry import EVERY
from affekt.stages._held import Terms, still_answer
from tests.journal.test_fetched import attempts

TERMS = Terms(("noai", "noml"), Limits(), None, (), 64, 10.0)
CAME = {
    "source_id": "a",
    "image_id": "1",
    "content": "1",
    "came_bytes": 1_000,
    "came_width_px": 400,
    "came_height_px": 300,
    **TERMS.said(),
}


def answers(
    then: dict[str, object], now: Terms = TERMS, *, again: frozenset[str] | None = None
) -> bool:
    keeps = {"keeps_bytes": then.pop("keeps_bytes", False)}
    rows = attempts({**CAME, **then}).with_columns(
        pl.lit(keeps["keeps_bytes"]).alias("keeps_bytes")
    )
    return still_answer(rows, now, again=again).height == 1


SMALL = {"image_id": "2", "side_px": 200}


@pytest.mark.parametrize(
    ("then", "now", "holds"),
    [
        ({}, {}, True),
        ({}, {"opt_outs": ("noml",)}, True),
        ({}, {"opt_outs": ("noai", "noml", "noindex")}, False),
        ({}, {"limits": Limits(max_bytes=999)}, False),
        ({}, {"limits": Limits(max_pixels=119_999)}, False),
        ({}, {"limits": Limits(max_side_px=399)}, False),
        ({}, {"limits": Limits(seconds=1)}, True),
        ({}, {"side_px": 200}, False),
        ({}, {"side_px": 400}, True),
        ({"keeps_bytes": True}, {"side_px": 200}, True),
        (SMALL, {"side_px": 200}, True),
        (SMALL, {"side_px": 100}, False),
        (SMALL, {}, False),
        (SMALL, {"side_px": 400}, False),
        ({**SMALL, "keeps_bytes": True}, {"side_px": 200}, False),
    ],
)
def test_a_picture_on_the_shelf(
    then: dict[str, object], now: dict[str, object], holds: bool
) -> None:
    assert answers(dict(then), TERMS._replace(**now)) is holds  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reason", "now", "holds"),
    [
        ("gone", {}, True),
        ("placeholder", {}, True),
        ("robots", {}, True),
        ("busy", {}, False),
        ("dns", {}, False),
        ("host-given-up", {}, False),
        ("opted-out", {}, True),
        ("opted-out", {"opt_outs": ("noai", "noml", "noindex")}, True),
        ("opted-out", {"opt_outs": ("noai",)}, False),
        ("too-many-bytes", {}, True),
        ("too-many-bytes", {"limits": Limits(max_bytes=10)}, False),
        ("truncated", {}, True),
        ("decode-timeout", {"limits": Limits(seconds=99)}, False),
        ("gone", {"limits": Limits(seconds=99)}, True),
    ],
)
def test_a_refusal(reason: str, now: dict[str, object], holds: bool) -> None:
    terms = TERMS._replace(**now)  # type: ignore[arg-type]
    assert answers({"reason": reason, "image_id": None}, terms) is holds


@pytest.mark.parametrize("reason", ["gone", "truncated", "busy", "opted-out"])
def test_told_to_ask_again_every_refusal_is(reason: str) -> None:
    assert not answers({"reason": reason}, again=EVERY)


def test_told_to_ask_again_a_picture_is_not() -> None:
    assert answers({}, again=EVERY)


@pytest.mark.parametrize(
    ("reason", "holds"), [("gone", False), ("busy", True), ("opted-out", True), ("truncated", True)]
)
def test_told_to_ask_for_one_reason_all_others_answer(reason: str, holds: bool) -> None:
    assert answers({"reason": reason}, again=frozenset({"gone"})) is holds
