"""Processes that fetch for one run are one guest to a server (B23)."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.fetch.asking import MANNERS
from tests.servers._wire import Request, Server, whole
from tests.stages.cleaned import run
from tests.stages.online import desk, fine, links, numbered, stage

WAIT = 3.0  # s that a server asks for

# Daft leaves the pipes of the processes in which it runs functions to the garbage collector.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:unclosed file <_io:ResourceWarning"),
]


class Host:
    """Answers with pictures, each after a while; to one it says once that it is too busy."""

    def __init__(self) -> None:
        self.told: float | None = None
        self.asked_meanwhile = 0

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        now = time.monotonic()
        # What was on its way when the server spoke arrives a moment later.
        if self.told is not None and 0.3 < now - self.told < WAIT - 0.3:
            self.asked_meanwhile += 1
        if "/busy/" in request.path and self.told is None:
            self.told = now
            writer.write(whole(b"", f"Retry-After: {WAIT:.0f}", status=429))
            return
        await asyncio.sleep(0.02)
        writer.write(fine(request))


@pytest.fixture
def few_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("affekt.stages.clean.PER_SHARD", 30)


@pytest.mark.usefixtures("few_a_chunk")
@pytest.mark.parametrize(("processes", "per_host"), [(2, 1), (5, 2)])
def test_all_processes_together_keep_to_the_places_of_a_host(
    tmp_path: Path, processes: int, per_host: int
) -> None:
    manners = MANNERS.model_copy(update={"per_host": per_host})
    with Server(Host()) as server:
        part = stage(processes=processes, fetch=manners, workers=1)
        kept, _ = run(part, desk(tmp_path), links(server.base, *numbered(150)))
        assert kept.height == 150
        assert server.most_busy == per_host


@pytest.mark.usefixtures("few_a_chunk")
def test_a_wait_that_a_server_asks_of_one_process_is_kept_by_all(tmp_path: Path) -> None:
    host = Host()
    paths = [*numbered(10), *numbered(1, "busy"), *numbered(200, "then")]
    with Server(host) as server:
        part = stage(processes=2, fetch=MANNERS, workers=1)
        kept, _ = run(part, desk(tmp_path), links(server.base, *paths))
    assert kept.height == 211
    assert host.told is not None
    assert host.asked_meanwhile == 0
