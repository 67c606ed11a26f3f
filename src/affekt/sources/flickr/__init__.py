"""Pictures of Flickr, by search, all of them and not only the 4,000 that one search shows."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from affekt.errors import MissingSecret, UsageError
from affekt.fetch.fetcher import Fetcher
from affekt.fetch.words import Call, Quota
from affekt.parts import did_you_mean
from affekt.sources import Page, Query, Source, Today
from affekt.sources.flickr import info, rights
from affekt.sources.flickr.answers import Found, LicencesReading, PhotosReading
from affekt.sources.flickr.cursor import Cursor
from affekt.sources.flickr.entries import EXTRAS
from affekt.sources.flickr.search import Search, Step

FIRST_DAY = date(2004, 2, 10)  # when Flickr opened
MOST_TAGS = 20  # of one search
SAFE_SEARCH = {"safe": "1", "moderate": "2", "restricted": "3"}


class Flickr(Source):
    """Photographs of Flickr, found by their tags, with owner, licence and all sizes.

    A search shows 4,000 pictures at most, so the days asked for are cut into slices until each
    holds less; a slice of 5 minutes that still holds more is asked licence by licence. What cannot
    be had even so is told as refused. The key comes from Flickr's App Garden; without a sign-in the
    server shows nothing but what it calls safe.
    """

    base: str = Field(
        "https://api.flickr.com/services/rest/",
        pattern=r"^https?://",
        description="address of the API",
    )
    key_env: str = Field("FLICKR_KEY", description="variable of the environment with your key")
    field: Literal["tags", "text"] = Field(
        "tags", description="where to look: in the tags, or in tags, title and description (text)"
    )
    since: date = Field(FIRST_DAY, ge=FIRST_DAY, description="first day of upload, UTC")
    until: date | None = Field(
        None, description="last day of upload, UTC; without it, the day before the first call"
    )
    licences: tuple[str, ...] = Field((), description="licences to ask for; without them, all")
    safe_search: Literal["safe", "moderate", "restricted"] = Field(
        "safe", description="the least safe pictures to ask for, by the owners' own word"
    )
    side_px: int = Field(
        500, ge=1, description="longer side of the size to fetch: the smallest that has as much"
    )
    split_above: int = Field(3000, ge=1, le=4000, description="pictures above which a slice is cut")
    per_page: int = Field(500, ge=1, le=500, description="pictures a page")
    calls_per_hour: int = Field(
        3600, ge=1, description="calls that your key allows, of all processes together"
    )

    idle = frozenset({"key_env", "per_page", "calls_per_hour"})
    is_online: ClassVar[bool] = True
    reasons: ClassVar[Mapping[str, str]] = {
        "no-photo": "a video or another entry that is no photograph",
        "no-address": "the server names no address of any size",
        "no-id": "an entry without the id that tells it from others",
        "saturated": "a slice that cannot be cut further held more than a search shows",
        "miscounted": "a slice brought fewer or more pictures than the server announced",
    }

    @field_validator("key_env")
    @classmethod
    def _names_a_variable(cls, given: str) -> str:
        # The value is not shown: it may be the key itself, written into the wrong place.
        if not given.isidentifier() or given != given.upper():
            raise ValueError("a name of a variable in capital letters is expected, not the key")
        return given

    @field_validator("licences")
    @classmethod
    def _are_licences(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        known = sorted(rights.NUMBERS.values())
        for word in given:
            if word not in known:
                raise ValueError(f"{word!r} is no licence of Flickr; {did_you_mean(word, known)}")
        return given

    @model_validator(mode="after")
    def _is_a_window(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise ValueError(f"until is {self.until}, before since, {self.since}; swap them")
        return self

    @classmethod
    def example(cls) -> Self:
        """Give a source whose window does not move."""
        return cls(until=date(2024, 12, 31))

    def queries(self, words: Mapping[str, tuple[str, ...]]) -> tuple[Query, ...]:
        for emotion, asked in words.items():
            if len(asked) > MOST_TAGS:
                raise UsageError(
                    f"flickr: {emotion!r} has {len(asked)} words, one search takes {MOST_TAGS}; "
                    "leave some out of the taxonomy"
                )
        return tuple(Query(emotion, asked) for emotion, asked in words.items())

    def parts(self, complete: Iterable[Mapping[str, Any]]) -> tuple[Source, ...]:
        """Give the days that were asked for to the end, and those behind them, by themselves."""
        if self.until is None:
            return (self,)
        mine, known = self.identity(), tuple(complete)
        alike = [one for one in known if {**one, "until": mine["until"]} == mine and one["until"]]
        ends = {date.fromisoformat(one["until"]) for one in alike}
        earlier = [end for end in ends if end < self.until]
        if self.until in ends or not earlier:
            return (self,)
        first = self.model_copy(update={"until": max(earlier)})
        rest = self.model_copy(update={"since": max(earlier) + timedelta(days=1)})
        return (first, *rest.parts(known))

    def foretold(self) -> str:
        return f"{self.calls_per_hour:,} calls an hour, at most {self.per_page:,} pictures a call"

    def check_ready(self) -> None:
        self._key()

    def pages(self, query: Query, after: str | None, fetcher: Fetcher | None) -> Iterator[Page]:
        assert fetcher is not None, "a source that is online is given a fetcher"
        terms = (self.split_above, self.side_px, self.licences, self.calls_per_hour)
        search = Search(query.text, *terms, fetcher.hear)
        cursor: Cursor | None = Cursor.of(after) if after is not None else self._beginning()
        while cursor is not None:
            if cursor.told is None:
                step = Step(replace(cursor, told=self._licences(fetcher)))
            else:
                cursor = search.ready(cursor)
                step = search.walked(cursor, self._photos(query, search, cursor, fetcher))
            cursor = step.cursor
            yield Page(step.hits, cursor.text() if cursor else None, step.refused)

    def name_at(self, page_url: str | None, url: str | None) -> str | None:
        return info.name_at(page_url, url)

    def today(self, names: Sequence[str], fetcher: Fetcher) -> Mapping[str, Today]:
        told = {}
        for name in names:
            reading = info.InfoReading(self.key_env)
            fetcher.call(self._call({"method": info.METHOD, "photo_id": name}), reading)
            told[name] = reading.found
        return told

    def _beginning(self) -> Cursor:
        last = self.until or max(self.since, datetime.now(UTC).date() - timedelta(days=1))
        start, behind = (
            int(datetime.combine(day, time(), UTC).timestamp())
            for day in (self.since, last + timedelta(days=1))
        )
        return Cursor.begin(start, behind - 1, self.per_page)

    def _licences(self, fetcher: Fetcher) -> dict[str, str]:
        """Give the licences that the server names otherwise than we do."""
        reading = LicencesReading(self.key_env)
        fetcher.call(self._call({"method": "flickr.photos.licenses.getInfo"}), reading)
        return rights.told(reading.found)

    def _photos(self, query: Query, search: Search, cursor: Cursor, fetcher: Fetcher) -> Found:
        """Give the page that the cursor points at."""
        assert cursor.hand is not None
        asked = {
            "method": "flickr.photos.search",
            "media": "photos",
            "extras": EXTRAS,
            "sort": "date-posted-asc",
            "safe_search": SAFE_SEARCH[self.safe_search],
            "min_upload_date": str(cursor.hand.piece.start),
            "max_upload_date": str(cursor.hand.piece.end),
            "per_page": str(cursor.per_page),
            "page": str(cursor.hand.page),
            **self._words(query),
        }
        licences = search.asked_licences(cursor)
        reading = PhotosReading(self.key_env)
        fetcher.call(self._call(asked | ({"license": licences} if licences else {})), reading)
        return reading.found

    def _words(self, query: Query) -> dict[str, str]:
        if self.field == "tags":
            return {"tags": ",".join(query.words), "tag_mode": "any"}
        return {"text": " OR ".join(f'"{word}"' if " " in word else word for word in query.words)}

    def _call(self, asked: Mapping[str, str]) -> Call:
        key = self._key()
        return Call(
            url=self.base,
            query={**asked, "format": "json", "nojsoncallback": "1"},
            secrets={"api_key": key},
            quota=Quota("flickr", key, self.calls_per_hour, 3600.0),
        )

    def _key(self) -> str:
        key = os.environ.get(self.key_env, "").strip()
        if not key:
            raise MissingSecret(
                f"flickr: the variable {self.key_env} is not set; put your key into it "
                "(https://www.flickr.com/services/apps/create/)"
            )
        return key
