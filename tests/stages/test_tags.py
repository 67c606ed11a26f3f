"""Which emotions tags name, worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.stages._tags import folded, glued, named_by, words_of
from affekt.taxonomy import MIKELS8, Emotion, Taxonomy

WORDS = words_of(
    Taxonomy(
        name="two",
        emotions=(
            Emotion(name="fear", keywords=("fear", "fear of heights", "Höhenangst")),
            Emotion(name="joy", keywords=("joy", "happiness")),
        ),
    )
)


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
        ("h a p p i n e s s", "joy"),
    ],
)
def test_a_tag_names_an_emotion(tag: str, emotion: str) -> None:
    assert named_by([tag], WORDS) == {emotion}


@pytest.mark.parametrize("tag", ["fearless", "nofear", "joyful", "", "#", "  ", "!?", "fear joy"])
def test_only_whole_tags_count(tag: str) -> None:
    assert named_by([tag], WORDS) == set()


@pytest.mark.parametrize("tag", ["stranger", "danger"])
def test_anger_is_not_in_danger(tag: str) -> None:
    assert named_by([tag], words_of(MIKELS8)) == set()


def test_two_words_of_one_emotion_are_one_emotion() -> None:
    assert named_by(["joy", "happiness", None], WORDS) == {"joy"}


@given(tag=st.text(max_size=12))
def test_folding_twice_is_folding_once(tag: str) -> None:
    assert glued(glued(folded(tag))) == glued(folded(tag))


@given(tags=st.lists(st.sampled_from(["fear", "joy", "x", "Joy", "#fear"]), max_size=5))
def test_the_order_of_tags_does_not_matter(tags: list[str]) -> None:
    assert named_by(tags, WORDS) == named_by(tags[::-1], WORDS)
