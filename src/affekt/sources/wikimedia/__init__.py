"""Pictures of Wikimedia Commons, by search or by category."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal, Self

from pydantic import Field

from affekt.fetch.fetcher import Fetcher
from affekt.fetch.manners import HostManners
from affekt.fetch.words import Call, Quota
from affekt.sources import Page, Query, Source, Today
from affekt.sources.wikimedia import titles
from affekt.sources.wikimedia.asking import FIRST, Reading, asked, standard_width
from affekt.sources.wikimedia.cursor import Cursor, Memory, Step
from affekt.sources.wikimedia.entries import sorted_out

log = logging.getLogger(__name__)


class Wikimedia(Source):
    """Pictures of Wikimedia Commons, found by the words on their pages or by their categories.

    No key is needed. A search shows 10,000 pictures at most; a category shows all it holds itself,
    not what its sub-categories hold. Fetched is a thumbnail of a width that Wikimedia keeps ready,
    the original where that is smaller.

    A tag is the name of a category that readers see on the page of a picture: people put it there.
    Categories that only serve upkeep are left out: the hidden ones, and those about licences,
    cameras, authors and dates. What Commons says a picture depicts is not asked for.
    """

    base: str = Field(
        "https://commons.wikimedia.org/w/api.php",
        pattern=r"^https?://",
        description="address of the API; any wiki of MediaWiki has one",
    )
    by: Literal["text", "category"] = Field(
        "text", description="what a word is: text on the page, or the name of a category"
    )
    side_px: int = Field(
        500, ge=1, le=3840, description="width to fetch; the next width that is kept ready is taken"
    )
    per_page: int = Field(50, ge=1, le=50, description="pictures a page")
    gap_seconds: float = Field(
        1.0, ge=0, description="time from one call to the next, of all processes together, s"
    )

    idle = frozenset({"per_page", "gap_seconds"})
    is_online: ClassVar[bool] = True
    # https://wikitech.wikimedia.org/wiki/Robot_policy, for files: two connections at a time.
    hosts: ClassVar[Mapping[str, HostManners]] = {"upload.wikimedia.org": HostManners(per_host=2)}
    reasons: ClassVar[Mapping[str, str]] = {
        "other-format": "the file is no JPEG, PNG, WebP or GIF",
        "no-file": "the page is there, its file is not, or not shown",
        "beyond-search": "there are more pictures than a search shows; ask by category for all",
    }

    @classmethod
    def example(cls) -> Self:
        """Give a source with small pages."""
        return cls(per_page=5)

    def queries(self, words: Mapping[str, tuple[str, ...]]) -> tuple[Query, ...]:
        return tuple(Query(emotion, asked_for) for emotion, asked_for in words.items())

    def pages(self, query: Query, after: str | None, fetcher: Fetcher | None) -> Iterator[Page]:
        assert fetcher is not None, "a source that is online is given a fetcher"
        warned: set[str] = set()
        memory = Memory()
        cursor: Cursor | None = Cursor.of(after) if after is not None else Cursor(self.per_page)
        while cursor is not None:
            # Asked as before the cut until the records held are whole; then with our own number.
            limit = cursor.limit if cursor.held else self.per_page
            reading = self._asked(query, cursor, limit, fetcher)
            for text in sorted(set(reading.warnings) - warned):
                log.warning("wikimedia: %s says: %s", self.base, text)
            warned.update(reading.warnings)
            step = cursor.behind(reading, limit, n_words=self._n_asked(query))
            if step.cursor and memory.knows(cursor, step):
                word = query.text if self.by == "text" else query.words[cursor.word]
                log.warning("wikimedia: %s tells nothing new of %r; it ends here", self.base, word)
                step = Step(cursor.further(limit, n_words=self._n_asked(query)), ())
            hits, refused = sorted_out(step.whole)
            if step.is_cut:
                refused += ((query.text, "beyond-search", "10,000 are shown"),)
            yield Page(hits, step.cursor.text() if step.cursor else None, refused)
            cursor = step.cursor

    def name_at(self, page_url: str | None, url: str | None) -> str | None:
        return titles.name_at(page_url, url)

    def today(self, names: Sequence[str], fetcher: Fetcher) -> Mapping[str, Today]:
        said: dict[str, Today] = {}
        renamed: dict[str, str] = {}
        for batch in titles.batches(names):
            question, go_on = titles.asked(batch), dict[str, str]()
            for _ in range(titles.AT_ONCE):  # each answer tells of one file at least
                reading = Reading()
                fetcher.call(self._call({**question, **go_on}), reading)
                # Of a file that is asked about alone older versions follow; the newest counts.
                said = {**dict(titles.today(reading.pages)), **said}
                renamed.update(reading.renamed)
                is_told = all(page.get("title") in said for page in reading.pages)
                if reading.go_on is None or is_told:
                    break
                go_on = reading.go_on
        called = {name: renamed.get(name, name) for name in names}
        called = {name: renamed.get(title, title) for name, title in called.items()}
        return {name: said[title] for name, title in called.items() if title in said}

    def _n_asked(self, query: Query) -> int:
        """Give how many questions follow each other: one for all words, or one a category."""
        return 1 if self.by == "text" else len(query.words)

    def _asked(self, query: Query, cursor: Cursor, limit: int, fetcher: Fetcher) -> Reading:
        words = query.words if self.by == "text" else query.words[cursor.word : cursor.word + 1]
        about = {"iiurlwidth": str(standard_width(self.side_px))}
        reading = Reading()
        # What the server said to go on with wins over what was asked at first.
        question = {**FIRST, **about, **asked(self.by, words, limit), **cursor.go_on}
        fetcher.call(self._call(question), reading)
        return reading

    def _call(self, question: Mapping[str, str]) -> Call:
        quota = Quota(self.kind(), self.base, 1, self.gap_seconds, is_secret=False)
        return Call(self.base, question, quota=quota if self.gap_seconds else None)
