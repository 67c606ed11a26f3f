"""What Openverse's answers mean: good, to be asked for again, or the end."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from affekt.errors import MissingSecret, SourceError
from affekt.fetch.words import Answer
from affekt.foreign import clean
from affekt.sources.openverse.rates import Rate, rates

PASSING = frozenset({408, 424, 425, 429})  # 424 is trouble behind the server
DENIED = frozenset({401, 403})


class Found(NamedTuple):
    """One page of a search.

    Attributes:
        records: What the page holds; what is no record at all too.
        pages: How many pages the server shows.
        total: How many pictures it says there are; no more than it shows.
    """

    records: tuple[Any, ...] = ()
    pages: int = 0
    total: int = 0


class Reading:
    """Judges the answers to a search and keeps what the good one said.

    Args:
        has_token: A token was sent with it, so that a denial may mean that it has expired.

    Attributes:
        found: What a good answer says.
        is_denied: The server does not accept the token.
        rates: The calls left.
    """

    def __init__(self, *, has_token: bool) -> None:
        self.has_token = has_token
        self.found = Found()
        self.is_denied = False
        self.rates: list[Rate] = []

    def __call__(self, answer: Answer) -> str | None:
        """Tell why to ask again, None when the answer is good or the token is denied.

        Raises:
            SourceError: The server refuses for good.
        """
        self.rates = rates(answer.headers)
        if answer.status in PASSING or answer.status >= 500:
            return f"it answered {answer.status}: {_words(answer)}"
        self.is_denied = answer.status in DENIED and self.has_token
        if self.is_denied:
            return None
        if answer.status != 200:
            raise SourceError(
                f"openverse: the server refuses the search: {_words(answer)} ({answer.status}); "
                "change the words or the settings of the source"
            )
        content = _parsed(answer.body)
        if not isinstance(content, Mapping) or not isinstance(content.get("results"), list):
            return f"it answered in another format: {_words(answer)}"
        told = [_number(content.get(name)) for name in ("page_count", "result_count")]
        if None in told:
            return f"it answered without the number of its pages: {_words(answer)}"
        pages, total = (one or 0 for one in told)
        self.found = Found(tuple(content["results"]), pages, total)
        return None


class TokenReading:
    """Judges the answers to a question for a token; nothing of their bodies is ever shown.

    Args:
        names: The variables that hold id and secret, to be named when they are refused.

    Attributes:
        token: The token, ``""`` before it came.
        seconds: For how long it is good.
    """

    def __init__(self, names: str) -> None:
        self.names = names
        self.token = ""
        self.seconds = 0.0

    def __call__(self, answer: Answer) -> str | None:
        """Tell why to ask again, None when a token came.

        Raises:
            MissingSecret: Id and secret are refused.
        """
        content = _parsed(answer.body)
        told = content if isinstance(content, Mapping) else {}
        if answer.status in PASSING or answer.status >= 500:
            return f"it answered {answer.status} when asked for a token"
        if answer.status in (400, 401, 403):
            raise MissingSecret(
                f"openverse: the server does not accept id and secret in {self.names} "
                f"(status {answer.status}); put those that you registered into them, or unset both "
                "to ask without; what has come is kept"
            )
        token, seconds = told.get("access_token"), _number(told.get("expires_in"))
        if answer.status != 200 or not isinstance(token, str) or not token.isascii():
            return "it gave no token"
        if not token.isprintable() or not token.strip():
            return "it gave no token"
        self.token, self.seconds = token, float(seconds or 0)
        return None


def _words(answer: Answer) -> str:
    """Give the server's own words where there are some, else how its answer begins."""
    content = _parsed(answer.body)
    told = content.get("detail") if isinstance(content, Mapping) else None
    return repr(clean(answer.body if told is None else str(told)))


def _number(value: Any) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return max(0, value) if is_number else None


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
