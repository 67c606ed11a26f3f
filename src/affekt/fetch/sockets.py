"""The sockets of a fetcher: each goes where it may, and there are never too many."""

import contextlib
import os
import resource
import socket

from aiohttp.connector import AddrInfoType

from affekt.fetch.addresses import Allowed

SPARE = 16  # descriptors left to everybody else in this process


class ForbiddenAddress(Exception):
    """A name or a link leads to an address that may not be asked."""


def places(wanted: int) -> int:
    """Give how many requests may be open at a time: what is wanted, or what descriptors allow.

    As many again stay free for connections that are kept for the next request.
    """
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    return max(1, min(wanted, (soft - _in_use() - SPARE) // 2))


def _in_use() -> int:
    with contextlib.suppress(OSError):
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  # names only, no paths
    return SPARE


class Sockets:
    """Makes sockets, and counts those that are open."""

    def __init__(self, allowed: Allowed, most: int) -> None:
        self.allowed, self.most = allowed, most
        self.open = 0

    def is_tight(self) -> bool:
        """Tell whether a connection should end with its request rather than be kept."""
        return self.open > self.most

    def make(self, info: AddrInfoType) -> socket.socket:
        """Give a socket for a connection: the last gate, through which every one must go.

        Raises:
            ForbiddenAddress: Its address may not be asked.
        """
        family, kind, protocol, _, address = info
        if not self.allowed.allows(str(address[0])):
            raise ForbiddenAddress(str(address[0]))
        made = _Counted(self, family, kind, protocol)
        self.open += 1
        return made


class _Counted(socket.socket):
    """A socket that is counted until it is closed."""

    def __init__(self, sockets: Sockets, family: int, kind: int, protocol: int) -> None:
        super().__init__(family, kind, protocol)
        self.sockets: Sockets | None = sockets

    def close(self) -> None:
        if self.sockets is not None:
            self.sockets.open -= 1
            self.sockets = None
        super().close()
