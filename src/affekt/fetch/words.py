"""What is asked and what comes back, as values."""

from collections.abc import Mapping
from typing import NamedTuple


class Quota(NamedTuple):
    """An allowance that all processes of this machine share.

    Attributes:
        name: Whose it is, such as ``flickr``.
        owner: The key it belongs to, or the address where it is everybody's; only a digest of it is
            ever written.
        calls: How many calls are allowed …
        seconds: … in any stretch of so many seconds.
        is_secret: Whether the owner is a key, which is never shown.
    """

    name: str
    owner: str
    calls: int
    seconds: float
    is_secret: bool = True

    def __repr__(self) -> str:
        return f"Quota({self.name!r}, ***, {self.calls}, {self.seconds})"


class Call(NamedTuple):
    """One question to an API.

    Attributes:
        url: Address without secrets.
        query: What is asked; may be shown.
        secrets: Further parameters that are never shown, written or logged.
        headers: Further headers; may be shown.
        secret_headers: Headers that are never shown, written or logged.
        quota: The allowance it uses up, or None.
        is_posted: Sent as a form, by POST, what is asked and the secrets in its body. Its answer
            comes to the judge as it is, since it may be a key.
    """

    url: str
    query: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    secret_headers: Mapping[str, str] = {}
    quota: Quota | None = None
    is_posted: bool = False

    def __repr__(self) -> str:
        return f"Call({self.url!r}, {dict(self.query)!r}, {len(self.secrets)} secrets)"


class Answer(NamedTuple):
    """What an API said; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    tries: int = 1  # how often it was asked; what it said before came in part or not at all


class Link(NamedTuple):
    """A picture to be fetched.

    Attributes:
        name: What the asker calls it; comes back with the answer.
        url: Where it lies.
        robots: Whether the host's robots.txt has a say.
    """

    name: str
    url: str
    robots: bool = False


class Fetched(NamedTuple):
    """What became of one link: its bytes, or a reason of `affekt.fetch.reasons.REASONS`."""

    name: str
    data: bytes | None
    reason: str | None = None
    detail: str | None = None
    status: int | None = None  # of HTTP, of the last answer
    final_url: str | None = None  # after redirects; None when nothing answered
    attempts: int = 0  # requests sent for it
