"""What every request passes before a page sees it: host, method, size, rate, and what goes out."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from affekt.site.rates import Rates

MOST_BYTES = 64 * 1024  # of a request; the largest form of the site is a complaint
METHODS = frozenset({"GET", "HEAD", "POST", "DELETE"})
POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'",
        "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
        "manifest-src 'none'", "object-src 'none'",
    )
)  # fmt: skip
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
STRICT_TRANSPORT = "max-age=31536000"

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


class Guard:
    """Stands before the pages.

    Args:
        app: The pages.
        hosts: Names under which the site is known, in lower case and without a port.
        rates: Who came how often.
        is_https: People reach it by https, through a proxy.
    """

    def __init__(self, app: App, hosts: Iterable[str], rates: Rates, *, is_https: bool) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._rates = rates
        more = {"strict-transport-security": STRICT_TRANSPORT} if is_https else {}
        self._headers = _as_bytes({**HEADERS, **more})

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                more = [pair for pair in self._headers if pair[0] not in own]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        refusal = self._refusal(scope)
        body = b"" if refusal else await _body(receive)
        if body is None:
            refusal = (413, f"a request has at most {MOST_BYTES:,} bytes", {})
        if refusal:
            await _answer(dressed, *refusal)
            return
        await self._app(scope, _replayed(body or b"", receive), dressed)

    def _refusal(self, scope: MutableMapping[str, Any]) -> tuple[int, str, dict[str, str]] | None:
        headers = dict(scope["headers"])
        if host_of(headers.get(b"host", b"").decode("latin-1")) not in self._hosts:
            return 400, "this site is not known by that name", {}
        if scope["method"] not in METHODS:
            return 405, "this method is not allowed", {"allow": ", ".join(sorted(METHODS))}
        if _number(headers.get(b"content-length", b"0")) > MOST_BYTES:
            return 413, f"a request has at most {MOST_BYTES:,} bytes", {}
        caller = (scope.get("client") or ("nobody",))[0]
        wait = self._rates.wait("address", caller)
        if wait:
            return 429, "too many requests; wait a moment", {"retry-after": f"{wait:.0f}"}
        return None


def host_of(given: str) -> str:
    """Give the name in a Host header or an address, without its port and in lower case.

    >>> host_of("Example.org:8000"), host_of("[::1]:8000")
    ('example.org', '[::1]')
    """
    name = given.strip().lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0]


async def _body(receive: Receive) -> bytes | None:
    """Give the whole body; None where it is too long, of which no more is read."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BYTES:
            return None
        if not message.get("more_body"):
            return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Give the body once, and after it what the server says."""
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay


async def _answer(send: Send, status: int, text: str, more: dict[str, str]) -> None:
    headers = {"content-type": "text/plain; charset=utf-8", "connection": "close", **more}
    await send({"type": "http.response.start", "status": status, "headers": _as_bytes(headers)})
    await send({"type": "http.response.body", "body": f"{text}\n".encode()})


def _as_bytes(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]


def _number(given: bytes) -> int:
    return int(given) if given.isdigit() and len(given) < 16 else MOST_BYTES + 1
