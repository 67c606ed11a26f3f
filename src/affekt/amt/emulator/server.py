"""The emulator's port: on this machine alone, one thread, each reply in one write.

Everything happens in the thread of the event loop, one request after the other, so nothing of the
market needs a lock, and equal calls in equal order give equal answers.
"""

import asyncio
import ipaddress
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlsplit

from affekt.amt.emulator import http, site, wire
from affekt.amt.emulator.faults import Faults
from affekt.amt.emulator.world import World
from affekt.errors import MachineError, Refused

T = TypeVar("T")
log = logging.getLogger(__name__)
HERE = frozenset(["127.0.0.1", "localhost", "::1"])
START_SECONDS = 10


@dataclass
class Emulator:
    """A world behind a port, while the block runs.

    Args:
        world: What is behind it; touch it only through `do`.
        port: 0 takes a free one.
        host: An address of this machine that nobody else can reach.
        faults: What goes wrong on purpose.
    """

    world: World
    port: int = 0
    host: str = "127.0.0.1"
    faults: Faults = field(default_factory=Faults)
    calls: int = 0

    def __enter__(self) -> Self:
        check_loopback(self.host)
        started: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        try:
            self.port = started.result(START_SECONDS)
        except OSError as trouble:
            raise MachineError(
                f"port {self.port} of {self.host} cannot be opened ({trouble.strerror}); name "
                "another, or 0 for any"
            ) from trouble
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        trouble: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    @property
    def address(self) -> str:
        """Where it listens, ``http://127.0.0.1:8080``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def do(self, what: Callable[[World], T]) -> T:
        """Give what a function makes of the world, in the one thread that may touch it."""
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(what(self.world))
            except BaseException as trouble:
                done.set_exception(trouble)

        self._loop.call_soon_threadsafe(run)
        return done.result()

    def advance(self, seconds: float) -> None:
        """Let time pass in the world."""
        self.do(lambda world: world.advance(seconds))

    def rest(self) -> float:
        """Let time pass until nobody has anything to do; give the seconds that took."""
        return self.do(lambda world: world.rest())

    def answer(self, request: http.Request) -> http.Reply | None:
        """Give the reply to one request; None where none comes, on purpose."""
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname
        if host not in HERE:
            return http.Reply(403, b"this server is for this machine alone")
        self.world.catch_up()
        if "x-amz-target" not in request.headers:
            return site.answer(self.world, request, self.address, self.faults)
        self.calls += 1
        happens = self.faults.of_call(self.calls)
        if happens == "throttle":
            return wire.throttled()
        if happens == "fault":
            return wire.failed()
        reply = wire.answer(self.world, request)
        return None if happens == "lost" else reply

    def _run(self, started: "Future[int]") -> None:
        asyncio.run(self._serve(started))

    async def _serve(self, started: "Future[int]") -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        guests: set[asyncio.Transport] = set()
        try:
            server = await self._loop.create_server(
                lambda: _Connection(self, guests), self.host, self.port
            )
        except OSError as trouble:
            started.set_exception(trouble)
            return
        started.set_result(server.sockets[0].getsockname()[1])
        await self._over.wait()
        server.close()
        for guest in list(guests):
            guest.abort()
        await server.wait_closed()


class _Connection(asyncio.Protocol):
    """One connection; the loop turns Nagle off by itself."""

    def __init__(self, emulator: Emulator, guests: set[asyncio.Transport]) -> None:
        self._emulator = emulator
        self._guests = guests
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._guests.add(transport)

    def connection_lost(self, trouble: Exception | None) -> None:
        self._guests.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        try:
            while (request := http.take(self._buffer)) is not None:
                reply = self._answer(request)
                if reply is None:
                    self._transport.abort()
                    return
                self._transport.write(http.written(reply))
        except http.Malformed as trouble:
            self._transport.write(http.written(http.Reply(400, str(trouble).encode())))
            self._transport.close()

    def _answer(self, request: http.Request) -> http.Reply | None:
        try:
            return self._emulator.answer(request)
        except Exception:  # a defect of ours must not look like silence
            log.exception("%s %s failed", request.method, request.path)
            return http.Reply(500, b"the emulator has a defect; its log says more")


def check_loopback(host: str) -> None:
    """Refuse to be seen from other machines.

    Raises:
        Refused: The address is not of this machine alone.
    """
    try:
        is_here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = host == "localhost"
    if not is_here:
        raise Refused(
            f"the emulator listens on 127.0.0.1 or ::1 only, not on {host!r}: it pays nobody and "
            "checks no signature"
        )
