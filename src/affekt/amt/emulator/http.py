"""Requests and replies of HTTP/1.1, as much of it as boto3 and a browser need."""

from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

MOST_HEAD, MOST_BODY = 65_536, 4_000_000
WORDS = {
    200: "OK", 303: "See Other", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
    500: "Internal Server Error",
}  # fmt: skip


class Malformed(Exception):
    """No request we read; the connection is closed."""


class Request(NamedTuple):
    """One request; names of headers are in small letters."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        """Give the fields of a form that was posted; of one twice the last."""
        return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))


class Reply(NamedTuple):
    """One reply."""

    status: int
    body: bytes
    kind: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


def take(buffer: bytearray) -> Request | None:
    """Take the first whole request out of what has come; None while it is not whole.

    Raises:
        Malformed: It will never be one.
    """
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        if len(buffer) > MOST_HEAD:
            raise Malformed("the head is too long")
        return None
    first, *lines = buffer[:end].decode("latin-1").split("\r\n")
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines)
    }
    length = _length(headers)
    if len(buffer) < end + 4 + length:
        return None
    body = bytes(buffer[end + 4 : end + 4 + length])
    del buffer[: end + 4 + length]
    method, _, rest = first.partition(" ")
    parts = urlsplit(rest.partition(" ")[0])
    return Request(method, parts.path, dict(parse_qsl(parts.query)), headers, body)


def _length(headers: dict[str, str]) -> int:
    if "transfer-encoding" in headers:
        raise Malformed("a body in chunks is not read")
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MOST_BODY:
        raise Malformed(f"a body of {length!r} bytes is not read")
    return int(length)


def written(reply: Reply) -> bytes:
    """Give the bytes of a reply, so that they go out in one write."""
    head = [
        f"HTTP/1.1 {reply.status} {WORDS[reply.status]}",
        f"Content-Type: {reply.kind}",
        f"Content-Length: {len(reply.body)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        *(f"{name}: {value}" for name, value in reply.headers),
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + reply.body
