"""A marketplace for each test, with time that stands still, and a client that asks it."""

from collections.abc import Iterator

import pytest

from affekt.amt.client import Client
from affekt.amt.emulator.market import Market
from affekt.amt.emulator.server import Emulator
from affekt.amt.emulator.world import World
from affekt.amt.pace import Pace


@pytest.fixture
def market() -> Iterator[Emulator]:
    """A marketplace without people."""
    with Emulator(World(Market())) as emulator:
        yield emulator


@pytest.fixture
def client(market: Emulator) -> Iterator[Client]:
    """Somebody who asks it as fast as can be, and whose waiting is the market's time."""
    client = Client(market.address, Pace(0, wait=market.advance))
    yield client
    client.close()
