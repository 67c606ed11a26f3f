"""What is no picture is told by its first bytes, and shown with them (B20)."""

import pytest

from affekt.fetch.secrets import keep_secret
from affekt.fetch.sniff import sniff
from tests import nasty


@pytest.mark.parametrize(
    "data", [b"<!doctype html>\n<title>Sign in</title>", b'{"stat":"fail"}', b"404", bytes(50)]
)
def test_text_is_no_picture(data: bytes) -> None:
    refusal = sniff(data)
    assert refusal is not None
    assert refusal[0] == "not-a-picture"


def test_nothing_is_empty() -> None:
    assert sniff(b"") == ("empty", None)


@pytest.mark.parametrize("data", [nasty.jpeg(), nasty.png(nasty.painting()), b"<svg/>", b"%PDF-1"])
def test_a_picture_of_any_kind_passes(data: bytes) -> None:
    """Those that are not decoded are told by decoding."""
    assert sniff(data) is None


def test_the_first_bytes_are_shown_clean_and_short() -> None:
    refusal = sniff(b"<html>\x1b[2J\r\n" + b"x" * 10_000)
    assert refusal is not None
    shown = refusal[1] or ""
    assert shown.startswith("begins with '<html>\ufffd[2J xxx")
    assert shown.isprintable()
    assert len(shown) < 150


def test_the_first_bytes_show_no_key() -> None:
    """B35."""
    keep_secret(["canary-0006"])
    assert "canary" not in str(sniff(b'{"error":"bad key canary-0006"}'))
