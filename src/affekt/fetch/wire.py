"""One request and its answer, whatever goes wrong: the place where affekt touches the network.

No proxy is taken from the environment, no cookie kept, no redirect followed unseen, and the
certificate of every server is checked; there is no switch for that.
"""

import asyncio
import errno
import logging
import ssl
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import aiohttp
from aiohttp import hdrs
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from affekt import __version__
from affekt.errors import PictureError
from affekt.fetch import body
from affekt.fetch.addresses import Allowed
from affekt.fetch.manners import Manners
from affekt.fetch.neighbours import share
from affekt.fetch.resolver import Resolver
from affekt.fetch.secrets import hide
from affekt.fetch.sockets import ForbiddenAddress, Sockets, places
from affekt.fetch.watch import Flight, Watch
from affekt.foreign import clean

NO_ROOM = "no-room"  # this machine can open no further connection; says nothing about the link
KEPT_SECONDS = 4.0  # for which a connection waits for the next request; many servers close after 5
BUFFER = 1 << 18  # bytes of a body that wait to be read
PICTURES = "image/jpeg,image/png,image/webp,image/gif,image/*;q=0.5,*/*;q=0.1"
NO_HEADERS: CIMultiDictProxy[str] = CIMultiDictProxy(CIMultiDict())

Headers = CIMultiDictProxy[str]
Look = Callable[[URL, int, Headers], tuple[str, str | None] | None]

log = logging.getLogger(__name__)


class Reply(NamedTuple):
    """What came of one request.

    Attributes:
        status: Of HTTP, None when no answer began.
        headers: Of the answer.
        body: Its bytes, when it came whole.
        reason: Why there is no body, or None.
        detail: More about it, fit for people.
    """

    status: int | None
    headers: Headers
    body: bytes
    reason: str | None = None
    detail: str | None = None


class Wire:
    """The connections of one fetcher; made and used inside its event loop.

    Args:
        manners: How to behave.
        allowed: Addresses that may be asked.
        authority: File with a further certificate authority.
        processes: How many ask the same hosts. Where there are more of them than places at a host,
            a place goes to another process after each request, and the connection ends with it.
    """

    def __init__(
        self,
        manners: Manners,
        allowed: Allowed,
        authority: Path | None = None,
        processes: int = 1,
    ) -> None:
        self.manners, self.processes = manners, processes
        self.loop = asyncio.get_running_loop()
        self.watch = Watch(manners, self.loop)
        self.places = places(share(manners.at_once, processes))
        self.sockets = Sockets(allowed, self.places)
        self.resolver = Resolver(allowed, manners.connect_seconds)
        connector = aiohttp.TCPConnector(
            limit=0,
            ssl=_trust(authority),
            resolver=self.resolver,
            use_dns_cache=False,
            keepalive_timeout=KEPT_SECONDS,
            socket_factory=self.sockets.make,
        )
        self.session = aiohttp.ClientSession(
            connector=connector,
            connector_owner=True,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={
                hdrs.USER_AGENT: f"affekt/{__version__} (+{manners.contact})",
                hdrs.ACCEPT: PICTURES,
                hdrs.ACCEPT_ENCODING: "identity",
            },
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=manners.connect_seconds, sock_read=manners.answer_seconds
            ),
            auto_decompress=False,
            trust_env=False,
            read_bufsize=BUFFER,
            middlewares=(_once,),
        )

    async def get(
        self,
        url: URL,
        most: int,
        *,
        look: Look | None = None,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Reply:
        """Give what came of asking for a link.

        Args:
            url: A link that was checked.
            most: Bytes of the body at most.
            look: Tells from link, status and headers why the body is not wanted, or None.
            headers: Further headers to send.
            form: What is posted; nothing is when it is None.
        """
        flight = self.watch.enter()
        status, told = None, NO_HEADERS
        hands_on = self.manners.at(url.raw_host or "").places < self.processes
        if hands_on or self.sockets.is_tight():
            headers = {**(headers or {}), hdrs.CONNECTION: "close"}
        try:
            method = "GET" if form is None else "POST"
            async with self.session.request(
                method, url, headers=headers, data=form, allow_redirects=False
            ) as response:
                status, told = response.status, response.headers
                flight.answered = self.loop.time()
                if look and (refusal := look(url, status, told)):
                    return Reply(status, told, b"", *refusal)
                return Reply(status, told, await body.read(response, most, flight))
        except asyncio.CancelledError:
            if flight.cut is None:
                raise
            flight.task.uncancel()
            return Reply(status, told, b"", flight.cut, flight.detail)
        except PictureError as trouble:
            return Reply(status, told, b"", trouble.reason, trouble.detail)
        except (aiohttp.ClientError, ForbiddenAddress, OSError, ValueError) as trouble:
            return Reply(status, told, b"", *reason_of(trouble, flight))
        finally:
            self.watch.leave(flight)

    async def close(self) -> None:
        """Close every connection."""
        await self.session.close()
        await self.resolver.close()
        await asyncio.sleep(0)  # closed connections say so in the next round of the loop


class Broken(aiohttp.ClientError):
    """A connection that broke before an answer; the library would ask again, uncounted."""


async def _once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as trouble:
        raise Broken(*trouble.args) from trouble


@lru_cache(maxsize=4)
def _trust(authority: Path | None) -> ssl.SSLContext:
    """Give how servers prove who they are; an authority may be added, none taken away."""
    context = ssl.create_default_context()
    if authority is not None:
        context.load_verify_locations(authority)
    return context


def reason_of(trouble: Exception, flight: Flight) -> tuple[str, str]:
    """Give the reason that stands for what a request failed with, and what is known about it."""
    reason = _reason(trouble, is_answered=flight.answered is not None)
    cause = trouble.__cause__ if isinstance(trouble, Broken) else trouble
    return reason, hide(clean(f"{type(cause).__name__}: {_words(trouble)}".rstrip(": ")))


def _words(trouble: Exception) -> str:
    if isinstance(trouble, aiohttp.ClientResponseError):
        return trouble.message  # its text would repeat the link
    if isinstance(trouble, aiohttp.ClientConnectorCertificateError):
        return str(trouble.certificate_error)
    return str(trouble.os_error if isinstance(trouble, aiohttp.ClientConnectorError) else trouble)


def _reason(trouble: Exception, *, is_answered: bool) -> str:
    if isinstance(trouble, TimeoutError):
        if isinstance(trouble, aiohttp.ConnectionTimeoutError):
            return "no-connection"
        return "too-slow" if is_answered else "no-answer"
    if isinstance(trouble, OSError) and trouble.errno in (errno.EMFILE, errno.ENFILE):
        return NO_ROOM
    return next((reason for kind, reason in KINDS if isinstance(trouble, kind)), "http-error")


KINDS: tuple[tuple[type[Exception], str], ...] = (
    (ForbiddenAddress, "forbidden-address"),
    (aiohttp.ClientConnectorDNSError, "dns"),
    (aiohttp.ClientSSLError, "tls"),
    (ssl.SSLError, "tls"),
    (aiohttp.ClientConnectorError, "no-connection"),
    (aiohttp.InvalidURL, "forbidden-link"),
    (aiohttp.ClientPayloadError, "cut-off"),
    (Broken, "cut-off"),
    (OSError, "cut-off"),
)
