"""What Flickr's answers mean: good, to be asked for again, or the end."""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from affekt.errors import MissingSecret, SourceError
from affekt.fetch.words import Answer
from affekt.foreign import clean
from affekt.sources.flickr.entries import Photo, number

BAD_KEY = 100
PASSING_CODES = frozenset({0, 10, 105, 106, 201})  # trouble of the server's own
PASSING_WORDS = "not currently available"
PASSING_STATUSES = frozenset({408, 425, 429})


class Found(NamedTuple):
    """One page of a search."""

    announced: int  # how many pictures the server says there are in all
    photos: tuple[Photo, ...]  # what is no photo at all is an empty mapping
    pages: int = 0  # as the server counts them
    per_page: int = 500  # as the server took it


class Reading:
    """Judges the answers to one call and keeps what the good one said.

    Args:
        key_env: The variable that holds the key, to be named when it is refused.
    """

    def __init__(self, key_env: str) -> None:
        self._key_env = key_env
        self.content: Mapping[str, Any] = {}

    def __call__(self, answer: Answer) -> str | None:
        """Tell why to ask again, None when the answer is good.

        Raises:
            MissingSecret: The server does not accept the key.
            SourceError: The server refuses for good.
        """
        if answer.status in PASSING_STATUSES or answer.status >= 500:
            return f"it answered {answer.status}: {_told(answer.body)}"
        content = _parsed(answer.body)
        if isinstance(content, Mapping) and content.get("stat") == "fail":
            return self._failed(content)
        if answer.status != 200:
            raise SourceError(
                f"flickr: the server answered {answer.status} ({_told(answer.body)}); check "
                "`base` of the source, then run again"
            )
        if not isinstance(content, Mapping) or content.get("stat") != "ok":
            return f"it answered in another format: {_told(answer.body)}"
        self.content = content
        return None

    def _failed(self, content: Mapping[str, Any]) -> str | None:
        code, said = number(content.get("code")), str(content.get("message", ""))
        words = f"{_told(said)} (code {code})"
        if code == BAD_KEY:
            raise MissingSecret(
                f"flickr: the server does not accept the key in {self._key_env}: {words}; put a "
                f"valid key into {self._key_env}, then run again: what has come is kept"
            )
        if code in PASSING_CODES or PASSING_WORDS in said.casefold():
            return f"it said {words}"
        raise SourceError(
            f"flickr: the server refuses the search: {words}; change the words or the settings of "
            "the source"
        )


class LicencesReading(Reading):
    """Judges the answer to the question which licences there are."""

    found: tuple[Any, ...] = ()

    def __call__(self, answer: Answer) -> str | None:
        trouble = super().__call__(answer)
        if trouble is not None:
            return trouble
        licences = self.content.get("licenses")
        listed = licences.get("license") if isinstance(licences, Mapping) else None
        if not isinstance(listed, list):
            return f"it answered without licences: {_told(answer.body)}"
        self.found = tuple(listed)
        return None


class PhotosReading(Reading):
    """Judges the answers to a search."""

    found = Found(0, ())

    def __call__(self, answer: Answer) -> str | None:
        trouble = super().__call__(answer)
        if trouble is not None:
            return trouble
        photos = self.content.get("photos")
        photos = photos if isinstance(photos, Mapping) else {}
        listed, announced = photos.get("photo"), number(photos.get("total"))
        if not isinstance(listed, list) or announced is None:
            return f"it answered without photos and their number: {_told(answer.body)}"
        entries = tuple(one if isinstance(one, Mapping) else {} for one in listed)
        pages, per_page = number(photos.get("pages")), number(photos.get("perpage"))
        self.found = Found(max(0, announced), entries, pages or 0, max(1, per_page or 500))
        return None


def _told(said: bytes | str) -> str:
    """Give the server's words, without mark-up, for people."""
    text = said[:4000].decode("utf-8", "replace") if isinstance(said, bytes) else said
    words = clean(re.sub(r"<[^<>]*>", " ", text))
    return repr(words) if words else "without a word"


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
