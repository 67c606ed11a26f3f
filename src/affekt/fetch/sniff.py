"""Whether bytes begin like a picture; names and announced types are not asked."""

from affekt.errors import PictureError
from affekt.fetch.secrets import hide
from affekt.foreign import clean
from affekt.pictures.headers import format_of

SHOWN = 120  # leading bytes that are kept to explain


def sniff(data: bytes) -> tuple[str, str | None] | None:
    """Give None for what begins like a picture, else the reason and the first bytes, cleaned.

    A picture of a kind that is not decoded is one all the same; decoding says so.

    >>> sniff(b"<html>Sign in</html>")
    ('not-a-picture', "begins with '<html>Sign in</html>'")
    """
    try:
        format_of(data)
    except PictureError as trouble:
        if trouble.reason == "empty":
            return "empty", None
        if trouble.reason == "not-a-picture":
            return trouble.reason, f"begins with {hide(clean(data[:SHOWN], SHOWN))!r}"
    return None
