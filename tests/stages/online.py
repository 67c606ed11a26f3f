"""A stage that cleans links to a local server, for the tests of it."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from affekt.parts import Place
from affekt.pictures.shelf import Shelf
from affekt.sources.links import Links
from affekt.stage import Desk, Outcome, Stage
from affekt.stages.clean import Clean
from affekt.tables import FOUND
from affekt.taxonomy import MIKELS8
from tests.fetch.asking import MANNERS
from tests.servers._wire import Request, whole
from tests.servers.pictures import picture
from tests.stages.cleaned import found

QUICK = MANNERS.model_copy(update={"per_host": 32})
ONCE = QUICK.model_copy(update={"tries": 1})


def stage(**settings: object) -> Clean:
    """Give a stage whose one source is a table of links; the table is not read here."""
    links = Links(path=Place(written="links.csv"), unlabelled=True)
    given = {"sources": (links,), "taxonomy": MIKELS8, "fetch": QUICK, **settings}
    return Clean.model_validate(given)


def desk(root: Path, run: str = "first", **more: Any) -> Desk:
    """Give a desk whose scratch is of this run alone; shelf and journal are of all."""
    (root / run).mkdir(exist_ok=True)
    return Desk(Shelf(root / "pictures"), root / "journal", root / run, **more)


def links(base: str, *paths: str, **more: object) -> pl.DataFrame:
    """Give hits, named by their paths."""
    rows = [
        {"source": "links", "source_id": path, "url": f"{base}{path}", **more} for path in paths
    ]
    return found(*rows)


def numbered(count: int, folder: str = "ok") -> list[str]:
    """Give paths of different pictures."""
    return [f"/{folder}/{number:04d}.jpg" for number in range(count)]


class Answers:
    """A server's answers by the first part of the path; any other is a picture."""

    def __init__(self, special: Mapping[str, Callable[[Request], bytes]]) -> None:
        self._special = special

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        special = self._special.get(request.path.split("/")[1])
        writer.write(special(request) if special else fine(request))


class Slow:
    """Answers with pictures, those first that were asked for last."""

    def __init__(self, count: int) -> None:
        self._left = count
        self._all_here = asyncio.Event()

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        if request.path == "/robots.txt":
            writer.write(whole(b"", status=404))
            return
        self._left -= 1
        if not self._left:
            self._all_here.set()
        await self._all_here.wait()
        await asyncio.sleep(0.02 * self._left)
        writer.write(fine(request))


class Holding:
    """Answers with pictures; those below ``/held/`` wait until one below ``/later/`` was asked."""

    def __init__(self) -> None:
        self._is_later = asyncio.Event()

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        if request.path.startswith("/later/"):
            self._is_later.set()
        elif request.path.startswith("/held/"):
            await self._is_later.wait()
        writer.write(fine(request))


def fine(request: Request) -> bytes:
    """Answer with a picture of the path."""
    return whole(picture(request.path), "Content-Type: image/jpeg")


def shelf_of(root: Path) -> dict[str, bytes]:
    """Give every shard."""
    return {path.name: path.read_bytes() for path in sorted((root / "pictures").iterdir())}


class Given(Stage):
    """What a source found, from a file that lies ready."""

    gives = FOUND
    conserves = False
    path: str

    @classmethod
    def kind(cls) -> str:
        return "collect"

    def run(self, desk: Desk, *tables: Any, **_: Any) -> Outcome:
        return Outcome(pl.read_parquet(self.path))
