"""A key that was used stays out of everything that people can read (B35, X9)."""

import json
from urllib.parse import quote, quote_plus

import pytest
from yarl import URL

from affekt.fetch.secrets import hide, hide_in_answer, keep_secret
from affekt.fetch.words import Call, Quota

KEY = 'canary key/"0001"ä'


@pytest.mark.parametrize(
    "text",
    [
        KEY, quote(KEY), quote_plus(KEY), quote(KEY, safe=""), quote(KEY, safe="/ "), f"a={KEY}&b",
        repr(KEY), json.dumps(KEY), quote(quote(KEY)), quote(KEY).lower(), str(URL(f"http://a/?k={KEY}")),
    ],
)  # fmt: skip
def test_a_key_is_hidden_in_every_spelling(text: str) -> None:
    keep_secret([KEY])
    assert "canary" not in hide(text)
    assert "0001" not in hide(text)


def test_the_token_of_a_header_is_hidden_without_its_scheme() -> None:
    keep_secret(["Bearer canary-token-0002"])
    assert hide("token canary-token-0002 of Bearer is wrong") == "token *** of Bearer is wrong"


def test_text_without_a_key_is_left_alone() -> None:
    keep_secret(["", "abc"])
    assert hide("abc and more") == "abc and more"


def test_a_longer_key_is_hidden_before_one_that_it_begins_with() -> None:
    keep_secret(["canary-0003", "canary-0003-longer"])
    assert hide("canary-0003-longer") == "***"


def test_a_key_is_hidden_in_an_answer() -> None:
    keep_secret(["canary-0004"])
    assert hide_in_answer(b'{"next":"?token=canary-0004"}') == b'{"next":"?token=***"}'


def test_a_short_key_leaves_the_words_of_an_answer_alone() -> None:
    """An answer is data; a text is for people."""
    keep_secret(["fearful"])
    assert hide_in_answer(b'["fearful"]') == b'["fearful"]'
    assert hide('["fearful"]') == '["***"]'


def test_the_shortest_keys_that_are_hidden() -> None:
    keep_secret(["zx17", "zx177177"])
    assert hide("zx17") == "***"
    assert hide_in_answer(b"zx17 zx177177") == b"zx17 ***"


def test_a_call_and_its_allowance_show_no_key() -> None:
    quota = Quota("flickr", "canary-0005", 3600, 3600)
    call = Call("http://a.example/", {"q": "awe"}, {"key": "canary-0005"}, quota=quota)
    shown = f"{call} {call!r} {quota} {quota!r}"
    assert "canary" not in shown
    assert "awe" in shown
