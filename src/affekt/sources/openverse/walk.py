"""From page to page and word to word: what an answer means for the next call."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from affekt.sources import Query
from affekt.sources._ids import digest
from affekt.sources.openverse.answers import Found
from affekt.sources.openverse.cursor import Cursor
from affekt.sources.openverse.entries import Refused, name_of, picture

log = logging.getLogger(__name__)


class Step(NamedTuple):
    """What one call gave, and where to go on; None at the end."""

    cursor: Cursor | None
    hits: tuple[Mapping[str, Any], ...] = ()
    refused: tuple[Refused, ...] = ()


def walked(query: Query, cursor: Cursor, found: Found, most: int) -> Step:
    """Give the pictures of a page that were not there yet, and the way on.

    A word ends with the last page that the server shows, or with one that brings nothing new; the
    query ends with its last word, or when it has given ``most`` pictures.
    """
    hits: list[Mapping[str, Any]] = []
    refused: list[Refused] = []
    new: set[bytes] = set()
    for place, record in enumerate(found.records):
        name = name_of(record)
        key = digest(name or "")
        if name is None:
            refused.append((f"{_told(query, cursor)}, {place + 1}", "no-id", ""))
        elif key not in cursor.seen and key not in new and cursor.came + len(hits) < most:
            new.add(key)
            made = picture(record)
            if isinstance(made, dict):
                hits.append(made)
            else:
                refused.append(made)
    came = cursor.came + len(hits)
    way = _way(query, replace(cursor, came=came, seen=cursor.seen | new), found, n_new=len(new))
    if way is not None and came >= most:
        told = f"the limit of {most:,} is reached; {found.total:,} of this word were offered"
        refused.append((_told(query, cursor), "beyond-limit", told))
        log.info("openverse: %s", told)
        way = None
    return Step(way, tuple(hits), tuple(refused))


def _way(query: Query, cursor: Cursor, found: Found, *, n_new: int) -> Cursor | None:
    """Give where asking goes on: the next page, the next word, or nowhere."""
    if not n_new and cursor.page < found.pages:
        log.warning("openverse: %s brings nothing new; it ends here", _told(query, cursor))
    if n_new and cursor.page < found.pages:
        return replace(cursor, page=cursor.page + 1)
    if cursor.word + 1 < len(query.words):
        return replace(cursor, word=cursor.word + 1, page=1)
    return None


def _told(query: Query, cursor: Cursor) -> str:
    return f"{query.words[cursor.word]}, page {cursor.page}"
