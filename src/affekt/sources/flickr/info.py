"""One photo of Flickr asked about by itself: whether it is shown, its licence, its tags."""

import re
from collections.abc import Mapping
from typing import Any

from affekt.fetch.words import Answer
from affekt.sources import Today
from affekt.sources.flickr.answers import Reading
from affekt.sources.flickr.entries import number
from affekt.sources.flickr.rights import NUMBERS

METHOD = "flickr.photos.getInfo"
PAGE = re.compile(r"https?://(?:www\.)?flickr\.com/photos/[^/]+/(\d{1,19})(?:[/?#]|$)")
FILE = re.compile(r"https?://(?:[\w-]+\.)+static\.?flickr\.com/(?:\d+/)+(\d{1,19})_[0-9a-f]+")
TROUBLES = {1: "not-shown", 2: "private"}  # codes; the first also for what is private


def name_at(page_url: str | None, url: str | None) -> str | None:
    """Give the id of a photo by its page, else by its file.

    >>> name_at("https://www.flickr.com/photos/ann/123/", None)
    '123'
    >>> name_at(None, "https://live.staticflickr.com/65535/456_0a1b2c_m.jpg")
    '456'
    """
    found = PAGE.match(page_url or "") or FILE.match(url or "")
    return found[1] if found else None


class InfoReading(Reading):
    """Judges the answer about one photo; that there is none is a good answer."""

    found = Today()

    def __call__(self, answer: Answer) -> str | None:
        trouble = super().__call__(answer)
        if trouble is not None or self.found.trouble:
            return trouble
        photo = self.content.get("photo")
        if not isinstance(photo, Mapping):
            return "it answered without a photo"
        self.found = _today(photo)
        return None

    def _failed(self, content: Mapping[str, Any]) -> str | None:
        word = TROUBLES.get(number(content.get("code")) or 0)
        if word is None:
            return super()._failed(content)
        self.found = Today(word)
        return None


def _today(photo: Mapping[str, Any]) -> Today:
    visibility, tags = photo.get("visibility"), photo.get("tags")
    shown = visibility.get("ispublic") if isinstance(visibility, Mapping) else 1
    listed = tags.get("tag") if isinstance(tags, Mapping) else None
    told = [one for one in listed or () if isinstance(one, Mapping)]
    words = [one.get("raw") or one.get("_content") for one in told]
    return Today(
        "private" if number(shown) == 0 else "",
        NUMBERS.get(str(photo.get("license"))),
        tuple(str(word) for word in words if word),
    )
