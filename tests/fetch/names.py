"""A stand-in for the name servers of the world, and a record of where connections were tried."""

import socket
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

Places = Mapping[str, Sequence[Sequence[str]]]  # name → what it answers, the last for ever


class Names:
    """Answers in place of name servers; what it does not know does not exist."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self.asked: Counter[str] = Counter()

    def __call__(self, host: str, port: int, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
        self.asked[host] += 1
        turns = self._places.get(host)
        if turns is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [_info(one, port) for one in turns[min(self.asked[host], len(turns)) - 1]]


def _info(address: str, port: int) -> tuple[Any, ...]:
    if ":" in address:
        return socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0)
    return socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)


def answering(monkeypatch: pytest.MonkeyPatch, places: Places) -> Names:
    """Let names be answered from a table."""
    names = Names(places)
    monkeypatch.setattr(socket, "getaddrinfo", names)
    return names


def tried(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count the addresses that connections go to; those beyond this machine are refused."""
    found: Counter[str] = Counter()
    connect = socket.socket.connect

    def count(self: socket.socket, address: Any) -> None:
        found[address[0]] += 1
        if address[0] != "127.0.0.1":
            raise ConnectionRefusedError(111, "refused by the test")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", count)
    return found
