"""One-time codes of a second factor, from a shared secret and the time.

References:
    M'Raihi, Machani, Pei and Rydell (2011), TOTP: Time-Based One-Time Password Algorithm, RFC 6238,
    section 4; M'Raihi, Bellare, Hoornaert, Naccache and Ranen (2005), HOTP, RFC 4226, section 5.3.
"""

import base64
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
N_BYTES = 20  # of a secret, as RFC 4226 recommends


def fresh_secret() -> str:
    """Give a new secret in the base32 letters that authenticator programs take."""
    return base64.b32encode(secrets.token_bytes(N_BYTES)).decode()


def code_at(secret: bytes, seconds: int, *, digits: int = DIGITS) -> str:
    """Give the code that holds at a time, seconds since 1970.

    >>> code_at(b"12345678901234567890", 59, digits=8)
    '94287082'
    """
    step = (seconds // STEP_SECONDS).to_bytes(8, "big")
    digest = hmac.digest(secret, step, "sha1")
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}}"


def step_of(secret: str, code: str, seconds: int) -> int | None:
    """Give the step whose code this is, the present one or a neighbour; None where it is neither.

    A caller keeps the step, so that no code is taken twice.
    """
    key = base64.b32decode(secret)
    given = code.strip().replace(" ", "").encode()
    found = None
    for drift in (-1, 0, 1):  # all three are tried, so that the time tells nothing
        moment = seconds + drift * STEP_SECONDS
        if hmac.compare_digest(code_at(key, moment).encode(), given):
            found = moment // STEP_SECONDS
    return found


def is_secret(given: str) -> bool:
    """Tell whether a text is a secret such as `fresh_secret` gives."""
    try:
        return len(base64.b32decode(given)) == N_BYTES
    except ValueError:
        return False


def address(secret: str, name: str) -> str:
    """Give the address that an authenticator program reads."""
    query = urlencode({"secret": secret, "issuer": "affekt"})
    return f"otpauth://totp/{quote(f'affekt:{name}')}?{query}"
