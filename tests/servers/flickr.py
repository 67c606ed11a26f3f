"""Flickr's REST API as far as searches go: its 4,000 results, its wrong numbers, its failures.

``python -m tests.servers.flickr --port 0 --count 25000`` prints its port; the address of the API is
``http://127.0.0.1:<port>/services/rest/`` and its key ``flickr-canary-key``.
"""

import asyncio
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

from affekt.fetch.fetcher import Fetcher
from affekt.fetch.manners import Manners
from affekt.sources import Source
from affekt.sources.flickr import Flickr
from tests.servers._flickr_catalogue import PICTURES, Burst, Catalogue, wrongly
from tests.servers._wire import Request, Server, arguments, head, stay, whole

KEY = "flickr-canary-key"
PATH = "/services/rest/"
SINCE, UNTIL = date(2010, 1, 1), date(2019, 12, 31)
JSON = "Content-Type: application/json; charset=utf-8"
HTML = b"<!doctype html><html><head><title>Sorry</title></head><body>A <b>panda</b> is on it</body>"
XML = b'<?xml version="1.0" encoding="utf-8" ?>\n<rsp stat="ok"><photos page="1" pages="0" /></rsp>'
NAMES = {
    "0": ("Somebody's own", ""),
    "4": ("Attribution", "https://creativecommons.org/licenses/by/2.0/"),
    "9": ("Zero", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "42": ("Attribution, once more", "https://creativecommons.org/licenses/by/3.0/"),
}
MESSAGES = {
    1: "Photo not found",
    0: "Sorry, the Flickr API service is not currently available.",
    3: "Parameterless searches have been disabled. Please use flickr.photos.getRecent instead.",
    10: "Sorry, the Flickr search API is not currently available.",
    18: "Illogical arguments in the search",
    95: "Sorry, this part is not currently available",
    100: "Invalid API Key (Key has invalid format)",
    105: "Service currently unavailable",
    112: 'Method "flickr.photos.guess" not found',
}


@dataclass(frozen=True)
class Quirks:
    """What the server does wrong on purpose, all the time.

    Attributes:
        wrong_totals: Share by which announced numbers are wrong.
        totals_change: The number is another one on every page.
        low_totals: Announces at most so many.
        leaks: A slice shows the photograph behind its end too.
        repeats: A page behind the last one is the last one again, not empty.
        stuck: Every page is the first one.
        ignores_dates: Searches all days whatever is asked.
        falls: Dates fall, whatever order is asked for.
        thins: Leaves the first photograph of every page out, as it does with hidden ones.
        names: The licences it lists.
    """

    wrong_totals: float = 0.0
    totals_change: bool = False
    low_totals: int | None = None
    leaks: bool = False
    repeats: bool = False
    stuck: bool = False
    ignores_dates: bool = False
    falls: bool = False
    thins: bool = False
    names: Mapping[str, tuple[str, str]] | None = None


class Host:
    """A running server.

    Args:
        count: Photographs of every search; a search for ``nothing`` finds none.
        quirks: What it does wrong all the time.
        faults: What it does wrong once, by the number of the call, from 1; see `_fault`.
        always: What it does wrong at every call.
        shown: Results that it shows of one search.
        bursts: Where many photographs come at once.
        odd_every: One in so many photographs is odd.
        pictures: Address of the host of the files.
        port: Where to listen; 0 for any.

    Attributes:
        told: What it says of single photographs, by id; of all others that there are none.
        calls: The arguments of every call, without the key.
        answered: Those of the calls that were answered well.
        before: Is told the number of a call before it is answered.
    """

    def __init__(
        self,
        count: int = 1000,
        *,
        quirks: Quirks = Quirks(),
        faults: Mapping[int, str] | None = None,
        always: str | None = None,
        shown: int = 4000,
        bursts: Sequence[Burst] = (),
        odd_every: int = 0,
        pictures: str = PICTURES,
        port: int = 0,
    ) -> None:
        self.count, self.quirks, self.shown = count, quirks, shown
        self.faults, self.always = dict(faults or {}), always
        self.bursts, self.odd_every, self.pictures = tuple(bursts), odd_every, pictures
        self.told: dict[str, Mapping[str, Any]] = {}
        self.calls: list[dict[str, str]] = []
        self.answered: list[dict[str, str]] = []
        self.before: Callable[[int], None] = lambda _: None
        self.server = Server(self._answer, port=port)

    @property
    def base(self) -> str:
        """Address of the API."""
        return f"{self.server.base}{PATH}"

    @property
    def searches(self) -> Counter[tuple[tuple[str, str], ...]]:
        """How often each page of each search was asked for."""
        return Counter(
            tuple(sorted(call.items())) for call in self.calls if call["method"].endswith("search")
        )

    def catalogue(self, words: str) -> Catalogue:
        """Give all that a search for these words finds."""
        start, end = (
            int(datetime.combine(day, moment, UTC).timestamp())
            for day, moment in ((SINCE, time()), (UNTIL, time(23, 59, 59)))
        )
        return Catalogue(
            *(words, 0 if words == "nothing" else self.count, start, end),
            bursts=self.bursts,
            odd_every=self.odd_every,
            pictures=self.pictures,
        )

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        parts = urlsplit(request.target)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        key = asked.pop("api_key", "")
        if parts.path != PATH:
            writer.write(whole(HTML, "Content-Type: text/html", status=404))
            return
        self.calls.append(asked)
        number = len(self.calls)
        self.before(number)
        fault = self.always or self.faults.get(number)
        if fault is None or fault == "slow":
            await asyncio.sleep(0.3 if fault else 0)
            content = self._content(asked) if key == KEY else failure(100)
            if content["stat"] == "ok":
                self.answered.append(asked)
            writer.write(whole(json.dumps(content).encode(), JSON))
        elif fault == "stall":
            await asyncio.sleep(30)
        else:
            _fault(fault, key, writer)

    def _content(self, asked: Mapping[str, str]) -> dict[str, Any]:
        if asked.get("format") != "json" or asked.get("nojsoncallback") != "1":
            return failure(111)
        if asked["method"] == "flickr.photos.licenses.getInfo":
            names = self.quirks.names or NAMES
            listed = [
                {"id": int(number) if number == "4" else number, "name": name, "url": url}
                for number, (name, url) in names.items()
            ]
            return {"licenses": {"license": listed}, "stat": "ok"}
        if asked["method"] == "flickr.photos.getInfo":
            photo = self.told.get(asked["photo_id"])
            return {"photo": photo, "stat": "ok"} if photo else failure(1)
        if asked["method"] != "flickr.photos.search":
            return failure(112)
        words = asked.get("tags") or asked.get("text")
        return self._found(asked, self.catalogue(words)) if words else failure(3)

    def _found(self, asked: Mapping[str, str], catalogue: Catalogue) -> dict[str, Any]:
        numbers = self._numbers(asked, catalogue)
        per_page, page = min(500, int(asked.get("per_page", 100))), int(asked.get("page", 1))
        shown_page = min(page, -(-self.shown // per_page))
        if self.quirks.repeats:
            shown_page = max(1, min(shown_page, -(-len(numbers) // per_page)))
        first = 0 if self.quirks.stuck else (shown_page - 1) * per_page
        shown = numbers[first + self.quirks.thins : first + per_page]
        total = self._announced(len(numbers), asked)
        photos = {
            "page": page,
            "pages": -(-total // per_page),
            "perpage": per_page,
            "total": total if page % 2 else str(total),
            "photo": [catalogue.photo(number) for number in shown],
        }
        return {"photos": photos, "stat": "ok"}

    def _numbers(self, asked: Mapping[str, str], catalogue: Catalogue) -> Sequence[int]:
        start = int(asked.get("min_upload_date", catalogue.start))
        end = int(asked.get("max_upload_date", catalogue.end))
        numbers: Sequence[int] = catalogue.between(start, end)
        if self.quirks.ignores_dates:
            numbers = range(catalogue.count)
        elif self.quirks.leaks and numbers:
            numbers = range(numbers[0], min(numbers[-1] + 2, catalogue.count))
        if "license" in asked:
            wanted = set(asked["license"].split(","))
            numbers = [number for number in numbers if catalogue.licence(number) in wanted]
        rises = asked.get("sort") == "date-posted-asc" and not self.quirks.falls
        return numbers if rises else numbers[::-1]

    def _announced(self, total: int, asked: Mapping[str, str]) -> int:
        where = dict(asked) if self.quirks.totals_change else {**asked, "page": "1"}
        announced = wrongly(total, self.quirks.wrong_totals, where)
        return (
            announced if self.quirks.low_totals is None else min(announced, self.quirks.low_totals)
        )


def failure(code: int, words: str | None = None) -> dict[str, Any]:
    """Give what the API says when it fails, with status 200."""
    said = words or MESSAGES.get(code, "It did not work")
    return {"stat": "fail", "code": code if code % 2 else str(code), "message": said}


def _fault(fault: str, key: str, writer: asyncio.StreamWriter) -> None:
    """Write one wrong answer: ``fail-<code>``, a status of HTTP, or a word."""
    kind, _, rest = fault.partition("-")
    if fault.isdigit():
        body = f"<html><h1>{fault}</h1> asked with api_key={key}</html>".encode()
        writer.write(whole(body, "Retry-After: 0", status=int(fault)))
    elif kind == "fail":
        writer.write(whole(json.dumps(failure(int(rest))).encode(), JSON))
    elif kind == "echo":  # its own words hold the key and what a console would obey
        words = f"\x1b[2J<b>bad</b>\u202e {key} is not allowed"
        writer.write(whole(json.dumps(failure(int(rest), words)).encode(), JSON))
    elif kind == "reset":
        writer.transport.abort()
    elif kind == "short":
        writer.write(head(200, JSON, "Content-Length: 5000") + b'{"photos": {"page": 1, "tot')
        writer.close()
    else:
        writer.write(whole(BODIES[kind], JSON))


BODIES = {
    "html": HTML,
    "xml": XML,
    "callback": b'jsonFlickrApi({"photos":{"page":1,"total":0,"photo":[]},"stat":"ok"})',
    "broken": b'{"photos": {"page": 1, "pages": 2, "total": "7", "photo": [{"id": "1", "ow',
    "empty": b"",
    "deep": b"[" * 100_000,
    "bare": b'{"stat": "ok", "photos": {"page": 1, "total": null, "photo": {}}}',
}


def polite(folder: Path, **changed: Any) -> Fetcher:
    """Give a fetcher that may ask this machine, and asks again at once."""
    usual: dict[str, Any] = {"contact": "test@example.org", "allowed_networks": ("127.0.0.0/8",)}
    return Fetcher(Manners(**usual | {"pause_seconds": 0.001} | changed), folder)


@contextmanager
def with_key(key: str = KEY) -> Iterator[None]:
    """Set the key in the environment while the block runs."""
    before = os.environ.get("FLICKR_KEY")
    os.environ["FLICKR_KEY"] = key
    try:
        yield
    finally:
        del os.environ["FLICKR_KEY"]
        if before is not None:
            os.environ["FLICKR_KEY"] = before


@contextmanager
def serving() -> Iterator[tuple[Source, Fetcher]]:
    """Give a source of few pictures and a fetcher for it; every search is cut into slices."""
    host = Host(30, odd_every=3)
    with host.server, with_key(), TemporaryDirectory() as folder:
        source = Flickr(
            base=host.base,
            since=SINCE,
            until=UNTIL,
            per_page=7,
            split_above=20,
            calls_per_hour=10**6,
        )
        yield source, polite(Path(folder))


if __name__ == "__main__":
    parser = arguments(__doc__ or "")
    parser.add_argument("--count", type=int, default=1000, help="photographs of every search")
    given = parser.parse_args()
    stay(Host(given.count, port=given.port).server)
