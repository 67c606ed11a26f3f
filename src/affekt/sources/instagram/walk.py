"""From hashtag to hashtag and list to list: one call a step, and what it means for the next."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from affekt.errors import NotYet, SourceError
from affekt.sources._ids import digest
from affekt.sources.instagram.answers import Posts, Reading
from affekt.sources.instagram.cursor import Cursor
from affekt.sources.instagram.door import Door
from affekt.sources.instagram.entries import FIELDS, Refused, name_of, pictures
from affekt.sources.instagram.ledger import Ledger

MOST_REWINDS = 10  # of a list in which answers get lost: where all do, it would have no end
log = logging.getLogger(__name__)


class Step(NamedTuple):
    """What one call gave, and where to go on; None at the end."""

    cursor: Cursor | None
    hits: tuple[Mapping[str, Any], ...] = ()
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True)
class Walk:
    """How one query is walked through.

    Attributes:
        names: The hashtags asked for.
        edges: The lists asked for of each, ``top`` and ``recent``.
        pages: Pages of a list at most.
        door: The way to the server.
        ledger: The hashtags of the account.
    """

    names: tuple[str, ...]
    edges: tuple[str, ...]
    pages: int
    door: Door
    ledger: Ledger

    def step(self, cursor: Cursor) -> Step:
        """Make the next call."""
        if not cursor.is_listed:
            self._meet()
            self.ledger.check(self.names)
            return Step(replace(cursor, is_listed=True))
        return self._found(cursor) if cursor.hashtag is None else self._posted(cursor)

    def _meet(self) -> None:
        """Read the server's own list of the hashtags that were asked for lately."""
        path = f"{self.door.account}/recently_searched_hashtags"
        reading = self.door.ask(path, {"fields": "id,name", "limit": "30"})
        _check(reading)
        listed = [(name_of(one), one.get("name")) for one in reading.listed()]
        self.ledger.meet(
            (number, name.lower() if isinstance(name, str) and name else None)
            for number, name in listed
            if number is not None
        )

    def _found(self, cursor: Cursor) -> Step:
        """Ask for the id of a hashtag."""
        name = self.names[cursor.word]
        try:
            self.ledger.claim(name)
        except NotYet:
            self._meet()  # a place may have become free since the list was read
            self.ledger.claim(name)
        reading = self.door.ask("ig_hashtag_search", {"q": name})
        if reading.refusal and reading.refusal.kind == "full":
            raise NotYet(
                f"instagram: no further hashtag is allowed for now: {reading.refusal.words}; run "
                "the command again in a day, what has come is kept"
            )
        if reading.refusal and reading.refusal.kind != "absent":
            _check(reading)
        number = next((name_of(one) for one in reading.listed()), None)
        if number is None or not (number.isascii() and number.isdigit()):
            words = reading.refusal.words if reading.refusal else "the server gives no id"
            return Step(cursor.next_word(len(self.names)), (), ((f"#{name}", "no-hashtag", words),))
        self.ledger.settle(name, number)
        return Step(replace(cursor, hashtag=number))

    def _posted(self, cursor: Cursor) -> Step:
        """Ask for a page of posts, for the first two of a list at once.

        The second one shows whether the way on moves. If the first one were kept without it, nobody
        would know after a kill whether the server counts the pages.
        """
        step = self._page(cursor)
        if cursor.after is not None or step.cursor is None or step.cursor.after is None:
            return step
        second = self._page(step.cursor)
        return Step(second.cursor, step.hits + second.hits, step.refused + second.refused)

    def _page(self, cursor: Cursor) -> Step:
        asked = {"fields": FIELDS, "limit": str(cursor.per_page)}
        way = {"after": cursor.after} if cursor.after is not None else {}
        path = f"{cursor.hashtag}/{self.edges[cursor.edge]}_media"
        reading = self.door.ask(path, {**asked, **way})
        posts = reading.posts()
        if way and reading.is_repeated and not cursor.moves and posts.after in (None, cursor.after):
            # The answer that was lost may have been another page than this one.
            return self._anew(cursor)
        if reading.refusal and reading.refusal.kind == "wrong" and way:
            lost = (self._told(cursor), "lost-way", reading.refusal.words)
            return self._closed(cursor, lost)
        _check(reading)
        return self._taken(cursor, posts)

    def _anew(self, cursor: Cursor) -> Step:
        if cursor.rewinds >= MOST_REWINDS:
            raise SourceError(
                f"instagram: {self._told(cursor)}: answers get lost on their way, and the server "
                f"does not give them again; {MOST_REWINDS} times the list was begun anew; run the "
                "command again over a better line, what has come is kept"
            )
        return Step(cursor.anew())

    def _taken(self, cursor: Cursor, posts: Posts) -> Step:
        """Give the pictures of a page that were not there yet, and the way on."""
        hits: list[Mapping[str, Any]] = []
        refused: list[Refused] = []
        new: set[bytes] = set()
        for place, post in enumerate(posts.entries):
            name = name_of(post)
            key = digest(name or "")
            if name is None:
                refused.append((f"{self._told(cursor)}, {place + 1}", "no-id", ""))
            elif key not in cursor.came and key not in new:
                new.add(key)
                given = list(pictures(post)) if key not in cursor.earlier else []
                hits += [one for one in given if isinstance(one, dict)]
                refused += [one for one in given if not isinstance(one, dict)]
        further = self._further(cursor, posts, new)
        return further._replace(hits=tuple(hits), refused=(*refused, *further.refused))

    def _further(self, cursor: Cursor, posts: Posts, new: set[bytes]) -> Step:
        is_known = cursor.again > 0
        cursor = replace(
            cursor,
            after=posts.after,
            page=cursor.page + 1,
            moves=cursor.after not in (None, posts.after),
            again=max(0, cursor.again - 1),
            came=cursor.came | new,
        )
        if posts.after is None:
            return self._closed(cursor)
        if not new and not is_known:
            log.warning("instagram: %s repeats earlier posts, and ends here", self._told(cursor))
            return self._closed(cursor)
        if cursor.page >= self.pages:
            told = f"{len(cursor.came):,} posts came; pages_per_edge is {self.pages}"
            return self._closed(cursor, (self._told(cursor), "beyond-limit", told))
        return Step(cursor)

    def _closed(self, cursor: Cursor, *refused: Refused) -> Step:
        return Step(cursor.next_list(len(self.edges), len(self.names)), (), refused)

    def _told(self, cursor: Cursor) -> str:
        name, edge = self.names[cursor.word], self.edges[cursor.edge]
        return f"#{name}, {edge}, page {cursor.page + 1}"


def _check(reading: Reading) -> None:
    if reading.refusal is not None:
        raise SourceError(
            f"instagram: the server refuses: {reading.refusal.words}; change the words or the "
            "settings of the source"
        )
