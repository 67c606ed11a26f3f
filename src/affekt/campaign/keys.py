"""The key of a project, kept outside its database, that seals who a worker is elsewhere (C70)."""

import os
from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import new as keyed
from pathlib import Path
from tempfile import mkstemp

from affekt.durable import settle
from affekt.errors import Damaged, MachineError, MissingExtra

FILE = "identities.key"
KEY_BYTES = 32
OTHERS = 0o077


def project_key(folder: Path) -> bytes:
    """Give the key of a project, made at the first call; only its owner can read the file.

    Whoever loses it can no longer tell who the workers of a marketplace are; votes and pay stay.

    Raises:
        MachineError: Others can read the file.
        Damaged: The file does not hold a key.
    """
    path = folder / FILE
    if not path.exists():
        _make(path)
    if path.stat().st_mode & OTHERS:
        raise MachineError(f"{path}: others can read this key; run: chmod 600 {path}")
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise Damaged(
            f"{path}: has {len(key)} bytes, a key has {KEY_BYTES}; restore it from a copy"
        )
    return key


def seal(key: bytes, words: str) -> str:
    """Give words encrypted and signed; the same words look different each time."""
    return str(_fernet(key).encrypt(words.encode()).decode())


def unseal(key: bytes, sealed: str) -> str:
    """Give back what `seal` was given.

    Raises:
        Damaged: It was sealed by another key, or was changed.
    """
    from cryptography.fernet import InvalidToken

    try:
        return str(_fernet(key).decrypt(sealed.encode()).decode())
    except InvalidToken as trouble:
        raise Damaged(
            f"an identity was sealed by another key; restore the {FILE} of this project"
        ) from trouble


def fingerprint(key: bytes, words: str) -> str:
    """Give a keyed hash, by which sealed words are found again and which tells nobody else."""
    return keyed(sha256(b"fingerprint" + key).digest(), words.encode(), "sha256").hexdigest()


def _make(path: Path) -> None:
    """Write a new key; of two processes that try, one wins and both use its key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = mkstemp(prefix=f".{FILE}.", dir=path.parent)  # its owner's alone
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(KEY_BYTES))
        settle(Path(beside))
        os.link(beside, path)
        settle(path.parent)
    except FileExistsError:
        return
    finally:
        Path(beside).unlink()


def _fernet(key: bytes):  # type: ignore[no-untyped-def]  # the library is optional
    try:
        from cryptography.fernet import Fernet
    except ImportError as trouble:
        raise MissingExtra(
            "sealing who workers are needs cryptography: pip install 'affekt[serve]'"
        ) from trouble
    return Fernet(urlsafe_b64encode(key))
