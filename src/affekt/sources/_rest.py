"""Waiting on purpose, so that a server need not refuse; or stopping, where it would be too long."""

import logging
from typing import TYPE_CHECKING

from affekt.errors import NotYet
from affekt.fetch.news import TELL_FROM, waiting

if TYPE_CHECKING:
    from affekt.fetch.fetcher import Fetcher

log = logging.getLogger(__name__)


def rest(fetcher: "Fetcher", seconds: float, why: str) -> None:
    """Let time pass before the next call.

    Args:
        fetcher: Its manners say how long a server may make us wait.
        seconds: How long; nothing happens at 0.
        why: Who wants it and for what, the beginning of a sentence.

    Raises:
        NotYet: It is longer than a server may make us wait.
    """
    if seconds > fetcher.manners.wait_seconds:
        raise NotYet(
            f"{why}; run the command again in about {told(seconds)}, what has come is kept"
        )
    if seconds > TELL_FROM:
        log.info("%s; going on in %.0f s", why, seconds)
        fetcher.hear(waiting(why, fetcher.settings.clock.now(), seconds))
    if seconds > 0:
        fetcher.settings.clock.sleep(seconds)


def told(seconds: float) -> str:
    """Give a time for people, rounded up.

    >>> told(61), told(86_400)
    ('2 minutes', '24 hours')
    """
    minutes = max(2, -int(-seconds // 60))
    return f"{minutes} minutes" if minutes < 120 else f"{-(-minutes // 60)} hours"
