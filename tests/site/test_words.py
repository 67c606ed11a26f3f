"""The catalogue: every language says everything, with the same values in it."""

import re

import pytest

from affekt.site.prose import blocks
from affekt.site.words import chosen, languages, words
from affekt.taxonomy import MIKELS8

OTHERS = [one for one in languages() if one != "en"]


def values_in(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_text_with_the_same_values(language: str) -> None:
    """C60."""
    english, own = words("en"), words(language)
    assert set(own.texts) == set(english.texts)
    differ = [one for one in own.texts if values_in(own(one)) != values_in(english(one))]
    assert differ == []


def test_words_that_ship_are_the_studys_own_with_their_source() -> None:
    """C60."""
    own = words("en")
    assert {own.emotion(name) for name in MIKELS8.names} == set(MIKELS8.names)
    assert own.is_reviewed
    assert "Mikels" in own.source


@pytest.mark.parametrize("language", languages())
def test_no_word_for_an_emotion_ships_without_a_source(language: str) -> None:
    """C60."""
    own = words(language)
    assert own.is_reviewed == bool(own.source)
    assert own.is_reviewed or own.emotions == words("en").emotions


def test_an_emotion_without_a_word_is_called_by_its_name() -> None:
    assert words("de").emotion("schadenfreude") == "schadenfreude"


@pytest.mark.parametrize(
    ("wanted", "accepted", "given"),
    [("", "", "en"), ("de", "en", "de"), ("", "de-CH,en;q=0.5", "de"), ("fr", "fr", "en")],
)
def test_the_language_is_the_wish_then_the_browsers_then_the_first(
    wanted: str, accepted: str, given: str
) -> None:
    assert chosen(wanted, accepted, ["en", "de"]) == given


def test_prose_has_headings_lists_and_bold_and_keeps_all_else_as_text() -> None:
    found = blocks("# Title\n\n**Bold** <b>\nplain\n\n- one\n- two")
    assert [one.kind for one in found] == ["heading", "paragraph", "list"]
    assert found[1].lines == (("", "Bold", " <b> plain"),)
    assert found[2].lines == (("one",), ("two",))
