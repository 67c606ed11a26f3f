"""What the API of MediaWiki is asked, and whether what comes back is an answer."""

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from affekt.errors import SourceError
from affekt.fetch.words import Answer
from affekt.foreign import clean
from affekt.sources.wikimedia.plain import plain

WIDTHS = (20, 40, 60, 120, 250, 330, 500, 960, 1280, 1920, 3840)  # that Wikimedia keeps ready
SHOWN = 10_000  # results of one search
TOLD = (
    "Artist", "DateTimeOriginal", "ImageDescription", "License", "LicenseShortName", "LicenseUrl",
    "NonFree", "UsageTerms",
)  # fmt: skip
FIRST: Mapping[str, str] = {
    "action": "query",
    "format": "json",
    "formatversion": "2",
    "errorformat": "plaintext",
    "maxlag": "5",  # s; servers that lag behind more are left in peace
    "prop": "imageinfo|categories",
    "iiprop": "url|size|mime|sha1|extmetadata|user|userid|timestamp",
    "iiextmetadatafilter": "|".join(TOLD),
    "iiextmetadatalanguage": "en",
    "clshow": "!hidden",
    "cllimit": "max",
}
# Codes of failures that may heal, by their beginning.
PASSING = (
    "maxlag",
    "ratelimited",
    "readonly",
    "internal_api_error",
    "cirrussearch",
    "search-error",
)
PASSING_STATUS = frozenset({408, 425, 429})
OPERATORS = frozenset({"AND", "OR", "NOT"})
BARE = re.compile(r"\w+")


def standard_width(px: int) -> int:
    """Give the smallest standard width that is not below.

    >>> standard_width(500), standard_width(501)
    (500, 960)
    """
    return WIDTHS[min(bisect_left(WIDTHS, px), len(WIDTHS) - 1)]


def asked(by: str, words: Sequence[str], limit: int) -> dict[str, str]:
    """Give the part of a question that names the pictures."""
    if by == "category":
        return {
            "generator": "categorymembers",
            "gcmtitle": f"Category:{words[0]}",
            "gcmtype": "file",
            "gcmlimit": str(limit),
        }
    return {
        "generator": "search",
        "gsrnamespace": "6",  # of files
        "gsrsearch": f"filetype:bitmap {searched(words)}",
        "gsrlimit": str(limit),
    }


def searched(words: Sequence[str]) -> str:
    """Give a search for any of the words; what a search engine would take for a sign is quoted.

    >>> searched(("awe", "great fun", "OR"))
    'awe OR "great fun" OR "OR"'
    """
    return " OR ".join(
        word
        if BARE.fullmatch(word) and word not in OPERATORS
        else f'"{word.replace(chr(34), " ")}"'
        for word in words
    )


class Reading:
    """Judges an answer and keeps what it says.

    Attributes:
        pages: The pages told of, some of them in part.
        go_on: What to ask with to get the rest; None at the end.
        is_whole: Whether every page told of since the last whole answer is complete.
        warnings: What the server wants its callers to know.
        renamed: Titles that it calls otherwise than it was asked.
    """

    def __init__(self) -> None:
        self.pages: tuple[dict[str, Any], ...] = ()
        self.go_on: dict[str, str] | None = None
        self.is_whole = True
        self.warnings: tuple[str, ...] = ()
        self.renamed: dict[str, str] = {}

    def __call__(self, answer: Answer) -> str | None:
        """Say why to ask again, None when the answer is good.

        Raises:
            SourceError: It will not be better the next time.
        """
        if answer.status in PASSING_STATUS or answer.status >= 500:
            return f"HTTP {answer.status}"
        if answer.status != 200:
            raise SourceError(f"wikimedia: HTTP {answer.status}: {_excerpt(answer)!r}")
        content = _content(answer)
        if content is None:
            return f"no JSON of MediaWiki: {_excerpt(answer)!r}"
        for code, text in _told(content, "errors", "error"):
            if not code.startswith(PASSING):
                raise SourceError(f"wikimedia: {code}: {text}")
            return f"{code}: {text}"
        return self._kept(content)

    def _kept(self, content: Mapping[str, Any]) -> str | None:
        query, go_on = content.get("query", {}), content.get("continue", {})
        pages = query.get("pages", []) if isinstance(query, Mapping) else None
        is_formed = isinstance(pages, list) and all(isinstance(one, dict) for one in pages)
        if not is_formed or not isinstance(go_on, Mapping):
            return "an answer of another form"
        if not go_on and not content.get("batchcomplete"):
            return "an answer without an end or a way on"
        self.pages = tuple(pages or ())
        self.renamed = dict(_renamed(query))
        self.go_on = {key: str(value) for key, value in go_on.items()} or None
        self.is_whole = bool(content.get("batchcomplete"))
        self.warnings = tuple(f"{code}: {text}" for code, text in _told(content, "warnings"))
        return None


def _renamed(query: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("normalized", "redirects"):
        for one in query.get(name) or ():
            if isinstance(one, Mapping):
                yield str(one.get("from")), str(one.get("to"))


def _content(answer: Answer) -> Mapping[str, Any] | None:
    try:
        content = json.loads(answer.body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    if rb"\ud" in answer.body.lower():  # half a character pair, which no file takes, becomes "?"
        text = json.dumps(content, ensure_ascii=False).encode(errors="replace")
        content = json.loads(text)
    return content if isinstance(content, Mapping) else None


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _told(content: Mapping[str, Any], *names: str) -> Iterator[tuple[str, str]]:
    """Give code and text of errors or warnings, in today's form or the old one."""
    for name in names:
        found = content.get(name) or []
        for one in found if isinstance(found, list) else [found]:
            about = one if isinstance(one, Mapping) else {}
            yield (
                str(about.get("code") or "unknown"),
                clean(plain(str(about.get("text") or about.get("info") or about)), 300),
            )


def _excerpt(answer: Answer) -> str:
    return clean(plain(answer.body[:4_000].decode(errors="replace")))
