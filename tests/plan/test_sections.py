"""Sections that a program writes: read back as they were, and held against the rest of a plan."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt import templates
from affekt.errors import PlanError
from affekt.plan.sections import troubles_with, written

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
PLAIN = WORDS | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False)
TABLES = st.dictionaries(
    WORDS,
    st.recursive(
        PLAIN | st.lists(PLAIN, max_size=3) | st.lists(st.dictionaries(WORDS, PLAIN), max_size=2),
        lambda inner: st.dictionaries(WORDS, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=3,
)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return templates.write(tmp_path / "plan.toml", "tiny")


@given(st.dictionaries(WORDS, TABLES, max_size=3))
def test_what_is_written_reads_back_as_it_was(sections: dict[str, Any]) -> None:
    """C62."""
    assert tomllib.loads(written(sections)) == sections


def test_an_amount_is_written_as_a_text_that_keeps_its_digits() -> None:
    """I10."""
    assert tomllib.loads(written({"pay": {"per_batch": Decimal("0.10")}})) == {
        "pay": {"per_batch": "0.10"}
    }


def test_sections_that_fit_have_no_trouble(plan: Path) -> None:
    assert troubles_with(plan, {"verify": {"crowd": "local", "until": {"votes": 5}}}) == []


def test_what_does_not_fit_the_rest_of_the_plan_is_told(plan: Path) -> None:
    """C62: by the words of the reader of plans."""
    found = troubles_with(plan, {"verify": {"crowd": "local", "until": {"votes": 3}}})
    assert [one.path for one in found] == [("decide", "rule")]
    assert "verify.until asks for at most 3" in found[0].text


def test_a_setting_that_is_none_is_told_with_its_path(plan: Path) -> None:
    [found] = troubles_with(plan, {"verify": {"crowd": {"kind": "local", "asking": {"bach": 1}}}})
    assert found.path == ("verify", "crowd", "asking", "bach")


def test_a_plan_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="there is no such file"):
        troubles_with(tmp_path / "plan.toml", {})
