"""A bare HTTP/1.1 server on loopback, in a thread: it does what an answer says, right or wrong.

There is no framework underneath, because a framework would correct the faults that are wanted.
"""

import argparse
import asyncio
import ssl
import sys
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple, Self

HERE = "127.0.0.1"
PHRASES = {
    200: "OK", 204: "No Content", 301: "Moved Permanently", 302: "Found", 303: "See Other",
    307: "Temporary Redirect", 308: "Permanent Redirect", 404: "Not Found",
    429: "Too Many Requests", 503: "Service Unavailable",
}  # fmt: skip


class Request(NamedTuple):
    """What a client asked; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    port: int
    n: int  # how often this target was asked of this server, this time included
    body: bytes = b""  # of a form that was posted

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


Answer = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


def head(status: int, *headers: str) -> bytes:
    """Give the bytes before a body."""
    lines = [f"HTTP/1.1 {status} {PHRASES.get(status, 'Otherwise')}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def whole(body: bytes, *headers: str, status: int = 200) -> bytes:
    """Give an answer as it should be."""
    return head(status, f"Content-Length: {len(body)}", *headers) + body


class Server:
    """Listens on loopback while its block runs, on one port for each TLS context (None: plain).

    Attributes:
        ports: Where it listens.
        asked: How often each target was asked, on all ports together.
        log: What was asked in which order: the time by a steady clock in s, the port, the target.
        open: Connections open now.
        most_open: Connections open at a time at most, so far.
        most_busy: Requests at work at a time at most, so far.
    """

    def __init__(
        self, answer: Answer, tls: Sequence[ssl.SSLContext | None] = (None,), port: int = 0
    ) -> None:
        self._answer, self._tls, self._port = answer, tls, port
        self.ports: list[int] = []
        self.asked: Counter[str] = Counter()
        self.log: list[tuple[float, int, str]] = []
        self.open = self.most_open = 0
        self._busy = self.most_busy = 0
        self._talks: set[asyncio.Task[None]] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        assert self.ports
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def base(self) -> str:
        """Address of the first port, without a slash at its end."""
        return f"{'https' if self._tls[0] else 'http'}://{HERE}:{self.ports[0]}"

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        servers = []
        try:
            for number, context in enumerate(self._tls):
                port = self._port + number if self._port else 0
                talk = partial(self._talk, number)
                servers.append(
                    await asyncio.start_server(talk, HERE, port, ssl=context, backlog=4096)
                )
                self.ports.append(servers[-1].sockets[0].getsockname()[1])
        finally:
            self._ready.set()
        await self._stop.wait()
        for server in servers:
            server.close()
        for task in self._talks:
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _talk(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        task.add_done_callback(self._talks.discard)
        self.open += 1
        self.most_open = max(self.open, self.most_open)
        try:
            await self._answers(number, reader, writer)
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            writer.close()
        except asyncio.CancelledError:  # the server stops; the task may not end cancelled (3.11)
            writer.transport.abort()
        finally:
            self.open -= 1

    async def _answers(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while not writer.is_closing():
            text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = text[:-4].split("\r\n")
            method, target, _ = first.split(" ", 2)
            pairs = (line.partition(":") for line in lines)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            self.asked[target] += 1
            self.log.append((time.monotonic(), self.ports[number], target))
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            request = Request(method, target, headers, self.ports[number], self.asked[target], body)
            self._busy += 1
            self.most_busy = max(self._busy, self.most_busy)
            try:
                await self._answer(request, writer)
                await writer.drain()
            finally:
                self._busy -= 1


def arguments(what: str) -> argparse.ArgumentParser:
    """Give the arguments that every server takes on the command line."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 for any")
    return parser


def stay(server: Server) -> None:
    """Print the ports, then serve until the process is ended."""
    with suppress(KeyboardInterrupt), server:
        sys.stdout.write(f"{' '.join(map(str, server.ports))}\n")
        sys.stdout.flush()
        while True:
            time.sleep(3600)
