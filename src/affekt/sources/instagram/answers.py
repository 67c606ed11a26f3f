"""What the answers of the Graph API mean: good, to be asked for again, or the end."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from affekt.errors import MissingSecret, SourceError
from affekt.fetch.words import Answer
from affekt.foreign import clean
from affekt.sources.instagram.usage import Usage, usage

PASSING_CODES = frozenset({-1, 1, 2})  # trouble of the server's own
PASSING_STATUSES = frozenset({408, 425, 429})
THROTTLED = frozenset({4, 17, 32, 341, 613, 80002})  # of app, account, page, custom, app, Instagram
TOKEN = frozenset({102, 190})
PERMISSION = frozenset({3, 10, *range(200, 300)})
WRONG, FULL, ABSENT = 100, 18, 24  # a parameter; hashtags of 7 days used up; no such hashtag
ABSENT_SUBCODE = 2207024
# What the caller can do something about, so that it is no failure.
TOLD = {FULL: "full", ABSENT: "absent", WRONG: "wrong"}


class Refusal(NamedTuple):
    """What the server refused and the caller can do something about.

    Attributes:
        kind: ``throttled``, ``full``, ``absent`` or ``wrong``.
        words: The server's own, fit for people.
    """

    kind: str
    words: str


class Posts(NamedTuple):
    """One page of posts; ``after`` leads to the next one, None on the last."""

    entries: tuple[Any, ...]
    after: str | None


class Reading:
    """Judges the answers to one call and keeps what the last one said.

    Args:
        token_env: The variable that holds the token, to be named when it is refused.

    Attributes:
        content: What a good answer says.
        refusal: What the server refuses without being at an end.
        usage: How much of the allowance is used up.
        is_repeated: Whether an answer before this one was lost on its way or could not be read.
    """

    def __init__(self, token_env: str) -> None:
        self.token_env = token_env
        self.content: Mapping[str, Any] = {}
        self.refusal: Refusal | None = None
        self.usage = Usage()
        self.is_repeated = False

    def __call__(self, answer: Answer) -> str | None:
        """Tell why to ask again, None when the answer is good or refused in a way that we know.

        Raises:
            MissingSecret: The server does not accept the token, or what it may do.
            SourceError: The server refuses for good.
        """
        self.usage = usage(answer.headers)
        content = _parsed(answer.body)
        error = content.get("error") if isinstance(content, Mapping) else None
        if isinstance(error, Mapping):
            return self._failed(error)
        if answer.status in PASSING_STATUSES or answer.status >= 500:
            return f"it answered {answer.status}: {clean(answer.body)!r}"
        if answer.status != 200:
            raise SourceError(
                f"instagram: the server answered {answer.status} ({clean(answer.body)!r}); check "
                "`base` and `api_version` of the source, then run again"
            )
        if not isinstance(content, Mapping) or not isinstance(content.get("data"), list):
            return f"it answered in another format: {clean(answer.body)!r}"
        self.content = content
        return None

    def listed(self) -> list[Mapping[str, Any]]:
        """Give the entries of a list; what is none is left out."""
        return [one for one in self.content.get("data", []) if isinstance(one, Mapping)]

    def posts(self) -> Posts:
        """Give a page of posts."""
        return Posts(tuple(self.content.get("data", [])), _after(self.content.get("paging")))

    def _failed(self, error: Mapping[str, Any]) -> str | None:
        code = _code(error)
        words = f"{_words(error)} (code {code})"
        if code in PASSING_CODES or (error.get("is_transient") is True and code not in THROTTLED):
            return f"it said {words}"
        if code in TOKEN:
            raise MissingSecret(
                f"instagram: the server does not accept the token in {self.token_env}: {words}; "
                "make a new one for your business or creator account and put it into "
                f"{self.token_env}, then run again: what has come is kept"
            )
        if code in PERMISSION:
            raise MissingSecret(
                f"instagram: the token in {self.token_env} may not search hashtags: {words}; that "
                "needs a business or creator account and, after Meta's app review, the feature "
                "Instagram Public Content Access; then run again"
            )
        self.refusal = _refusal(code, error, words)
        if self.refusal is None:
            raise SourceError(f"instagram: the server refuses: {words}; change the source")
        return None


def _refusal(code: int | None, error: Mapping[str, Any], words: str) -> Refusal | None:
    if error.get("error_subcode") == ABSENT_SUBCODE:
        return Refusal("absent", words)
    if code in THROTTLED:
        return Refusal("throttled", words)
    return Refusal(TOLD[code], words) if code in TOLD else None


def _words(error: Mapping[str, Any]) -> str:
    said = [error.get("message"), error.get("error_user_msg")]
    return repr(clean(" – ".join(str(one) for one in said if one))) if any(said) else "no word"


def _code(error: Mapping[str, Any]) -> int | None:
    code = error.get("code")
    return code if isinstance(code, int) else None


def _after(paging: Any) -> str | None:
    """Give the way to the next page: there is one where its link is told."""
    link = paging.get("next") if isinstance(paging, Mapping) else None
    if not isinstance(link, str) or not link:
        return None
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, Mapping) else None
    if isinstance(after, str) and after:
        return after
    return next(iter(parse_qs(urlsplit(link).query).get("after", [])), None)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
