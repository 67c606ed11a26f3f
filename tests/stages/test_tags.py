"""Which emotions tags and texts name, worked by hand and held against naive lines."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.stages._tags import bits_of, folded, folded_text, glued, named_by, names_of, split
from affekt.taxonomy import MIKELS8, Emotion, Taxonomy

TWO = Taxonomy(
    name="two",
    emotions=(
        Emotion(name="fear", keywords=("fear", "fear of heights", "Höhenangst", "😱")),
        Emotion(name="joy", keywords=("joy", "happiness"), forms=("joyful",)),
    ),
)
BITS = bits_of(TWO)


def named(tags: list[str | None], bits: dict[str, int] = BITS, of: Taxonomy = TWO) -> list[str]:
    return names_of(named_by(tags, bits), of)


@pytest.mark.parametrize(
    ("tag", "emotion"),
    [
        ("fear", "fear"),
        ("FEAR", "fear"),
        ("  #Fear ", "fear"),
        ("ｆｅａｒ", "fear"),
        ("#FearOfHeights", "fear"),
        ("fear-of heights!", "fear"),
        ("HÖHENANGST", "fear"),
        ("Ho\u0308henangst", "fear"),
        ("😱", "fear"),
        ("h a p p i n e s s", "joy"),
    ],
)
def test_a_tag_names_an_emotion(tag: str, emotion: str) -> None:
    """C8."""
    assert named([tag]) == [emotion]


@pytest.mark.parametrize("tag", ["fearless", "nofear", "joyful", "", "#", "  ", "!?", "fear joy"])
def test_only_whole_tags_count(tag: str) -> None:
    """C8."""
    assert named([tag]) == []


@pytest.mark.parametrize("tag", ["stranger", "danger"])
def test_anger_is_not_in_danger(tag: str) -> None:
    """C8."""
    assert named([tag], bits_of(MIKELS8, forms=True), MIKELS8) == []


def test_two_words_of_one_emotion_are_one_emotion() -> None:
    assert named(["joy", "happiness", None]) == ["joy"]


def test_other_forms_count_on_request_only() -> None:
    """C8."""
    assert named(["Joyful"]) == []
    assert named(["Joyful"], bits_of(TWO, forms=True)) == ["joy"]


@pytest.mark.parametrize("name", MIKELS8.names)
def test_each_of_the_eight_words_has_forms_that_share_its_beginning(name: str) -> None:
    """C8: forms are no synonyms."""
    (emotion,) = (one for one in MIKELS8.emotions if one.name == name)
    roots = {name[:3], name[:2]} if name in ("awe", "anger") else {name[:3]}
    assert len(emotion.forms) >= 3
    assert all(any(form.startswith(root) for root in roots) for form in emotion.forms)


def test_scared_is_another_word_and_no_form() -> None:
    """C2."""
    assert named(["scared", "happy", "furious"], bits_of(MIKELS8, forms=True), MIKELS8) == []


@given(tag=st.text(max_size=12))
def test_folding_twice_is_folding_once(tag: str) -> None:
    assert glued(glued(folded(tag))) == glued(folded(tag))


@given(text=st.text(max_size=30))
def test_words_of_a_text_are_what_stands_between_anything_else(text: str) -> None:
    words = split(folded_text(text))
    assert "".join(words) == glued(folded_text(text))
    assert all(re.search(r"\s", word) is None for word in words)


@given(tags=st.lists(st.sampled_from(["fear", "joy", "x", "Joy", "#fear"]), max_size=5))
def test_the_order_of_tags_does_not_matter(tags: list[str]) -> None:
    assert named_by(tags, BITS) == named_by(tags[::-1], BITS)
