"""What a server can do with a request: the right thing, and every wrong one."""

import asyncio
import socket
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cached_property

from tests.servers._wire import Answer, Request, head, whole

FOR_EVER = 3600.0
PIECE = bytes(1 << 16)


def send(body: bytes, *headers: str, status: int = 200) -> Answer:
    """Answer as it should be."""
    data = whole(body, *headers, status=status)

    async def answer(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(data)

    return answer


class Lazily:
    """Answers with a body that is costly to make, made once and not before it is needed."""

    def __init__(self, make: Callable[[], bytes], *headers: str) -> None:
        self._make, self._headers = make, headers

    @cached_property
    def _data(self) -> bytes:
        return whole(self._make(), *self._headers)

    def prepare(self) -> None:
        """Make it now, while nobody waits."""
        assert self._data

    async def __call__(self, _: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(self._data)


def raw(data: bytes) -> Answer:
    """Write bytes as they are and hang up."""

    async def answer(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        writer.close()

    return answer


def late(seconds: float, then: Answer) -> Answer:
    """Say nothing for some time, then answer."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        await then(request, writer)

    return answer


def drip(data: bytes, every_seconds: float) -> Answer:
    """Announce some bytes and send them one by one."""

    async def answer(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, f"Content-Length: {len(data)}"))
        for value in data:
            writer.write(bytes([value]))
            await writer.drain()
            await asyncio.sleep(every_seconds)

    return answer


def reset(data: bytes, announced: int) -> Answer:
    """Send part of a body, then a TCP reset."""

    async def answer(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, f"Content-Length: {announced}") + data)
        await writer.drain()
        await asyncio.sleep(0.02)  # let what was sent arrive, or the reset overtakes it
        connection: socket.socket = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return answer


def announcing(data: bytes, announced: int) -> Answer:
    """Announce one length, send another and hang up."""
    return raw(head(200, f"Content-Length: {announced}", "Connection: close") + data)


def promising(data: bytes, announced: int) -> Answer:
    """Announce more than is sent, and leave the rest open."""

    async def answer(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, f"Content-Length: {announced}") + data)
        await writer.drain()
        await asyncio.sleep(FOR_EVER)

    return answer


def chunks(*pieces: bytes, is_ended: bool = True) -> Answer:
    """Send a body in chunks, without its end if wanted."""
    body = b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces)
    data = head(200, "Transfer-Encoding: chunked", "Connection: close") + body
    return raw(data + (b"0\r\n\r\n" if is_ended else b""))


def endless(start: bytes, *headers: str) -> Answer:
    """Send a body as fast as it is taken, without end."""

    async def answer(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, *headers, "Connection: close") + start)
        while True:
            writer.write(PIECE)
            await writer.drain()

    return answer


def endless_head() -> Answer:
    """Send header lines without end."""

    async def answer(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-Padding: " + bytes(1000).replace(b"\0", b"a") + b"\r\n")
            await writer.drain()

    return answer


def turns(*answers: Answer) -> Answer:
    """Answer each time a target is asked in another way; the last way stays."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        await answers[min(request.n, len(answers)) - 1](request, writer)

    return answer


def lead(location: str, status: int = 302) -> Answer:
    """Redirect; ``{port}`` stands for the port asked."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        place = location.replace("{port}", str(request.port))
        writer.write(whole(b"elsewhere", f"Location: {place}", status=status))

    return answer


def count_down(folder: str, hops: int) -> Answer:
    """Redirect so many times, the last time to a healthy picture."""
    return lead(f"{folder}{hops - 1}" if hops > 1 else "/ok/end.jpg")


def wait(*, seconds: float, status: int = 429, is_date: bool = False) -> Answer:
    """Ask the client to wait."""

    async def answer(_: Request, writer: asyncio.StreamWriter) -> None:
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        said = format_datetime(until, usegmt=True) if is_date else f"{seconds:.0f}"
        writer.write(whole(b"slow down", f"Retry-After: {said}", status=status))

    return answer
