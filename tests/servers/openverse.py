"""Openverse's API as far as searching pictures goes: its depth, its allowances, its tokens.

``python -m tests.servers.openverse --port 0 --count 500`` prints its port; the address of the API
is ``http://127.0.0.1:<port>/v1/``, its client ``openverse-canary-id``.
"""

import asyncio
import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

from affekt.fetch.fetcher import Fetcher
from affekt.fetch.manners import Manners
from affekt.fetch.quotas import Clock
from affekt.fetch.settings import Settings
from affekt.sources import Source
from affekt.sources.openverse import LICENCES, Openverse
from tests.servers._wire import Request, Server, arguments, head, stay, whole
from tests.servers.pictures import picture

CLIENT, SECRET = "openverse-canary-id", "openverse-canary/secret+1"
PATH, TOKEN_PATH = "/v1/images/", "/v1/auth_tokens/token/"
JSON = "Content-Type: application/json"
HTML = b"<!DOCTYPE html><html><title>502 Bad Gateway</title><p>cloud<b>front</b></html>"
VERSIONS = {"cc0": "1.0", "pdm": "1.0"}
Record = dict[str, Any]


def some(word: str, count: int, base: str) -> list[Record]:
    """Give records found by a word, the most relevant one first."""
    return [_record(word, number, base) for number in range(count)]


def _record(word: str, number: int, base: str) -> Record:
    own = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{word} {number}"))
    licence = LICENCES[number % len(LICENCES)]
    tags = [
        {"name": word, "accuracy": None, "unstable__provider": "flickr"},
        {"name": f"Street {number % 5}", "accuracy": None, "unstable__provider": "flickr"},
        {"name": "outdoors", "accuracy": 0.93, "unstable__provider": "clarifai"},
    ]
    return {
        "id": own,
        "title": f"A street, number {number}",
        "indexed_on": "2021-05-04T10:11:12.123456Z",
        "foreign_landing_url": f"https://www.example.org/photos/{own}",
        "url": f"{base}/files/{own}.jpg",
        "creator": f"Ann {number % 4}",
        "creator_url": f"https://www.example.org/people/{number % 4}",
        "license": licence,
        "license_version": VERSIONS.get(licence, "2.0"),
        "license_url": f"https://creativecommons.org/licenses/{licence}/2.0/",
        "provider": "flickr",
        "source": "flickr",
        "category": None,
        "filesize": None,
        "filetype": "svg" if number % 17 == 5 else None,
        "tags": tags,
        "attribution": f'"A street, number {number}" by Ann {number % 4}',
        "fields_matched": ["title", "tags.name"][: 1 + number % 2],
        "mature": number % 19 == 3,
        "height": 768,
        "width": 1024,
        "thumbnail": f"{base}/v1/images/{own}/thumb/",
        "detail_url": f"{base}/v1/images/{own}/",
        "related_url": f"{base}/v1/images/{own}/related/",
        "unstable__sensitivity": [],
    }


@dataclass(frozen=True)
class Quirks:
    """What the server does all the time.

    Attributes:
        depth: Pictures that it shows of one search.
        slips: Pages overlap by one picture.
        stuck: Every page is the first one, and there is always another one.
        lives: For how many seconds a token is good.
        limit: The allowance told, such as ``20/min``.
        left: Calls told to be left, from the first one on; the last one stays.
    """

    depth: int = 240
    slips: bool = False
    stuck: bool = False
    lives: int = 36_000
    limit: str = "20/min"
    left: tuple[int, ...] = ()


class Catalogue:
    """A running server.

    Args:
        count: Pictures found by every word; ``nothing`` finds none.
        quirks: What it does all the time.
        faults: What it does wrong once, by the number of the call, from 1; see `BODIES`.
        always: What it does wrong at every call.
        port: Where to listen; 0 for any.

    Attributes:
        calls: Arguments of every search.
        answered: Those of the searches that were answered well.
        tokens: Every token that was given, in order; the last one alone is good.
        given: What is found by a word, in place of `some`.
        before: Is told the number of a call before it is answered.
    """

    def __init__(
        self,
        count: int = 50,
        *,
        quirks: Quirks = Quirks(),
        faults: Mapping[int, str] | None = None,
        always: str | None = None,
        port: int = 0,
    ) -> None:
        self.count, self.quirks = count, quirks
        self.faults, self.always = dict(faults or {}), always
        self.calls: list[dict[str, str]] = []
        self.answered: list[dict[str, str]] = []
        self.tokens: list[str] = []
        self.token_fault: str | None = None
        self.given: dict[str, list[Record]] = {}
        self.before: Callable[[int], None] = lambda _: None
        self.server = Server(self._answer, port=port)

    @property
    def base(self) -> str:
        """Address of the API."""
        return f"{self.server.base}/v1/"

    def found(self, word: str) -> list[Record]:
        """Give all pictures found by a word."""
        count = 0 if word == "nothing" else self.count
        return self.given.get(word) or some(word, count, self.server.base)

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        parts = urlsplit(request.target)
        if parts.path.startswith("/files/") or parts.path.endswith("/thumb/"):
            writer.write(whole(picture(parts.path), "Content-Type: image/jpeg"))
        elif parts.path == TOKEN_PATH:
            self._give_token(request, writer)
        elif parts.path == PATH:
            self._search(request, writer)
        else:
            writer.write(whole(b'{"detail": "Not found."}', JSON, status=404))

    def _give_token(self, request: Request, writer: asyncio.StreamWriter) -> None:
        if self.token_fault is not None:
            _fault(self.token_fault, SECRET, writer)
            return
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        wanted = {
            "grant_type": "client_credentials",
            "client_id": CLIENT,
            "client_secret": SECRET,
        }
        if request.method != "POST" or "?" in request.target or form != wanted:
            writer.write(whole(b'{"error": "invalid_client"}', JSON, status=401))
            return
        self.tokens.append(f"openverse-canary-token-{len(self.tokens)}")
        told = {
            "access_token": self.tokens[-1],
            "expires_in": self.quirks.lives,
            "token_type": "Bearer",
            "scope": "read write groups",
        }
        writer.write(whole(json.dumps(told).encode(), JSON))

    def _search(self, request: Request, writer: asyncio.StreamWriter) -> None:
        asked = {
            name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()
        }
        self.calls.append(asked)
        self.before(len(self.calls))
        bearer = request.headers.get("authorization", "")
        fault = self.always or self.faults.get(len(self.calls))
        if fault is not None:
            _fault(fault, bearer.removeprefix("Bearer "), writer)
            return
        has_token = bool(self.tokens) and bearer == f"Bearer {self.tokens[-1]}"
        status, content = self._content(asked, has_token=has_token, is_anonymous=not bearer)
        if status == 200:
            self.answered.append(asked)
        writer.write(whole(json.dumps(content).encode(), JSON, *self._left(), status=status))

    def _left(self) -> list[str]:
        if not self.quirks.left:
            return []
        left = self.quirks.left[min(len(self.calls), len(self.quirks.left)) - 1]
        return [
            f"X-RateLimit-Limit-anon_burst: {self.quirks.limit}",
            f"X-RateLimit-Available-anon_burst: {left}",
            "X-RateLimit-Limit-anon_sustained: 200/day",
            "X-RateLimit-Available-anon_sustained: 57",
        ]

    def _content(
        self, asked: Mapping[str, str], *, has_token: bool, is_anonymous: bool
    ) -> tuple[int, dict[str, Any]]:
        if not (has_token or is_anonymous):
            return 401, {"detail": "Authentication credentials were not provided."}
        size, page = int(asked.get("page_size", 20)), int(asked.get("page", 1))
        if is_anonymous and size > 20:
            return 401, {"detail": "Ensure this value is less than or equal to 20."}
        if size > 500 or (page - 1) * size >= self.quirks.depth:
            return 400, {"detail": {"page": ["Ensure this value is less than or equal to 12."]}}
        word = (asked.get("q") or asked.get("tags") or asked.get("title") or "").strip('"')
        licences = asked.get("license", ",".join(LICENCES)).split(",")
        found = [one for one in self.found(word) if one.get("license", "by") in licences]
        if asked.get("mature") != "true":
            found = [one for one in found if not one.get("mature")]
        found = found[: self.quirks.depth]
        return 200, self._page(found, size, page)

    def _page(self, found: list[Record], size: int, page: int) -> dict[str, Any]:
        start = 0 if self.quirks.stuck else (page - 1) * size
        slip = 1 if self.quirks.slips and page > 1 else 0
        return {
            "result_count": len(found),
            "page_count": 99 if self.quirks.stuck else -(-len(found) // size),
            "page_size": size,
            "page": page,
            "results": found[max(0, start - slip) : start + size],
        }


BODIES = {
    "html": HTML,
    "broken": b'{"result_count": 50, "page_count": 3, "results": [{"id": "8',
    "empty": b"",
    "deep": b"[" * 100_000,
    "list": b"[]",
    "bare": b'{"results": []}',
    "form": b'{"result_count": 1, "page_count": 1, "results": {"id": "1"}}',
    "numbers": b'{"result_count": "1", "page_count": true, "results": []}',
}


def _fault(fault: str, token: str, writer: asyncio.StreamWriter) -> None:
    """Write one wrong answer: a status of HTTP, or a word."""
    kind, _, rest = fault.partition("-")
    if fault.isdigit():
        body = json.dumps({"detail": f"Trouble {fault}"}).encode()
        writer.write(whole(body, JSON, "Retry-After: 0", status=int(fault)))
    elif kind == "later":
        body = b'{"detail": "Request was throttled. Expected available in 7 seconds."}'
        writer.write(whole(body, JSON, f"Retry-After: {rest}", status=429))
    elif kind == "echo":  # its own words hold the token and what a console would obey
        body = json.dumps({"detail": f"\x1b[2J\u202e {token} <b>bad</b> {SECRET}"}).encode()
        writer.write(whole(body, JSON, "Retry-After: 0", status=int(rest)))
    elif kind == "reset":
        writer.transport.abort()
    elif kind == "short":
        writer.write(head(200, JSON, "Content-Length: 5000") + b'{"results": [')
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


def source_at(catalogue: Catalogue, **settings: Any) -> Openverse:
    """Give a source that asks a server in small pages, as often as it likes."""
    usual = {"base": catalogue.base, "per_page": 7, "calls_per_minute": 1000}
    return Openverse(**{**usual, **settings})


@contextmanager
def with_client(client: str | None = CLIENT, secret: str | None = SECRET) -> Iterator[None]:
    """Set a client in the environment while the block runs, or none."""
    names = {"OPENVERSE_CLIENT_ID": client, "OPENVERSE_CLIENT_SECRET": secret}
    before = {name: os.environ.pop(name, None) for name in names}
    os.environ.update({name: value for name, value in names.items() if value is not None})
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            os.environ.update({} if value is None else {name: value})


@contextmanager
def serving() -> Iterator[tuple[Source, Fetcher]]:
    """Give a source of few pictures, asked without a client, and a fetcher for it."""
    catalogue = Catalogue(30, quirks=Quirks(depth=24, slips=True))
    with catalogue.server, with_client(None, None), TemporaryDirectory() as folder:
        yield source_at(catalogue, has_mature=True), polite(Path(folder))


if __name__ == "__main__":
    parser = arguments(__doc__ or "")
    parser.add_argument("--count", type=int, default=500, help="pictures found by every word")
    given = parser.parse_args()
    stay(Catalogue(given.count, port=given.port).server)
