"""Codes of a second factor, against the vectors of RFC 6238."""

import base64

import pytest

from affekt.site import totp

SHARED = b"12345678901234567890"
SECRET = base64.b32encode(SHARED).decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"),
        (1234567890, "89005924"), (2000000000, "69279037"), (20000000000, "65353130"),
    ],
)  # fmt: skip
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """C69; RFC 6238, appendix B, SHA-1."""
    assert totp.code_at(SHARED, seconds, digits=8) == code


@pytest.mark.parametrize("drift", [-30, 0, 30])
def test_a_code_of_a_neighbouring_step_is_taken(drift: int) -> None:
    code = totp.code_at(SHARED, 1_000_000 + drift)
    assert totp.step_of(SECRET, code, 1_000_000) == (1_000_000 + drift) // 30


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "é"])
def test_another_code_is_none(code: str) -> None:
    assert totp.step_of(SECRET, code, 59) is None


def test_a_fresh_secret_is_a_secret_and_a_word_is_none() -> None:
    assert totp.is_secret(totp.fresh_secret())
    assert not totp.is_secret("a word")
    assert not totp.is_secret("MFRGG===")


def test_the_address_names_the_person_and_escapes_it() -> None:
    assert "affekt%3AAnn%20%26%20Bob" in totp.address("ABC", "Ann & Bob")
