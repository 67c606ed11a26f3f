"""How a fetcher treats hosts: never too many requests, waits as told, gives up the dead ones."""

import asyncio
from collections import Counter
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import pytest

from affekt.fetch.fetcher import Fetcher
from affekt.fetch.manners import Manners
from affekt.fetch.words import Link
from tests.fetch.names import tried
from tests.servers import _deeds as do
from tests.servers._wire import Request, Server, whole
from tests.servers.faults import Host, closed_port, serving
from tests.servers.pictures import picture

OWN = ("127.0.0.0/8",)


def fetcher_of(tmp_path: Path, **manners: object) -> Fetcher:
    given = {"contact": "test@example.org", "allowed_networks": OWN, **manners}
    return Fetcher(Manners.model_validate(given), tmp_path / "ledger")


def words_of(fetcher: Fetcher, links: list[str]) -> Counter[str | None]:
    """Give how many links ended in which word."""
    asked = [Link(str(number), url) for number, url in enumerate(links)]
    return Counter(end.reason for end in fetcher.pictures(asked))


def healthy(host: Host, count: int) -> list[str]:
    return [case.url for case in host.healthy(count)]


def test_a_host_has_no_more_connections_than_allowed(tmp_path: Path) -> None:
    with serving() as host:
        words = words_of(fetcher_of(tmp_path, per_host=3, at_once=64), healthy(host, 200))
        assert words == {None: 200}
        assert host.server.most_open <= 3


def test_all_hosts_together_have_no_more_connections_than_allowed(tmp_path: Path) -> None:
    with serving() as host:
        bases = (host.base, host.busy)
        links = [f"{base}/ok/{number}.jpg" for number in range(100) for base in bases]
        words = words_of(fetcher_of(tmp_path, per_host=8, at_once=5), links)
        assert words == {None: len(links)}
        assert host.server.most_busy <= 5


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/wait/seconds.jpg", "/wait/date.jpg"])
def test_a_whole_host_is_left_alone_as_long_as_it_asks(path: str, tmp_path: Path) -> None:
    """B23: nothing else is asked of it meanwhile."""
    with serving() as host:
        first = f"{host.busy}{path}"
        rest = [f"{host.busy}/ok/{number}.jpg" for number in range(20)]
        fetcher = fetcher_of(tmp_path, per_host=1)
        assert words_of(fetcher, [first, *rest]) == {None: 21}
        assert fetcher.standing().waits == 1
        (start, _, asked), (again, *_), *_ = host.server.log
        assert asked == path
        assert again - start > 0.9


@pytest.mark.slow
def test_a_host_that_asks_to_wait_delays_no_other(tmp_path: Path) -> None:
    """B23."""
    with serving() as host:
        waiting = [f"{host.busy}/wait/seconds.jpg"]
        assert words_of(fetcher_of(tmp_path), waiting + healthy(host, 50)) == {None: 51}
        targets = [target for _, _, target in host.server.log]
        assert targets.count("/wait/seconds.jpg") == 2
        assert targets[-1] == "/wait/seconds.jpg"


@pytest.mark.slow
def test_the_pace_of_a_host_is_kept(tmp_path: Path) -> None:
    with serving() as host:
        words_of(fetcher_of(tmp_path, host_per_second=20), healthy(host, 25))
        times = [time for time, *_ in host.server.log]
        assert times[-1] - times[0] > 1.1
        assert min(later - sooner for sooner, later in pairwise(times)) > 0.01


@pytest.mark.slow
def test_thirty_thousand_links_to_a_dead_host_cost_a_few_requests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B82."""
    places = tried(monkeypatch)
    with serving() as host:
        base = f"http://127.0.0.1:{closed_port()}"
        links = [f"{base}/{number}.jpg" for number in range(30_000)]
        words = words_of(fetcher_of(tmp_path), links + healthy(host, 300))
        assert words[None] == 300
        assert words["host-given-up"] > 29_900
        assert words.total() == 30_300
        assert places.total() < 200


@pytest.mark.slow
def test_a_dead_host_among_others_takes_none_of_their_places(tmp_path: Path) -> None:
    """B82: with more silent links than requests at a time, the others come first all the same."""
    with serving() as host:
        silent = [f"{host.busy}/silent.jpg?{number}" for number in range(100)]
        both = chain.from_iterable(zip(silent, healthy(host, 100), strict=True))
        fetcher = fetcher_of(tmp_path, answer_seconds=0.3, tries=1, per_host=4, at_once=8)
        words = words_of(fetcher, list(both))
        assert words[None] == 100
        assert words[None] + words["no-answer"] + words["host-given-up"] == 200
        assert words["host-given-up"] > 50


class Fails:
    """Fails so many requests, then is well."""

    def __init__(self, count: int) -> None:
        self.count = count

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        self.count -= 1
        if self.count >= 0:
            await do.reset(b"", 1000)(request, writer)
        else:
            writer.write(whole(picture(request.path)))


def test_a_host_that_recovers_gets_its_links_back(tmp_path: Path) -> None:
    """Left alone after twenty failures in a row, it is tried again at the end."""
    with Server(Fails(24)) as server:
        links = [f"{server.base}/{number}.jpg" for number in range(100)]
        words = words_of(fetcher_of(tmp_path, pause_seconds=0.01), links)
        assert words == {None: 100}


@pytest.mark.slow
def test_a_fetcher_with_all_places_taken_sleeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While silent links hold every place, others wait without a look at the clock each moment."""
    looks = Counter[str]()
    call_at = asyncio.BaseEventLoop.call_at

    def counted(self: asyncio.BaseEventLoop, *given: Any, **named: Any) -> asyncio.TimerHandle:
        looks["all"] += 1
        return call_at(self, *given, **named)

    monkeypatch.setattr(asyncio.BaseEventLoop, "call_at", counted)
    with serving() as host:
        silent = [f"{host.busy}/silent.jpg?{number}" for number in range(8)]
        waiting = [f"{host.busy}/ok/{number}.jpg" for number in range(20)]
        fetcher = fetcher_of(tmp_path, answer_seconds=0.8, tries=1, per_host=16, at_once=8)
        assert words_of(fetcher, silent + waiting) == {"no-answer": 8, None: 20}
    assert looks["all"] < 1000


class HangsUp:
    """Answers the first request of a connection and hangs up at the second."""

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        if request.target == "/first.jpg":
            writer.write(whole(picture(request.path)))
        else:
            writer.close()


def test_no_request_is_sent_that_is_not_counted(tmp_path: Path) -> None:
    """A library that quietly asks again when a kept connection breaks would ask twice."""
    with Server(HangsUp()) as server:
        links = [f"{server.base}/first.jpg", f"{server.base}/second.jpg"]
        assert words_of(fetcher_of(tmp_path, tries=1, per_host=1), links) == {None: 1, "cut-off": 1}
        assert server.asked == {"/first.jpg": 1, "/second.jpg": 1}


def test_one_bad_link_does_not_cost_a_host(tmp_path: Path) -> None:
    with serving() as host:
        links = healthy(host, 20) + [f"{host.base}/status/404.jpg?{n}" for n in range(100)]
        assert words_of(fetcher_of(tmp_path), links) == {None: 20, "gone": 100}
