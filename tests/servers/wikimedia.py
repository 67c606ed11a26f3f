"""The API of MediaWiki as Commons runs it, as far as asking for files goes, and its pictures.

``python -m tests.servers.wikimedia --port 0 --count 5000`` prints its port; the API is at
``/w/api.php``. Batches are told in several answers, as the real server does when one would be too
long: each property goes on by itself, and a batch is whole when all of them are.
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from affekt.fetch.fetcher import Fetcher
from affekt.fetch.manners import Manners
from affekt.sources.wikimedia import Wikimedia
from affekt.taxonomy import MIKELS8
from tests.servers._wire import Request, Server, arguments, stay, whole
from tests.servers.pictures import picture

PATH = "/w/api.php"
JSON = "Content-Type: application/json; charset=utf-8"
HTML = b"<!DOCTYPE html>\n<html><title>Wikimedia Error</title><p>Our servers are busy.</html>"
HIDDEN = ("Uploaded with a wizard", "Licence reviewed")
VISIBLE = ("Photographs taken on 2019-05-04", "Streets at night", "Images with borders")
META = {
    "Artist": '<a href="//commons.wikimedia.org/wiki/User:Ann_{n}" title="x">Ann &amp; {n}</a>',
    "ImageDescription": '<p>A street, <b>number {n}</b><span style="display: none">no</span></p>',
    "DateTimeOriginal": "2019-05-04 10:11:{s:02}",
    "License": "cc-by-sa-4.0",
    "LicenseShortName": "CC BY-SA 4.0",
    "LicenseUrl": "https://creativecommons.org/licenses/by-sa/4.0",
    "UsageTerms": "Creative Commons Attribution-Share Alike 4.0",
    "Credit": '<span lang="en">Own work</span>',
    "Categories": "never asked for",
}


@dataclass(frozen=True)
class File:
    """One file of the wiki; what is None is not told."""

    number: int
    title: str
    words: str
    categories: tuple[str, ...] = ()
    hidden: tuple[str, ...] = HIDDEN
    meta: Mapping[str, Any] = field(default_factory=dict)
    mime: str = "image/jpeg"
    width: int = 4000
    height: int = 3000
    versions: int = 1
    has_info: bool = True
    is_deleted: bool = False
    changed: Mapping[str, Any] = field(default_factory=dict)  # fields of all its versions
    past: Sequence[Mapping[str, Any]] = ()  # fields of each version, the newest first


def some(count: int) -> list[File]:
    """Give files found by the name of one emotion each."""
    return [
        File(
            number=1000 + 7 * n,
            title=f"File:Street {n:04} of {MIKELS8.names[n % 8]}.jpg",
            words=f"street {MIKELS8.names[n % 8]}",
            categories=(MIKELS8.names[n % 8].capitalize(), *VISIBLE),
            meta={name: text.format(n=n, s=n % 60) for name, text in META.items()},
            width=(4000, 480)[n % 9 == 0],
        )
        for n in range(count)
    ]


@dataclass(frozen=True)
class Quirks:
    """How the server tells things, all the time.

    Attributes:
        infos: Files told of in one answer.
        categories: Categories told of in one answer.
        turns: Pages of an answer come in another order every time.
        shown: Results of a search at most.
        circles: ``still``: the first batch comes for ever, and the way on reads the same;
            ``restless``: it reads otherwise each time; ``pieces``: no batch is ever told whole.
    """

    infos: int = 50
    categories: int = 500
    turns: bool = False
    shown: int = 10_000
    circles: str = ""


class Commons:
    """A running wiki.

    Attributes:
        asked: What was asked, each call that was answered well.
        calls: Calls in all.
        faults: What goes wrong at a call, by its number from 1: see `_fault`.
        before: Is told the number of a call before it is answered.
        user_agents: Who asked.
    """

    def __init__(
        self,
        files: Sequence[File],
        quirks: Quirks = Quirks(),
        faults: Mapping[int, str] | None = None,
        port: int = 0,
    ) -> None:
        self.files, self.quirks = list(files), quirks
        self.faults = dict(faults or {})
        self.asked: list[dict[str, str]] = []
        self.calls = 0
        self.user_agents: set[str] = set()
        self.before: Callable[[int], None] = lambda _: None
        self.server = Server(self._answer, port=port)

    @property
    def base(self) -> str:
        """Address of the API."""
        return f"{self.server.base}{PATH}"

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        parts = urlsplit(request.target)
        if parts.path != PATH:
            writer.write(whole(picture(parts.path), "Content-Type: image/jpeg"))
            return
        self.calls += 1
        self.before(self.calls)
        self.user_agents.add(request.headers.get("user-agent", ""))
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        fault = self.faults.get(self.calls)
        if fault is not None:
            writer.write(_fault(fault))
            return
        self.asked.append(asked)
        content = _Turn(self, asked).content() if not self.quirks.circles else self._round(asked)
        writer.write(whole(json.dumps(content).encode(), JSON))

    def _round(self, asked: Mapping[str, str]) -> dict[str, Any]:
        first = {name: text for name, text in asked.items() if not name.endswith("continue")}
        told = _Turn(self, {**first, "gsroffset": "0"}).content()
        place = "4" if self.quirks.circles == "still" else str(self.calls)
        if self.quirks.circles == "pieces":
            return {"query": told["query"], "continue": {"iicontinue": place, "continue": "||"}}
        way = "gsroffset" if asked["generator"] == "search" else "gcmcontinue"
        return {**told, "continue": {way: place, "continue": f"{way}||"}}


class _Turn:
    """One question that is answered."""

    def __init__(self, wiki: Commons, asked: Mapping[str, str]) -> None:
        self.wiki, self.asked, self.quirks = wiki, asked, wiki.quirks
        given, _, done = asked.get("continue", "").partition("||")
        self.kept = {name: asked[name] for name in given.split("|") if name in asked}
        self.done = set(filter(None, done.split("|")))
        self.normal: dict[str, str] = {}  # titles as the server writes them
        self.further: dict[str, str] = {}  # of the generator
        self.unfinished: dict[str, str] = {}  # of the properties

    def content(self) -> dict[str, Any]:
        """Give the whole answer."""
        if self.asked.get("formatversion") != "2" or self.asked.get("format") != "json":
            return error("unknown_format", "only JSON of today's form is spoken here")
        found = self._generated()
        pages = [self._page(file, index) for index, file in found]
        self._tell_infos(pages, [file for _, file in found])
        self._tell_categories(pages, [file for _, file in found])
        if self.quirks.turns and self.wiki.calls % 2:
            pages.reverse()
        told: dict[str, Any] = {"query": {"pages": pages}} if pages else {}
        if renamed := [{"from": a, "to": b} for a, b in self.normal.items() if a != b]:
            told["query"]["normalized"] = renamed
        return {**self._ways(), **told}

    def _ways(self) -> dict[str, Any]:
        """Give how asking goes on: first what is unfinished of this batch, then the next one."""
        names = {"imageinfo", "categories"}
        if self.unfinished:
            done = sorted(names - {_owner(name) for name in self.unfinished})
            kept = "|".join(self.kept)
            ways = {**self.unfinished, **self.kept, "continue": f"{kept}||{'|'.join(done)}"}
            return {"continue": ways}
        if self.further:
            keys = "|".join(self.further)
            return {"batchcomplete": True, "continue": {**self.further, "continue": f"{keys}||"}}
        return {"batchcomplete": True}

    def _generated(self) -> list[tuple[int, File]]:
        if "titles" in self.asked:
            return self._titled()
        if self.asked["generator"] == "search":
            return self._searched()
        files = [
            file
            for file in self.wiki.files
            if self.asked["gcmtitle"].partition(":")[2].casefold()
            in {one.casefold() for one in file.categories}
        ]
        start = int(self.asked.get("gcmcontinue", "file|0").rpartition("|")[2])
        behind = start + int(self.asked["gcmlimit"])
        if behind < len(files):
            self.further = {"gcmcontinue": f"file|{behind}"}
        return list(enumerate(files[start:behind], start + 1))

    def _titled(self) -> list[tuple[int, File]]:
        known = {file.title: file for file in self.wiki.files}
        titles = self.asked["titles"].split("|")
        # A title begins with a capital letter; the server tells how it reads what it was asked.
        self.normal = {one: f"File:{one[5:6].upper()}{one[6:]}" for one in titles}
        gone = File(0, "", "", is_deleted=True)
        files = [known.get(one, replace(gone, title=one)) for one in self.normal.values()]
        return list(enumerate(files, 1))

    def _searched(self) -> list[tuple[int, File]]:
        words = self.asked["gsrsearch"].removeprefix("filetype:bitmap ").split(" OR ")
        wanted = [word.strip('"').casefold() for word in words]
        files = [file for file in self.wiki.files if any(one in file.words for one in wanted)]
        start, limit = int(self.asked.get("gsroffset", 0)), int(self.asked["gsrlimit"])
        if start + limit > self.quirks.shown:
            return []
        if start + limit < len(files):
            self.further = {"gsroffset": str(start + limit)}
        return list(enumerate(files[start : start + limit], start + 1))

    def _page(self, file: File, index: int) -> dict[str, Any]:
        if file.is_deleted:
            return {"ns": 6, "title": file.title, "missing": True, "index": index}
        page = {"pageid": file.number, "ns": 6, "title": file.title, "index": index}
        return page if self.asked.get("generator") == "search" else {**page, "index": -1}

    def _tell_infos(self, pages: list[dict[str, Any]], files: list[File]) -> None:
        if "imageinfo" in self.done:
            return
        pairs = sorted(
            ((file, page) for file, page in zip(files, pages, strict=True) if "pageid" in page),
            key=lambda pair: pair[0].title,
        )
        told = 0
        for file, page in pairs:
            if file.title < self.asked.get("iicontinue", ""):
                continue
            if told == self.quirks.infos:
                self.unfinished["iicontinue"] = file.title
                return
            version = int(self.asked.get("iistart", 0))
            if file.has_info:
                page["imageinfo"] = [self._info(file, version)]
            told += 1
            # The history of a file is told on as well, where the batch is one file only.
            if len(pairs) == 1 and version + 1 < file.versions:
                self.unfinished["iistart"] = str(version + 1)

    def _info(self, file: File, version: int) -> dict[str, Any]:
        base, title = self.wiki.server.base, file.title.partition(":")[2].replace(" ", "_")
        name = quote(title, errors="replace")
        width = int(self.asked.get("iiurlwidth", 0)) or file.width
        is_smaller = width < file.width
        url = f"{base}/wikipedia/commons/{file.number}/{name}"
        thumb = f"{base}/wikipedia/commons/thumb/{file.number}/{width}px-{name}"
        told = self.asked["iiextmetadatafilter"].split("|")
        info = {
            "timestamp": f"2020-01-0{9 - version}T06:04:51Z",
            "user": f"Uploader {file.number % 5}",
            "userid": file.number % 5 + 1,
            "size": 123456,
            "width": file.width,
            "height": file.height,
            "thumburl": thumb if is_smaller else url,
            "thumbwidth": min(width, file.width),
            "thumbheight": round(file.height * min(1.0, width / file.width)),
            "url": url,
            "descriptionurl": f"{base}/wiki/File:{name}",
            "sha1": f"{file.number:040x}",
            "mime": file.mime,
            "extmetadata": {
                name: {"value": text, "source": "commons-desc-page"}
                for name, text in file.meta.items()
                if name in told
            },
            **file.changed,
            **(file.past[version] if file.past else {}),
        }
        return {name: value for name, value in info.items() if value is not None}

    def _tell_categories(self, pages: list[dict[str, Any]], files: list[File]) -> None:
        if "categories" in self.done or "categories" not in self.asked["prop"]:
            return
        rows = sorted(
            (
                (file.number, name, page)
                for file, page in zip(files, pages, strict=True)
                for name in self._named(file)
                if "pageid" in page
            ),
            key=lambda row: row[:2],
        )
        number, _, first = self.asked.get("clcontinue", "0|").partition("|")
        rest = [row for row in rows if row[:2] >= (int(number), first)]
        for _, name, page in rest[: self.quirks.categories]:
            page.setdefault("categories", []).append({"ns": 14, "title": f"Category:{name}"})
        for pageid, name, _ in rest[self.quirks.categories : self.quirks.categories + 1]:
            self.unfinished["clcontinue"] = f"{pageid}|{name}"

    def _named(self, file: File) -> tuple[str, ...]:
        is_all = self.asked.get("clshow") != "!hidden"
        return (*file.categories, *(file.hidden if is_all else ()))


def error(code: str, text: str) -> dict[str, Any]:
    """Give what the API says when it refuses, in the form of ``errorformat=plaintext``."""
    return {"errors": [{"code": code, "text": text, "module": "main"}], "servedby": "mw1"}


def _owner(name: str) -> str:
    """Give the property that a parameter goes on with."""
    return "categories" if name.startswith("cl") else "imageinfo"


LAGGED = "Waiting for 10.0.0.1: 7.5 seconds lagged."
BODIES = {
    "maxlag": json.dumps(error("maxlag", LAGGED)).encode(),
    "old": json.dumps({"error": {"code": "maxlag", "info": LAGGED, "lag": 7.5}}).encode(),
    "ratelimited": json.dumps(error("ratelimited", "Too fast.")).encode(),
    "internal": json.dumps(error("internal_api_error_DBQueryError", "[x] Caught")).encode(),
    "parameter": json.dumps(error("badvalue", "Unknown <b>value</b> for <gsrlimit>.")).encode(),
    "html": HTML,
    "broken": b'{"batchcomplete": true, "query": {"pages": [{"pageid": 1',
    "nan": b'{"batchcomplete": true, "query": {"pages": [{"pageid": NaN}]}}',
    "deep": b"[" * 100_000,
    "empty": b"",
    "list": b"[]",
    "endless": b"{}",
    "form": b'{"batchcomplete": true, "query": {"pages": {"1": {}}}}',
    "way": b'{"continue": "gsroffset"}',
}


def _fault(fault: str) -> bytes:
    """Give one wrong answer: a status of HTTP, or one of `BODIES`."""
    if fault.isdigit():
        return whole(HTML, "Retry-After: 0", "Content-Type: text/html", status=int(fault))
    return whole(BODIES[fault], JSON, "Retry-After: 0", f"MediaWiki-API-Error: {fault}")


MANNERS = Manners(contact="test@example.org", allowed_networks=("127.0.0.0/8",))


def source_at(wiki: Commons, **settings: Any) -> Wikimedia:
    """Give a source that asks a wiki in small pages without a pause."""
    return Wikimedia(**{"base": wiki.base, "per_page": 4, "gap_seconds": 0.0, **settings})


@contextmanager
def serving() -> Iterator[tuple[Wikimedia, Fetcher]]:
    """Give a source of few pictures, told in many answers, and a fetcher for it."""
    files = some(60)
    files[3] = replace(files[3], mime="image/svg+xml")
    files[4] = replace(files[4], has_info=False)
    wiki = Commons(files, Quirks(infos=3, categories=5))
    with wiki.server, TemporaryDirectory() as folder:
        yield source_at(wiki), Fetcher(MANNERS, Path(folder))


if __name__ == "__main__":
    parser = arguments("a wiki of files and their pictures")
    parser.add_argument("--count", type=int, default=1000, help="files of the wiki")
    given = parser.parse_args()
    stay(Commons(some(given.count), port=given.port).server)
