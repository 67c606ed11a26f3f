"""Answers over HTTP on loopback: the site, and a prototype that only writes the vote.

Run by `benchmarks.crowd`: ``site PLACE PORT`` or ``prototype PLACE PORT`` serves until it is ended.
Both are one uvicorn process; the client is asyncio on bare sockets that stay open.
"""

import asyncio
import json
import sqlite3
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from secrets import token_hex
from typing import Any, NamedTuple, cast

import uvicorn
from fastapi import FastAPI, Request

from affekt.campaign.live import Live, Way, open_campaign
from affekt.policies.curtailed import Curtailed
from affekt.site.app import create
from affekt.site.rates import RATES, Rate
from affekt.site.scene import Scene
from affekt.site.seals import Seals
from benchmarks import _crowd_made as made
from benchmarks._crowd_peers import INSERT, plain_file

SECRET = bytes(range(32))
PATH = "/batch/answer"


class Said(NamedTuple):
    """One answer of one person."""

    session: str
    form_token: str
    card: str


def told(live_secret: str, card: str) -> Said:
    """Give what a browser with this personal link sends."""
    seals = Seals(SECRET)
    return Said(seals.cookie(live_secret), seals.form_token(live_secret), card)


async def as_fast_as_can(port: int, lines: Sequence[Sequence[Said]]) -> tuple[float, list[float]]:
    """Let each line of answers go over a connection of its own; seconds of all, and of each."""
    waits: list[float] = []

    async def work(line: Sequence[Said]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for one in line:
            start = time.perf_counter()
            await _post(reader, writer, port, one)
            waits.append(time.perf_counter() - start)
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*map(work, lines))
    return time.perf_counter() - start, waits


async def at_a_rate(port: int, lines: Sequence[Sequence[Said]], per_second: float) -> list[float]:
    """Send the answers at even times whatever becomes of them; waits count from these times."""
    waits: list[float] = []
    began = time.perf_counter()

    async def work(at: int, line: Sequence[Said]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number, one in enumerate(line):
            due = began + 1 + (number * len(lines) + at) / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await _post(reader, writer, port, one)
            waits.append(time.perf_counter() - due)
        writer.close()

    await asyncio.gather(*[work(at, line) for at, line in enumerate(lines)])
    return waits


async def _post(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, one: Said
) -> None:
    body = json.dumps({"card": one.card, "key": token_hex(16), "felt": True, "seconds": 2.0})
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Cookie: affekt_worker={one.session}\r\nX-Form-Token: {one.form_token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write((head + body).encode())
    answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(answer.partition("content-length:")[2].partition("\r\n")[0])
    said = await reader.readexactly(length)
    if " 200 " not in answer.partition("\r\n")[0]:
        raise SystemExit(f"{answer}{said.decode()}")


def live_of(place: Path | str) -> Live:
    """Open the campaign that is measured."""
    return open_campaign(place, Way(made.NAME, Curtailed(), made.ASKING, made.EMOTIONS, seed=1))


def site(place: Path | str, port: int) -> Any:
    """Give the site; one caller may come as often as it can."""
    RATES.update({name: Rate(1e9, 1e9) for name in RATES})
    shown = cast(Any, None)  # no picture is asked for
    address = f"http://127.0.0.1:{port}"
    plan = Path("plan.toml")  # nobody plans a campaign either
    return create(Scene(live_of(place), "measured", shown, shown, Seals(SECRET), address, plan))


def prototype(place: Path, _port: int) -> Any:
    """Give a server that inserts and commits each vote, and does nothing else."""
    app, votes, gate = FastAPI(), plain_file(place), threading.Lock()

    async def parsed(request: Request) -> dict[str, Any]:
        return cast(dict[str, Any], await request.json())

    @app.post(PATH)
    async def _(request: Request) -> dict[str, str]:
        said = await parsed(request)
        await asyncio.to_thread(store, said)
        return {"state": "kept"}

    def store(said: dict[str, Any]) -> None:
        row = (said["card"], said["key"], "awe", said["felt"], said["seconds"])
        with gate, closing(votes.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute(INSERT, row)
            cursor.execute("COMMIT")

    assert sqlite3.threadsafety
    return app


def main(what: str, place: str, port: str) -> None:
    """Serve until ended."""
    where = place if place.startswith("postgresql") else Path(place)
    app = {"site": site, "prototype": prototype}[what](cast(Any, where), int(port))
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="error", lifespan="off",
                access_log=False)  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
