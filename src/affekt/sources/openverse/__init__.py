"""Openly licensed pictures of many collections, by Openverse."""

import os
from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from affekt.errors import MissingSecret, UsageError
from affekt.fetch.fetcher import Fetcher
from affekt.parts import did_you_mean
from affekt.sources import Page, Query, Source
from affekt.sources.openverse.cursor import Cursor
from affekt.sources.openverse.door import Client, Door
from affekt.sources.openverse.walk import walked

MOST_LETTERS = 200  # of a question; the server cuts off the rest
MOST_WITHOUT_KEY = 20  # pictures a page
FILTERS = {"text": "q", "tags": "tags", "title": "title"}
LICENCES = ("by", "by-sa", "by-nc", "by-nc-sa", "by-nd", "by-nc-nd", "cc0", "pdm")


class Openverse(Source):
    """Openly licensed pictures of Flickr, museums and other collections, by Openverse.

    No key is needed; a registered client gets larger pages and more calls. A word of an emotion is
    asked by itself, and the server shows a few hundred pictures of it at most, the most relevant
    ones. Its terms forbid to scrape the catalogue, so a run takes `max_records` pictures at most,
    as many of each emotion: use Openverse to find good pictures, not all of them.

    What Openverse says a program tagged is kept apart. It does not vouch for licences: the page of
    a picture at its own collection has the last word. Text beside a picture and dates are not told.
    """

    base: str = Field(
        "https://api.openverse.org/v1/", pattern=r"^https?://", description="address of the API"
    )
    id_env: str = Field(
        "OPENVERSE_CLIENT_ID", description="variable of the environment with a client's id, if any"
    )
    secret_env: str = Field(
        "OPENVERSE_CLIENT_SECRET", description="variable of the environment with its secret"
    )
    by: Literal["text", "tags", "title"] = Field(
        "text", description="where to look: in title, text and tags, or in tags or title alone"
    )
    licences: tuple[str, ...] = Field(
        (), description="licences to ask for, such as `by-sa`; without them, all"
    )
    has_mature: bool = Field(False, description="ask for pictures called mature too")
    max_records: int = Field(
        10_000, ge=1, le=10_000, description="pictures of all emotions together at most"
    )
    per_page: int = Field(
        500, ge=1, le=500, description="pictures a page; 20 at most without a client"
    )
    calls_per_minute: int = Field(20, ge=1, description="calls at most, of all processes together")

    idle = frozenset({"id_env", "secret_env", "per_page", "calls_per_minute"})
    is_online: ClassVar[bool] = True
    reasons: ClassVar[Mapping[str, str]] = {
        "no-address": "the server names no address of any size",
        "no-id": "an entry without the id that tells it from others",
        "other-format": "the file is no JPEG, PNG, WebP or GIF",
        "beyond-limit": "there are more pictures than are to be asked for",
    }

    @field_validator("base")
    @classmethod
    def _ends_with_a_slash(cls, given: str) -> str:
        return given if given.endswith("/") else f"{given}/"

    @field_validator("id_env", "secret_env")
    @classmethod
    def _names_a_variable(cls, given: str) -> str:
        # The value is not shown: it may be the secret itself, written into the wrong place.
        if not given.isidentifier() or given != given.upper():
            raise ValueError("a name of a variable in capital letters is expected, not its value")
        return given

    @field_validator("licences")
    @classmethod
    def _are_licences(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for word in given:
            if word not in LICENCES:
                known = did_you_mean(word, list(LICENCES))
                raise ValueError(f"{word!r} is no licence of Openverse; {known}")
        return given

    def queries(self, words: Mapping[str, tuple[str, ...]]) -> tuple[Query, ...]:
        for word in [word for asked in words.values() for word in asked]:
            if len(_quoted(word)) > MOST_LETTERS:
                raise UsageError(
                    f"openverse: the word {word[:40]!r}… has {len(word)} letters, a question takes "
                    f"{MOST_LETTERS}; shorten it in the taxonomy"
                )
        share, more = divmod(self.max_records, max(1, len(words)))
        return tuple(
            Query(emotion, asked, most=share + (place < more))
            for place, (emotion, asked) in enumerate(words.items())
        )

    def check_ready(self) -> None:
        self._client()

    def pages(self, query: Query, after: str | None, fetcher: Fetcher | None) -> Iterator[Page]:
        assert fetcher is not None, "a source that is online is given a fetcher"
        client = self._client()
        door = Door(self.base, client, self.calls_per_minute, fetcher)
        most = self.max_records if query.most is None else query.most
        per_page = self.per_page if client else min(self.per_page, MOST_WITHOUT_KEY)
        cursor: Cursor | None = Cursor.of(after) if after is not None else Cursor(per_page)
        while cursor is not None:
            step = walked(query, cursor, door.ask(self._asked(query, cursor)), most)
            cursor = step.cursor
            yield Page(step.hits, cursor.text() if cursor else None, step.refused)

    def _asked(self, query: Query, cursor: Cursor) -> dict[str, str]:
        asked = {
            FILTERS[self.by]: _quoted(query.words[cursor.word]),
            "page": str(cursor.page),
            "page_size": str(cursor.per_page),
            "mature": str(self.has_mature).lower(),
        }
        return asked | ({"license": ",".join(self.licences)} if self.licences else {})

    def _client(self) -> Client | None:
        """Give the registered client, None when there is none."""
        values = [os.environ.get(name, "").strip() for name in (self.id_env, self.secret_env)]
        if all(values):
            return Client(values[0], values[1], f"{self.id_env} and {self.secret_env}")
        if any(values):
            missing = self.secret_env if values[0] else self.id_env
            raise MissingSecret(
                f"openverse: the variable {missing} is not set; put your client's "
                f"{'secret' if values[0] else 'id'} into it, or unset the other one to ask without"
            )
        return None


def _quoted(word: str) -> str:
    """Give a word as it is asked for; several words are looked for side by side.

    >>> _quoted("awe"), _quoted("great fun")
    ('awe', '"great fun"')
    """
    plain = word.replace('"', " ").strip()
    return plain if plain.isalnum() else f'"{plain}"'
