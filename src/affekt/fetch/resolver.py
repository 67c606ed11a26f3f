"""From a name to addresses that may be asked.

Every address that a name has is checked, and the connection goes to what was checked: it is not
looked up again, so a name cannot lead to another place when it is used (B28).
"""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult

from affekt.fetch.addresses import Allowed
from affekt.fetch.sockets import ForbiddenAddress

KEPT_SECONDS = 300.0
KEPT_NAMES = 10_000
THREADS = 32  # one dead name server must not hold up everybody


class Resolver(AbstractResolver):
    """Looks names up, keeps what it found for a while, and refuses what is not allowed."""

    def __init__(self, allowed: Allowed, seconds: float) -> None:
        self.allowed, self.seconds = allowed, seconds
        self._kept: dict[tuple[str, int], tuple[float, list[ResolveResult]]] = {}
        self._threads = ThreadPoolExecutor(THREADS, "affekt-names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Give all addresses of a name.

        Raises:
            ForbiddenAddress: One of them may not be asked.
            OSError: It has none, or nobody knows in time.
        """
        now = asyncio.get_running_loop().time()
        until, known = self._kept.get((host, port), (0.0, []))
        if until < now:
            known = await self._look_up(host, port, family)
            if len(self._kept) >= KEPT_NAMES and (host, port) not in self._kept:
                self._kept.clear()
            self._kept[host, port] = now + KEPT_SECONDS, known
        return [one.copy() for one in known]

    async def _look_up(
        self, host: str, port: int, family: socket.AddressFamily
    ) -> list[ResolveResult]:
        asking = asyncio.get_running_loop().run_in_executor(
            self._threads, socket.getaddrinfo, host, port, family, socket.SOCK_STREAM
        )
        try:
            infos = await asyncio.wait_for(asking, self.seconds)
        except TimeoutError:
            raise OSError(f"no name server answered in {self.seconds:g} s") from None
        except UnicodeError:
            raise OSError("no name of the network") from None
        found = [_as_result(host, port, info[0], str(info[4][0])) for info in infos]
        for one in found:
            if not self.allowed.allows(one["host"]):
                raise ForbiddenAddress(one["host"])
        return found

    async def close(self) -> None:
        """Let go of the threads; what they still ask comes to nothing."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _as_result(name: str, port: int, family: int, address: str) -> ResolveResult:
    return ResolveResult(
        hostname=name,
        host=address,
        port=port,
        family=family,
        proto=socket.IPPROTO_TCP,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )
