"""A host of plain pictures, as every photo service has one: every path is a picture of its own.

``python -m tests.servers.pictures --port 0`` prints its port. A path that ends in ``.png`` is a
PNG, any other a JPEG, painted from its words alone; ``/missing/…`` is not there (404). The words
behind ``?`` change nothing, except that ``side=500`` sets the longer side.
"""

import asyncio
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from tests import nasty
from tests.servers._wire import Request, Server, arguments, stay, whole

SIDE_PX = 96
N_PAINTINGS = 64  # different ones; beyond, a picture differs by the name written into its file
ABSENT = ("/missing/", "/robots.txt")
KINDS = {
    ".png": ("PNG", "image/png"),
    ".gif": ("GIF", "image/gif"),
    ".webp": ("WEBP", "image/webp"),
}


@lru_cache(4 * N_PAINTINGS)
def _painted(kind: str, side_px: int, number: int) -> bytes:
    painting = nasty.painting(side_px, round(side_px * 0.75), seed=number)
    return nasty.saved(painting, kind, **({"quality": 85} if kind == "JPEG" else {}))


def noted(jpeg: bytes, text: str) -> bytes:
    """Give a JPEG with a comment, which makes it another file of the same pixels."""
    note = text.encode()[:65_000]
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(note) + 2) + note + jpeg[2:]


def picture(path: str, side_px: int = SIDE_PX) -> bytes:
    """Give the picture of a path, such as ``/65535/123_abc_z.jpg``; always the same one."""
    kind, _ = KINDS.get(path[path.rfind(".") :], ("JPEG", ""))
    painted = _painted(kind, side_px, zlib.crc32(path.encode()) % N_PAINTINGS)
    return noted(painted, path) if kind == "JPEG" else painted


class Host:
    """A running host.

    Attributes:
        base: Its address, without a slash at its end.
        server: What was asked of it.
    """

    def __init__(self, given: Mapping[str, bytes] | None = None, port: int = 0) -> None:
        self._given = given or {}
        self.server = Server(self._answer, port=port)

    @property
    def base(self) -> str:
        return self.server.base

    def asked(self, path: str) -> int:
        """Tell how often a path was asked."""
        return self.server.asked[path]

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        parts = urlsplit(request.target)
        path = unquote(parts.path)
        side_px = int(parse_qs(parts.query).get("side", [str(SIDE_PX)])[0])
        if path.startswith(ABSENT) and path not in self._given:
            writer.write(whole(b"not here", "Content-Type: text/plain", status=404))
            return
        data = self._given.get(path) or picture(path, side_px)
        _, said = KINDS.get(path[path.rfind(".") :], ("", "image/jpeg"))
        writer.write(whole(data, f"Content-Type: {said}"))


@contextmanager
def hosting(given: Mapping[str, bytes] | None = None) -> Iterator[Host]:
    """Run a host; bytes given for a path (with its leading slash) stand before painted ones."""
    host = Host(given)
    with host.server:
        yield host


if __name__ == "__main__":
    stay(Host(port=arguments("a host of plain pictures").parse_args().port).server)
