"""Passwords, kept as argon2id only."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST = 12  # characters, as NIST SP 800-63B asks of a password without a second factor, and more
MOST = 256
HASHER = PasswordHasher()
# Checked where there is no such person, so that a wrong name takes as long as a wrong password.
NOBODY = HASHER.hash("nobody has this password")


def hashed(password: str) -> str:
    """Give what is kept of a password."""
    return HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Tell whether it is the password; where none is kept, after as long a time."""
    try:
        HASHER.verify(kept or NOBODY, password[:MOST])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def objection(password: str, name: str) -> str:
    """Say what keeps a password from being taken; ``""`` when nothing does."""
    if not LEAST <= len(password) <= MOST:
        return f"a password has {LEAST} to {MOST} characters; this one has {len(password)}"
    if name.casefold() in password.casefold() or len(set(password)) < 5:
        return "this password is easily guessed; take several words that do not belong together"
    return ""
