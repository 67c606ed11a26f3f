"""What the headers of a picture's answer forbid, read before its body.

``X-Robots-Tag`` may come several times, each with several directives; one that a name and a colon
precede speaks to that agent alone, and so do those after it in the same header. Some directives
have a value behind a colon and are no names.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from multidict import CIMultiDictProxy

# Tags of owners who want no machine to learn from a picture, as letters and digits alone: each is
# written in many ways.
TAGS = ("noai", "noaitraining", "nocomputervision", "noimageai", "nomachinelearning", "noml")
OURS = ("affekt", "*")  # the agents that we listen for
NAME = re.compile(r"[a-z0-9_.*/-]+")  # of an agent; what follows a comma in a date is none
WITH_VALUE = {
    "unavailable_after", "max-snippet", "max-image-preview", "max-video-preview", "max-age",
    "max-visual-preview", "max-audio-preview", "max-text-preview",
}  # fmt: skip


def opted_out(headers: CIMultiDictProxy[str], words: Iterable[str]) -> str | None:
    """Give the directive that forbids the use of a picture, or None.

    Args:
        headers: Those of the picture's answer.
        words: Directives of ``X-Robots-Tag`` that forbid it. A reservation of rights
            (``tdm-reservation: 1``) does always.
    """
    if _has_reservation(headers):
        return "tdm-reservation: 1"
    told = headers.getall("X-Robots-Tag", ())
    if not told:
        return None
    said = {directive for header in told for directive in directives(header)}
    found = sorted(said & {word.strip().lower() for word in words})
    return f"X-Robots-Tag: {found[0]}" if found else None


def _has_reservation(headers: Mapping[str, str]) -> bool:
    return headers.get("tdm-reservation", "").strip() == "1"


def directives(header: str) -> Iterator[str]:
    """Give the directives of one ``X-Robots-Tag`` header that speak to us, in lower case.

    >>> list(directives("noindex, otherbot: noai, nofollow"))
    ['noindex']
    >>> list(directives("max-snippet: 5, NoAI, affekt: noml"))
    ['noai', 'noml']
    """
    is_ours = True
    for part in header.lower().split(","):
        name, colon, rest = (piece.strip() for piece in part.partition(":"))
        if colon and name not in WITH_VALUE and NAME.fullmatch(name):
            is_ours = name in OURS
            name, colon, _ = (piece.strip() for piece in rest.partition(":"))
        if is_ours and name and not colon:
            yield name
