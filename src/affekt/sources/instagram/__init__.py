"""Posts of Instagram under hashtags, as its Graph API shows them."""

import os
from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from affekt.errors import MissingSecret, UsageError
from affekt.fetch.fetcher import Fetcher
from affekt.sources import Page, Query, Source
from affekt.sources.instagram.cursor import Cursor
from affekt.sources.instagram.door import Door
from affekt.sources.instagram.hashtags import hashtag_of
from affekt.sources.instagram.ledger import Ledger
from affekt.sources.instagram.walk import Walk


class Instagram(Source):
    """Posts of Instagram under hashtags, by its Graph API; a word of an emotion is a hashtag.

    A hashtag has two lists: its most popular posts, and those of the last 24 hours. What is in
    neither cannot be had, and neither is complete. Tags are the hashtags of the caption. Of a
    carousel every picture is one; videos are left out, as no still of them is given.

    The API tells neither who posted, nor a licence, a title or a size: a name may not be asked for,
    and none is guessed. So no picture of this source may be passed on, nor enter a release; it
    stays a reference. Links expire after some days, so pictures are fetched in the same run.

    An account may ask for 30 different hashtags in 7 days. What it has asked for is kept in the
    project and compared with the server's own list; more is refused until a place is free.

    The server counts pages by itself where its way on reads the same on every page, as Meta says it
    does. Then a list that was cut off begins anew, or one of which an answer was lost, for nobody
    knows which page the server would give next; what came is not taken twice. That it counts shows
    on the second page of a list, which is kept together with the first.
    """

    base: str = Field(
        "https://graph.facebook.com/", pattern=r"^https?://", description="address of the API"
    )
    api_version: str = Field("v24.0", pattern=r"^v\d{1,3}\.\d$", description="version of the API")
    token_env: str = Field(
        "INSTAGRAM_TOKEN", description="variable of the environment with your token"
    )
    user_env: str = Field(
        "INSTAGRAM_USER", description="variable of the environment with the number of your account"
    )
    edges: tuple[Literal["top", "recent"], ...] = Field(
        ("top", "recent"), min_length=1, description="lists of a hashtag to ask for, in this order"
    )
    pages_per_edge: int = Field(100, ge=1, le=1000, description="pages of one list at most")
    per_page: int = Field(50, ge=1, le=50, description="posts a page")
    most_hashtags: int = Field(
        30, ge=1, le=30, description="different hashtags in 7 days; fewer leave some to others"
    )

    idle = frozenset({"api_version", "token_env", "user_env", "per_page", "most_hashtags"})
    is_online: ClassVar[bool] = True
    is_fleeting: ClassVar[bool] = True
    reasons: ClassVar[Mapping[str, str]] = {
        "other-media": "a video or another post that is no picture",
        "no-address": "the server names no address of any size",
        "no-id": "an entry without the id that tells it from others",
        "no-hashtag": "the server knows no such hashtag, or does not want to",
        "beyond-limit": "a list has more pages than are to be asked for",
        "lost-way": "the server no longer knows the way to the next page",
    }

    @field_validator("token_env", "user_env")
    @classmethod
    def _names_a_variable(cls, given: str) -> str:
        # The value is not shown: it may be the token itself, written into the wrong place.
        if not given.isidentifier() or given != given.upper():
            raise ValueError("a name of a variable in capital letters is expected, not its value")
        return given

    @field_validator("edges")
    @classmethod
    def _are_distinct(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(given)) < len(given):
            raise ValueError("the same list stands twice; leave one out")
        return given

    def queries(self, words: Mapping[str, tuple[str, ...]]) -> tuple[Query, ...]:
        names = {name for asked in words.values() for name in _hashtags(asked)}
        if len(names) > self.most_hashtags:
            raise UsageError(
                f"instagram: the emotions have {len(names)} different hashtags, and an account may "
                f"ask for {self.most_hashtags} in 7 days; leave words out of the taxonomy"
            )
        return tuple(Query(emotion, asked) for emotion, asked in words.items())

    def check_ready(self) -> None:
        self._variable(self.token_env, "your token")
        self._account()

    def pages(self, query: Query, after: str | None, fetcher: Fetcher | None) -> Iterator[Page]:
        assert fetcher is not None, "a source that is online is given a fetcher"
        walk = self._walk(_hashtags(query.words), fetcher)
        cursor: Cursor | None = Cursor(self.per_page)
        if after is not None:
            cursor = Cursor.of(after).resumed()
        while cursor is not None:
            step = walk.step(cursor)
            cursor = step.cursor
            yield Page(step.hits, cursor.text() if cursor else None, step.refused)

    def _walk(self, names: tuple[str, ...], fetcher: Fetcher) -> Walk:
        account, token = self._account(), self._variable(self.token_env, "your token")
        root = f"{self.base.rstrip('/')}/{self.api_version}"
        door = Door(root, token, self.token_env, account, fetcher)
        now = fetcher.settings.clock.now
        ledger = Ledger(fetcher.ledger, account, self.most_hashtags, now)
        return Walk(names, self.edges, self.pages_per_edge, door, ledger)

    def _account(self) -> str:
        account = self._variable(self.user_env, "the number of your Instagram account")
        if not (account.isascii() and account.isdigit()):
            raise MissingSecret(
                f"instagram: the variable {self.user_env} is no number; put the number of your "
                "business or creator account into it, not its name"
            )
        return account

    def _variable(self, name: str, what: str) -> str:
        value = os.environ.get(name, "").strip()
        if not value:
            raise MissingSecret(
                f"instagram: the variable {name} is not set; put {what} into it (docs/keys.md says "
                "how to get one)"
            )
        return value


def _hashtags(words: tuple[str, ...]) -> tuple[str, ...]:
    """Give the hashtags of words, each once.

    Raises:
        UsageError: A word has no letter for one.
    """
    names = {word: hashtag_of(word) for word in words}
    for word, name in names.items():
        if not name:
            raise UsageError(
                f"instagram: {word!r} makes no hashtag, that takes a letter or a digit; change the "
                "taxonomy"
            )
    return tuple(dict.fromkeys(names.values()))
