"""Keys that were used, so that nothing that is shown, written or logged holds one of them.

Whatever a server or a library says may repeat the address that was asked, key and all. Every text
of this room that leaves it passes `hide`, and so does every line of the log.
"""

import json
import re
import threading
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

STAR = "***"
LEAST = 4  # shorter ones would blank out ordinary words
LEAST_IN_ANSWERS = 8  # an answer is data; a short key may be a word of it


class _Known:
    """All keys of this process, and what finds them."""

    def __init__(self) -> None:
        self.values: set[str] = set()
        self.lock = threading.Lock()
        self.everywhere: re.Pattern[str] | None = None
        self.in_answers: re.Pattern[bytes] | None = None

    def add(self, values: set[str]) -> None:
        with self.lock:
            if values <= self.values:
                return
            self.values |= values
            forms = _forms(self.values)
            self.everywhere = re.compile("|".join(map(re.escape, forms)))
            longer = [one.encode() for one in forms if len(one) >= LEAST_IN_ANSWERS]
            self.in_answers = re.compile(b"|".join(map(re.escape, longer))) if longer else None


_KNOWN = _Known()


def _forms(values: Iterable[str]) -> list[str]:
    """Give each value as it may be spelled in links, JSON and Python, the longest first."""
    found = set()
    for one in values:
        found |= {one, quote(one, safe=""), quote_plus(one), quote(one)}
        found |= {json.dumps(one)[1:-1], repr(one)[1:-1]}
    return sorted(found, key=lambda form: (-len(form), form))


def keep_secret(values: Iterable[str]) -> None:
    """Never show these again, nor the words that they are made of, such as a token after Bearer."""
    words = {word for value in values for word in (value, *value.split())}
    known = {word for word in words if len(word) >= LEAST and word not in ("Bearer", "Basic")}
    if known:
        _KNOWN.add(known)


def hide(text: str) -> str:
    """Give a text with stars in place of every key.

    >>> keep_secret(["canary/17"])
    >>> hide("GET /rest?key=canary%2F17 failed")
    'GET /rest?key=*** failed'
    """
    return _KNOWN.everywhere.sub(STAR, text) if _KNOWN.everywhere else text


def hide_in_answer(data: bytes) -> bytes:
    """Give the bytes of an answer with stars in place of every key that is no short word."""
    return _KNOWN.in_answers.sub(STAR.encode(), data) if _KNOWN.in_answers else data
