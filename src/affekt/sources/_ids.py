"""Which names came already, small enough to be kept in the text of a cursor."""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import blake2b

DIGEST_BYTES = 6  # two of 100,000 names meet by chance once in 50,000 such crowds


def digest(name: str) -> bytes:
    """Give what stands for a name."""
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()


def packed(digests: Iterable[bytes]) -> str:
    """Give digests as one text, the same for every order."""
    return b64encode(b"".join(sorted(digests))).decode()


def unpacked(text: str) -> frozenset[bytes]:
    """Give digests back from their text."""
    data = b64decode(text)
    return frozenset(data[at : at + DIGEST_BYTES] for at in range(0, len(data), DIGEST_BYTES))
