"""Instagram's Graph API as far as hashtags go: its lists, its 30 hashtags, its ways to refuse.

``python -m tests.servers.instagram --port 0 --count 500`` prints its port; the address of the API
is ``http://127.0.0.1:<port>``, its token ``instagram-canary-token``, its account 17841400000000042.
"""

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from affekt.fetch.fetcher import Fetcher
from affekt.fetch.manners import Manners
from affekt.fetch.quotas import Clock
from affekt.fetch.settings import Settings
from affekt.sources import Source
from affekt.sources.instagram import Instagram
from tests.servers._wire import Request, Server, arguments, head, stay, whole
from tests.servers.pictures import picture

TOKEN, USER = "instagram-canary-token", "17841400000000042"
WEEK = 7 * 86_400.0
NEWEST = datetime(2026, 3, 1, 12, tzinfo=UTC)
JSON = "Content-Type: application/json; charset=UTF-8"
HTML = b"<!DOCTYPE html><html><head><title>Error</title></head><body>Sorry, <b>broken</b></body>"
ALLOWED = {"id", "caption", "media_type", "media_url", "permalink", "timestamp", "children"}
Post = dict[str, Any]


def some(name: str, count: int, base: str) -> list[Post]:
    """Give posts under a hashtag, the newest first, of every kind that there is."""
    return [_post(name, number, base) for number in range(count)]


def _post(name: str, number: int, base: str) -> Post:
    own = f"179{int(sha256(name.encode()).hexdigest()[:8], 16):010d}{number:05d}"
    when = NEWEST - timedelta(hours=number)
    post = {
        "id": own,
        "caption": f"Number {number} by the water. #{name} #Wasser_{number % 7} and a tea#cup",
        "media_type": "IMAGE",
        "media_url": f"{base}/v/{own}.jpg?oh={number:04x}&oe=5ED07F62",
        "permalink": f"https://www.instagram.com/p/{own}/",
        "timestamp": when.strftime("%Y-%m-%dT%H:%M:%S+0000"),
    }
    return {**post, **_odd(own, number, base)}


def _odd(own: str, number: int, base: str) -> Post:
    """Give what is otherwise with every few posts; None is left out of the answer."""
    if number % 9 == 4:
        return {"media_type": "VIDEO", "media_url": f"{base}/v/{own}.mp4"}
    if number % 9 == 6:
        children = [
            {"id": f"{own}1", "media_type": "IMAGE", "media_url": f"{base}/v/{own}1.jpg"},
            {"id": f"{own}2", "media_type": "VIDEO", "media_url": f"{base}/v/{own}2.mp4"},
            {"id": f"{own}3", "media_type": "IMAGE", "media_url": f"{base}/v/{own}3.jpg"},
        ]
        album = {"media_type": "CAROUSEL_ALBUM", "media_url": None}
        return {**album, "children": {"data": children}}
    if number % 9 == 7:
        return {"caption": None}
    return {"media_url": None} if number % 27 == 8 else {}


@dataclass(frozen=True)
class Quirks:
    """What the server does all the time.

    Attributes:
        still: The way on reads the same on every page; the server counts which comes next.
        restless: The way on reads otherwise each time, be it to the same page.
        endless: The last page is given for ever.
        nameless: The list of hashtags asked for tells no names.
        without: Hashtags that it does not know.
        usage: Percent of the calls used up, from the first call on; the last one stays.
        regain: Minutes told until access is back.
    """

    still: bool = False
    restless: bool = False
    endless: bool = False
    nameless: bool = False
    without: tuple[str, ...] = ()
    usage: tuple[float, ...] = ()
    regain: float = 0.0


class Graph:
    """A running server.

    Args:
        count: Posts of every hashtag.
        quirks: What it does all the time.
        faults: What it does wrong once, by the number of the call, from 1; see `BODIES`.
        always: What it does wrong at every call.
        port: Where to listen; 0 for any.

    Attributes:
        calls: Path and arguments of every call, without token and account.
        answered: Those that were answered well.
        searched: When each hashtag was first asked for, by its id.
        before: Is told the number of a call before it is answered.
        now: Tells the time, s.
    """

    def __init__(
        self,
        count: int = 40,
        *,
        quirks: Quirks = Quirks(),
        faults: Mapping[int, str] | None = None,
        always: str | None = None,
        port: int = 0,
    ) -> None:
        self.count, self.quirks = count, quirks
        self.faults, self.always = dict(faults or {}), always
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.answered: list[tuple[str, dict[str, str]]] = []
        self.given: dict[str, list[Post]] = {}
        self.names: dict[str, str] = {}
        self.searched: dict[str, float] = {}
        self.before: Callable[[int], None] = lambda _: None
        self.now: Callable[[], float] = time.time
        self._pages: dict[str, int] = {}
        self.server = Server(self._answer, port=port)

    @property
    def base(self) -> str:
        """Address of the API."""
        return self.server.base

    def posts(self, name: str) -> list[Post]:
        """Give all posts under a hashtag."""
        return self.given.get(name) or some(name, self.count, self.base)

    def edge(self, name: str, edge: str) -> list[Post]:
        """Give the posts of one list: the last 24 hours, or every other one of all."""
        posts = self.posts(name)
        return posts[:24] if edge == "recent_media" else posts[::-2]

    def number(self, name: str) -> str:
        """Give the id of a hashtag."""
        number = f"178{int(sha256(name.encode()).hexdigest()[:12], 16):014d}"
        self.names[number] = name
        return number

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        parts = urlsplit(request.target)
        if parts.path.startswith("/v/"):
            writer.write(whole(picture(parts.path), "Content-Type: image/jpeg"))
            return
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        token, user = asked.pop("access_token", ""), asked.pop("user_id", "")
        path = parts.path.partition("/v24.0/")[2].replace(USER, "me")
        self.calls.append((path, asked))
        self.before(len(self.calls))
        fault = self.always or self.faults.get(len(self.calls))
        if fault is not None and fault.startswith("lost-"):
            self._content(path, asked)
        if fault is not None:
            _fault(fault.removeprefix("lost-"), token, writer, self._usage())
            return
        content = self._content(path, asked) if (token, user) == (TOKEN, USER) else error(190)
        if "error" not in content:
            self.answered.append((path, asked))
        status = 400 if "error" in content else 200
        body = json.dumps(content, ensure_ascii=bool(len(self.calls) % 2)).encode()
        writer.write(whole(body, JSON, *self._usage(), status=status))

    def _usage(self) -> list[str]:
        if not self.quirks.usage:
            return []
        percent = self.quirks.usage[min(len(self.calls), len(self.quirks.usage)) - 1]
        app = {"call_count": percent, "total_cputime": 3, "total_time": 5}
        business = {**app, "type": "instagram", "estimated_time_to_regain_access": 0}
        if percent >= 100:
            business["estimated_time_to_regain_access"] = self.quirks.regain
        return [
            f"X-App-Usage: {json.dumps(app)}",
            f"X-Business-Use-Case-Usage: {json.dumps({USER: [business]})}",
        ]

    def _content(self, path: str, asked: Mapping[str, str]) -> dict[str, Any]:
        recent = [one for one, when in self.searched.items() if when > self.now() - WEEK]
        if path == "me/recently_searched_hashtags":
            named = "name" in asked["fields"] and not self.quirks.nameless
            listed = recent[: int(asked.get("limit", 25))]
            return {
                "data": [
                    {"id": one, **({"name": self.names[one]} if named else {})} for one in listed
                ]
            }
        if path == "ig_hashtag_search":
            return self._search(asked["q"], recent)
        number, _, edge = path.partition("/")
        if number not in self.names or edge not in ("top_media", "recent_media"):
            return error(100, "Unsupported get request.")
        return self._page(path, asked)

    def _search(self, name: str, recent: list[str]) -> dict[str, Any]:
        if name in self.quirks.without:
            return error(24, "The requested resource does not exist", 2207024)
        number = self.number(name)
        if number not in recent:
            if len(recent) >= 30:
                return error(18, "max number of hashtags queried")
            self.searched[number] = self.now()
        return {"data": [{"id": number}]}

    def _page(self, path: str, asked: Mapping[str, str]) -> dict[str, Any]:
        fields = set(asked["fields"].replace("{id,media_type,media_url}", "").split(","))
        if not fields <= ALLOWED:
            return error(100, "(#100) Tried accessing nonexisting field (username)")
        number, _, edge = path.partition("/")
        posts, limit = self.edge(self.names[number], edge), min(50, int(asked.get("limit", 25)))
        page = self._page_number(path, asked.get("after"))
        if page is None:
            return error(100, "Invalid parameter: cursor")
        if self.quirks.endless:
            page = min(page, max(0, -(-len(posts) // limit) - 1))
        shown = posts[page * limit : (page + 1) * limit]
        told = {"data": [{key: one[key] for key in one if one[key] is not None} for one in shown]}
        self._pages[path] = page + 1
        if (page + 1) * limit >= len(posts) and not self.quirks.endless:
            return told
        turn = len(self.calls) if self.quirks.restless else 0
        after = "QVFIUlkWAYZD" if self.quirks.still else f"QVFI{turn:03d}x{page + 1}"
        query = urlencode({**asked, "access_token": TOKEN, "after": after})
        link = f"{self.base}/v24.0/{path}?{query}"
        return {**told, "paging": {"cursors": {"after": after}, "next": link}}

    def _page_number(self, path: str, after: str | None) -> int | None:
        if after is None:
            return 0
        if self.quirks.still:
            return self._pages.get(path)
        digits = after.rpartition("x")[2]
        return int(digits) if digits.isdigit() else None


MESSAGES = {
    1: "An unknown error occurred",
    2: "Service temporarily unavailable",
    4: "(#4) Application request limit reached",
    10: "(#10) To use Instagram Public Content Access, your use must be reviewed",
    17: "(#17) User request limit reached",
    32: "(#32) Page request limit reached",
    100: "(#100) Invalid parameter",
    190: "Error validating access token: Session has expired on Sunday, 01-Mar-26 04:00:00 PST.",
    200: "(#200) Requires instagram_basic permission",
    341: "(#341) Application limit reached",
    368: "(#368) The action attempted has been deemed abusive",
    613: "(#613) Calls to this api have exceeded the rate limit.",
    80002: "(#80002) There have been too many calls to this Instagram account.",
}


def error(code: int, words: str | None = None, subcode: int | None = None) -> dict[str, Any]:
    """Give what the API says when it refuses."""
    told = {
        "message": words or MESSAGES.get(code, "It did not work"),
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": "AbCdEfGhIjK",
    }
    return {"error": told | ({"error_subcode": subcode} if subcode else {})}


BODIES = {
    "html": HTML,
    "broken": b'{"data": [{"id": "17900000000", "capt',
    "empty": b"",
    "deep": b"[" * 100_000,
    "list": b"[]",
    "bare": b'{"data": {"id": "1"}}',
}


def _fault(fault: str, token: str, writer: asyncio.StreamWriter, headers: list[str]) -> None:
    """Write one wrong answer.

    A status, ``code-<n>``, ``calm-<n>`` with status 200,
    ``transient-<n>``, or a word. With ``lost-`` before it the server has made the good answer and
    counted it as given.
    """
    kind, _, rest = fault.partition("-")
    if fault.isdigit():
        body = f"<html><h1>{fault}</h1> asked with access_token={token}</html>".encode()
        writer.write(whole(body, "Retry-After: 0", status=int(fault)))
    elif kind in ("code", "calm"):
        status = 200 if kind == "calm" else 403
        body = json.dumps(error(int(rest))).encode()
        writer.write(whole(body, JSON, *headers, status=status))
    elif kind == "transient":
        content = error(int(rest or 3600), "Try again")
        content["error"]["is_transient"] = True
        writer.write(whole(json.dumps(content).encode(), JSON, status=400))
    elif kind == "echo":  # its own words hold the token and what a console would obey
        words = f"\x1b[2J<b>bad</b>\u202e {token} is not allowed for {USER}"
        writer.write(whole(json.dumps(error(int(rest), words)).encode(), JSON, status=400))
    elif kind == "reset":
        writer.transport.abort()
    elif kind == "short":
        writer.write(head(200, JSON, "Content-Length: 5000") + b'{"data": [{"id": "1')
        writer.close()
    else:
        writer.write(whole(BODIES[kind], JSON))


MANNERS = Manners(
    contact="test@example.org", allowed_networks=("127.0.0.0/8",), pause_seconds=0.01, tries=3
)


def polite(folder: Path, clock: Clock = Clock(), **changed: Any) -> Fetcher:  # noqa: B008
    """Give a fetcher that may ask this machine."""
    manners = MANNERS.model_copy(update=changed)
    return Fetcher(manners, folder, settings=Settings(clock=clock))


def source_at(graph: Graph, **settings: Any) -> Instagram:
    """Give a source that asks a server in small pages."""
    return Instagram(**{"base": graph.base, "per_page": 7, **settings})


@contextmanager
def with_token(token: str = TOKEN, user: str = USER) -> Iterator[None]:
    """Set token and account in the environment while the block runs."""
    names = {"INSTAGRAM_TOKEN": token, "INSTAGRAM_USER": user}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            os.environ.update({} if value is None else {name: value})


@contextmanager
def serving() -> Iterator[tuple[Source, Fetcher]]:
    """Give a source of few posts, told in several pages, and a fetcher for it."""
    graph = Graph(20)
    with graph.server, with_token(), TemporaryDirectory() as folder:
        yield source_at(graph), polite(Path(folder))


if __name__ == "__main__":
    parser = arguments(__doc__ or "")
    parser.add_argument("--count", type=int, default=500, help="posts of every hashtag")
    given = parser.parse_args()
    stay(Graph(given.count, port=given.port).server)
