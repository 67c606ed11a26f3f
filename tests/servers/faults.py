"""A host on which everything goes wrong, each fault behind a path of its own.

``python -m tests.servers.faults --port 0`` prints its ports: a plain one, another for those faults
that make a client slow down, then TLS with a self-signed, an expired, a wrongly named and a sound
certificate. Any path under ``/ok/`` is a healthy picture, and ``/lead?PLACE`` leads to that place.
What each fault must end in stands in `affekt.fetch.reasons`, or in `affekt.pictures.reasons` where
only decoding can tell. `SPEC` are the 31 kinds that a fetcher has to finish; further ones are ours.
"""

import asyncio
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.servers import _certificates
from tests.servers import _deeds as do
from tests.servers._faulty import FAULTS, HOP, PLACEHOLDER, SOUND, Fault
from tests.servers._wire import HERE, Answer, Request, Server, arguments, stay, whole
from tests.servers.pictures import picture

ROBOTS = b"User-agent: *\nDisallow: /private/\n"
LATE_SECONDS = 2.0  # longer than the client of a test waits for the first byte
N_PLACEHOLDERS = 60
SPEC = (
    "late first byte", "endless slow drip", "accept without answer", "closed port",
    "unresolvable name", "reset mid-body", "wrong length", "truncated",
    "noise after a JPEG header", "HTML as .jpg", "empty", "endless body", "bomb PNG",
    "oversized valid JPEG", "self redirect", "8-hop chain", "redirect to a private address",
    "301/302/303/307/308", "404/403/410/451/500", "503 then ok", "429 + Retry-After",
    "permanent 429", "identical placeholder", "X-Robots-Tag variants",
    "GIF/WebP/PNG/CMYK/grey/alpha/16 bit/EXIF-rotated", "gzip-encoded body",
    "5,000 URLs on one host", "URL with spaces", "non-ASCII", "fragment", "duplicate URLs",
)  # fmt: skip
TLS_KINDS = ("self-signed certificate", "expired certificate", "certificate of another name")


class Case(NamedTuple):
    """One link and what must become of it.

    Attributes:
        kind: Words of the requirement.
        url: The link.
        reason: The word it ends in; None when the picture arrives and is sound.
        target: What the server is asked for; None when no server is.
        asked: How often, 0 for as often as there are tries.
    """

    kind: str
    url: str
    reason: str | None
    target: str | None = None
    asked: int = 0


class Host:
    """A running host of faults, on at least two plain ports.

    Attributes:
        server: What was asked of it, and how often.
    """

    def __init__(
        self,
        tls: _certificates.Tls | None = None,
        *,
        late_seconds: float = LATE_SECONDS,
        robots: bytes = ROBOTS,
        pictures: Answer | None = None,
        plain: int = 2,
        port: int = 0,
    ) -> None:
        self._late_seconds, self._robots = late_seconds, do.send(robots)
        self._pictures = pictures or _painted
        self._answers = {fault.asked_as: fault.answer for fault in FAULTS}
        ends = (tls.self_signed, tls.expired, tls.wrong_name, tls.sound) if tls else ()
        self._n_plain = plain
        self.server = Server(self._answer, (*[None] * plain, *ends), port)
        for answer in self._answers.values():
            if isinstance(answer, do.Lazily):
                answer.prepare()

    @property
    def base(self) -> str:
        """Address of its plain port, without a slash at its end."""
        return self.server.base

    @property
    def busy(self) -> str:
        """Address of the second plain port."""
        return f"http://{HERE}:{self.server.ports[1]}"

    def secure(self, number: int) -> str:
        """Give the address of a TLS port: one of `TLS_KINDS` by its place, then the sound one."""
        return f"https://{HERE}:{self.server.ports[self._n_plain + number]}"

    def case(self, fault: Fault) -> Case:
        """Give a fault as a link."""
        base = self.busy if "429" in fault.kind or "503" in fault.kind else self.base
        return Case(fault.kind, base + fault.path, fault.reason, fault.asked_as, fault.asked)

    def cases(self) -> list[Case]:
        """Give every fault as a link."""
        own = [self.case(fault) for fault in FAULTS]
        has_tls = len(self.server.ports) > self._n_plain
        ends = zip(TLS_KINDS, range(len(TLS_KINDS)), strict=True) if has_tls else ()
        tls = [Case(kind, f"{self.secure(number)}/ok/tls.jpg", "tls") for kind, number in ends]
        return [*own, *tls, *elsewhere()]

    def trusted(self) -> Case:
        """Give a link to the sound TLS port, which who knows the authority of the tests trusts."""
        target = "/ok/trusted.jpg"
        return Case("sound certificate", self.secure(len(TLS_KINDS)) + target, None, target, 1)

    def healthy(self, count: int, folder: str = "many") -> list[Case]:
        """Give links to so many healthy pictures."""
        targets = [f"/ok/{folder}/{number}.jpg" for number in range(count)]
        kind = "5,000 URLs on one host"
        return [Case(kind, self.base + target, None, target, 1) for target in targets]

    def placeholders(self, count: int = N_PLACEHOLDERS) -> list[Case]:
        """Give links that all answer with the same picture of nothing."""
        targets = [f"{PLACEHOLDER}{number}.jpg" for number in range(count)]
        kind = "identical placeholder"
        return [Case(kind, self.base + target, "placeholder", target, 1) for target in targets]

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        if request.target == "/robots.txt":
            await self._robots(request, writer)
            return
        if request.target.startswith("/late"):
            await asyncio.sleep(self._late_seconds)
        if request.path == "/lead":
            await do.lead(request.target.partition("?")[2])(request, writer)
            return
        answer = self._answers.get(request.target) or self._answers.get(request.path)
        if answer is not None:
            await answer(request, writer)
        elif request.target.startswith(SOUND):
            await self._pictures(request, writer)
        elif request.target.startswith(HOP):
            await do.count_down(HOP, int(request.target.removeprefix(HOP)))(request, writer)
        elif request.target.startswith(PLACEHOLDER):
            writer.write(whole(picture(PLACEHOLDER), "Content-Type: image/jpeg"))
        else:
            writer.write(whole(b"unknown", status=404))


async def _painted(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(whole(picture(request.path), "Content-Type: image/jpeg"))


def closed_port() -> int:
    """Give a port of loopback at which nobody listens."""
    with socket.socket() as connection:
        connection.bind((HERE, 0))
        port: int = connection.getsockname()[1]
        return port


def elsewhere() -> list[Case]:
    """Give the links that fail before any server is asked."""
    return [
        Case("closed port", f"http://{HERE}:{closed_port()}/a.jpg", "no-connection"),
        Case("unresolvable name", "http://no-such-host.invalid/a.jpg", "dns"),
    ]


@contextmanager
def serving(
    *,
    late_seconds: float = LATE_SECONDS,
    robots: bytes = ROBOTS,
    tls: _certificates.Tls | None = None,
) -> Iterator[Host]:
    """Run a host of faults."""
    host = Host(tls, late_seconds=late_seconds, robots=robots)
    with host.server:
        yield host


def main() -> None:
    """Serve until the process is ended."""
    parser = arguments("a host on which everything goes wrong")
    parser.add_argument("--late", type=float, default=60.0, help="s until the late first byte")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tls = _certificates.made(Path(folder))
        stay(Host(tls, late_seconds=given.late, port=given.port).server)


if __name__ == "__main__":
    main()
