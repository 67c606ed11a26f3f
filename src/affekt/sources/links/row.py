"""From the cells of one row to a hit."""

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b, sha256
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

from affekt import licences
from affekt.sources.links.columns import FIELDS, Cells

MAX_LINK = 8_192  # characters; longer ones are data in the wrong column
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
# What may stand in an address as it is; a percent sign begins what is escaped already.
LEGAL = "!$%&'()*+,-./:;=?@[]_~"
PORTS = {"http": 80, "https": 443}
# A link that is in its one spelling already, as most are; telling it so is ten times as fast.
SPELT = re.compile(rf"https?://[a-z0-9.-]+/[{re.escape(LEGAL.replace('?', ''))}\w]*", re.ASCII)
SPELT_QUERY = re.compile(rf"[{re.escape(LEGAL)}\w]+", re.ASCII)


class Taste(NamedTuple):
    """How rows are read.

    Attributes:
        separator: What stands between tags.
        emotions: Emotion by folded word; None where the column of emotions is not read.
    """

    separator: str
    emotions: Mapping[str, str] | None


def hit_of(cells: Cells, taste: Taste) -> dict[str, Any] | str:
    """Give the hit of a row, or what is wrong with it."""
    try:
        told = dict(zip(FIELDS, cells, strict=True))
        tags = _tags(told.pop("tags"), taste.separator)
        texts: dict[str, str | None] = {name: _text(name, value) for name, value in told.items()}
        name = normalised(texts["url"])
        emotion = _emotion(texts.pop("emotion"), taste)
        source_id = texts.pop("source_id") or sha256(name.encode()).hexdigest()[:32]
        source_id.encode()
    except ValueError as trouble:
        return str(trouble)
    return {
        **texts,
        "source_id": source_id,
        # A link under two emotions counts as found by two queries, one for each.
        **({"emotion": emotion, "query": emotion} if emotion else {}),
        "tags": tags,
        "licence": _licence(texts["licence"]),
        "found_at": None,
        "is_generated": False,
        "truth": None,
    }


def key_of(hit: Mapping[str, Any]) -> int:
    """Give a number that hits share when they are the same picture for the same emotion."""
    text = f"{hit['source_id']}\0{hit.get('emotion') or ''}"
    # 64 bits: among ten million rows two different ones share a number once in 370,000 tables.
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest())


def normalised(link: str | None) -> str:
    """Give the one spelling of a link, so that equal addresses are found to be equal.

    >>> normalised("HTTP://Example.org:80/a b.jpg#top")
    'http://example.org/a%20b.jpg'

    Raises:
        ValueError: It is none that can be followed; the sentence goes into the list of bad rows.
    """
    if link is None:
        raise ValueError("has no link")
    if len(link) <= MAX_LINK and _is_spelt(link):
        return link
    if len(link) > MAX_LINK or CONTROLS.search(link):
        raise ValueError(f"{link!r:.80} is no link: too long, or with control characters")
    parts = urlsplit(link)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError(f"{link!r:.80} is no http or https link")
    if parts.username is not None:
        raise ValueError("its link carries a user name; such links are not followed")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in (None, PORTS[parts.scheme]) else f":{parts.port}"
    path, query = quote(parts.path, LEGAL) or "/", quote(parts.query, LEGAL)
    return urlunsplit((parts.scheme, host + port, path, query, ""))


def _is_spelt(link: str) -> bool:
    place, mark, query = link.partition("?")
    return bool(SPELT.fullmatch(place) and (not mark or SPELT_QUERY.fullmatch(query)))


def _text(name: str, value: object) -> str | None:
    """Give a cell as text; what programs write for missing is missing."""
    if value is None or isinstance(value, str):
        return (value or "").strip() or None
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, int | float):
        return str(value)
    raise ValueError(f"{name} is {value!r:.80}; text is expected")


def _tags(value: object, separator: str) -> list[str]:
    if isinstance(value, list):
        words = [_text("tags", one) for one in value]
    else:
        words = [word.strip() for word in (_text("tags", value) or "").split(separator)]
    return [word for word in words if word]


def _emotion(word: str | None, taste: Taste) -> str | None:
    if taste.emotions is None or word is None:
        return None
    if word.casefold() not in taste.emotions:
        raise ValueError(f"{word!r:.80} is no emotion asked for")
    return taste.emotions[word.casefold()]


@lru_cache(1024)
def _licence(written: str | None) -> str | None:
    known = licences.of(written)
    return known.word if known else ("unknown" if written else None)
