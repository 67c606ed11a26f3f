"""Emotions: the eight of Mikels, two of valence, and any a plan writes."""

import pytest
from pydantic import ValidationError

from affekt.taxonomy import MIKELS8, VALENCE2, Emotion, Taxonomy


def taxonomy(*names: str) -> Taxonomy:
    return Taxonomy(name="mine", emotions=tuple(Emotion(name=name) for name in names))


def test_the_eight_emotions_stand_positive_first() -> None:
    """A2."""
    assert MIKELS8.names == (
        "amusement", "awe", "contentment", "excitement", "anger", "disgust", "fear", "sadness",
    )  # fmt: skip
    assert [emotion.valence for emotion in MIKELS8.emotions] == [1] * 4 + [-1] * 4


def test_valence_has_two_sides() -> None:
    assert VALENCE2.names == ("positive", "negative")


def test_an_emotion_without_keywords_is_searched_by_its_name() -> None:
    assert MIKELS8.emotions[0].words == ("amusement",)


@pytest.mark.parametrize("names", [(), ("fear",), ("fear", "fear")])
def test_too_few_or_equal_emotions_are_refused(names: tuple[str, ...]) -> None:
    """B07."""
    with pytest.raises(ValidationError):
        taxonomy(*names)


def test_a_keyword_of_two_emotions_is_refused_whatever_its_case() -> None:
    """B07."""
    with pytest.raises(ValidationError, match="names both 'fear' and 'anger'"):
        Taxonomy(
            name="mine",
            emotions=(
                Emotion(name="fear", keywords=("Dread",)),
                Emotion(name="anger", keywords=("dread",)),
            ),
        )


@pytest.mark.parametrize(
    "name", ["../up", "a/b", "c:", "con", "lpt1", ".hidden", "x" * 300, "", "Fear", "a b", "nul"]
)
def test_a_name_never_becomes_a_path(name: str) -> None:
    """B06."""
    with pytest.raises(ValidationError):
        Emotion(name=name)
