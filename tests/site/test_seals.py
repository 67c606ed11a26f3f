"""Cookies, form tokens and names of pictures: forged, foreign and old ones open nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.errors import NotTaken
from affekt.site import seals as module
from affekt.site.seals import Seals

MINE, OTHER = Seals(bytes(range(32))), Seals(bytes(range(1, 33)))
IMAGE = "ab" * 32


def test_a_cookie_gives_its_secret_back() -> None:
    assert MINE.cookie_opened(MINE.cookie("secret")) == "secret"


@settings(max_examples=30)
@given(st.text(max_size=80))
def test_a_cookie_that_was_made_up_opens_nothing(value: str) -> None:
    """C65."""
    assert MINE.cookie_opened(value) is None


def test_a_cookie_of_another_project_opens_nothing() -> None:
    assert MINE.cookie_opened(OTHER.cookie("secret")) is None


def test_a_cookie_that_is_too_old_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SESSION_SECONDS", -1)
    assert MINE.cookie_opened(MINE.cookie("secret")) is None


def test_a_name_of_a_picture_says_nothing_and_opens_for_the_server() -> None:
    """C5, C67."""
    name = MINE.picture(IMAGE, 7)
    assert IMAGE not in name
    assert MINE.picture_opened(name) == (IMAGE, 7)


def test_equal_pictures_have_names_of_equal_length_that_differ() -> None:
    first, second = MINE.picture(IMAGE, 7), MINE.picture(IMAGE, 7)
    assert first != second
    assert len(first) == len(second)


@pytest.mark.parametrize("name", ["", "x", "../../etc/passwd", OTHER.picture(IMAGE, 7), "é"])
def test_a_forged_name_opens_nothing(name: str) -> None:
    """B57."""
    with pytest.raises(NotTaken, match="no picture"):
        MINE.picture_opened(name)


def test_an_old_name_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    name = MINE.picture(IMAGE, 7)
    monkeypatch.setattr(module, "PICTURE_SECONDS", -1)
    with pytest.raises(NotTaken):
        MINE.picture_opened(name)


def test_a_form_token_is_of_one_session_and_one_project() -> None:
    """C66."""
    token = MINE.form_token("session")
    assert MINE.is_form_token("session", token)
    assert not MINE.is_form_token("another", token)
    assert not OTHER.is_form_token("session", token)
    assert not MINE.is_form_token("session", "é")
