"""Keys that were used, so that nothing that is shown, written or logged holds one of them.

Whatever a server or a library says may repeat the address that was asked, key and all. Every text
of this room that leaves it passes `hide`, and so does every line of the log.
"""

import json
import re
import string
import threading
from collections.abc import Iterable

STAR = "***"
LEAST = 4  # shorter ones would blank out ordinary words
PLAIN = frozenset(string.ascii_letters + string.digits)  # written in one way only
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
            ordered = sorted(self.values, key=lambda one: (-len(one), one))
            self.everywhere = re.compile("|".join(map(_spelled, ordered)))
            longer = [_spelled(one).encode() for one in ordered if len(one) >= LEAST_IN_ANSWERS]
            self.in_answers = re.compile(b"|".join(longer)) if longer else None


_KNOWN = _Known()


def _spelled(key: str) -> str:
    """Give what finds a key however it is spelled in links, JSON and Python."""
    return "".join(one if one in PLAIN else f"(?:{'|'.join(_ways(one))})" for one in key)


def _ways(letter: str) -> list[str]:
    """Give the ways of writing one letter, percent signs once or twice, as patterns."""
    percents = "".join(f"%(?:25)?(?i:{byte:02x})" for byte in letter.encode("utf-8", "replace"))
    escapes = {letter, json.dumps(letter)[1:-1], repr(letter)[1:-1], f"\\{letter}"}
    ways = [percents, *map(re.escape, sorted(escapes, key=lambda way: (-len(way), way)))]
    return [*ways, r"\+"] if letter == " " else ways


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
