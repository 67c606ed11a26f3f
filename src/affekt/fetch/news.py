"""What a person who waits may want to know, told as it happens: whom for, and what is ahead."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

WAITING = "waiting (s)"
FORECAST = "forecast (calls)"
TELL_FROM = 5.0  # s of waiting that are worth a word


class News(NamedTuple):
    """One piece of it.

    Attributes:
        kind: `WAITING` or `FORECAST`.
        text: For whom and until when, or of what.
        number: How many seconds, or calls.
    """

    kind: str
    text: str
    number: int


Hear = Callable[[News], None]


def unheard(_: News) -> None:
    """Take a piece of news that nobody is there to hear."""


def waiting(who: str, now: float, seconds: float) -> News:
    """Give the news that one waits, from now on (s since 1970) for so long.

    >>> waiting("flickr", 0.0, 3600.0).text
    'flickr, until 1970-01-01 01:00:00 UTC'
    """
    until = datetime.fromtimestamp(now + seconds, UTC)
    return News(WAITING, f"{who}, until {until:%Y-%m-%d %H:%M:%S} UTC", round(seconds))
