"""The safety net of every test: no foreign settings, one time zone, no way out to the network."""

import os
import socket
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from affekt.fetch import secrets
from tests.servers import postgres

# How long an example takes says something about the machine and nothing about the code.
settings.register_profile("affekt", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("affekt")
FOREIGN = ("AFFEKT_KEY", "NO_COLOR", "FORCE_COLOR", "PG")
LOCAL = ("127.0.0.1", "::1", "localhost")


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """What a worker reports travels as UTF-8, and names of files that it captured need not be."""
    return encodable((yield))


def encodable(value: Any) -> Any:
    """Give the same with every text in it, at any depth, as UTF-8 can tell it."""
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {encodable(name): encodable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(encodable(one) for one in value)
    return value


@pytest.fixture(autouse=True)
def safety_net(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clean environment, UTC, no key of another test, and connections to this machine only."""
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr(secrets, "_KNOWN", secrets._Known())
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in LOCAL:
            raise AssertionError(f"a test tried to reach {address[0]!r}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_here)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real data sets; where they are not at hand the test is skipped."""
    for place in (os.environ.get("AFFEKT_DATA"), Path(__file__).parents[2] / "shared" / "data"):
        if place and Path(place).is_dir():
            return Path(place)
    pytest.skip("real data sets are not at hand; AFFEKT_DATA names their folder")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[postgres.Server]:
    """A PostgreSQL server, started by the first test that asks for it."""
    programs = postgres.programs()
    if programs is None:
        pytest.skip(postgres.MISSING)
    with postgres.running(programs) as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql: postgres.Server) -> Iterator[str]:
    """SQLAlchemy's URL of a new, empty database in it."""
    with postgresql.database() as url:
        yield url
