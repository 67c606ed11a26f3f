"""What a Graph API on this machine refuses, and what becomes of it."""

import logging
from pathlib import Path

import pytest

from affekt.errors import MissingSecret, NotYet, SourceError
from affekt.fetch.fetcher import Fetcher
from affekt.fetch.quotas import Clock
from affekt.sources.instagram.usage import Usage, usage
from tests.servers.instagram import BODIES, TOKEN, USER, Graph, Quirks, polite, source_at
from tests.sources.instagram_asking import (
    Time,
    asked,
    expected,
    fetcher,
    ids,
    refusals,
    time,
    token,
)

__all__ = ["fetcher", "time", "token"]


@pytest.mark.parametrize(
    "fault",
    [*sorted(BODIES), "500", "503", "429", "transient", "code-1", "code-2", "reset", "short"],
)
def test_trouble_that_may_heal_is_asked_again(fetcher: Fetcher, fault: str) -> None:
    """B31."""
    graph = Graph(20, faults=dict.fromkeys((1, 3, 5, 7), fault))
    with graph.server:
        found = asked(graph, fetcher)
    assert set(ids(found)) == expected(graph)
    assert len(graph.calls) == len(graph.answered) + 4


@pytest.mark.parametrize("fault", ["html", "broken", "500", "code-2"])
def test_trouble_that_does_not_heal_ends_in_the_servers_words(fetcher: Fetcher, fault: str) -> None:
    """B31."""
    graph = Graph(20, always=fault)
    with graph.server, pytest.raises(SourceError, match="asked 3 times"):
        asked(graph, fetcher)
    assert len(graph.calls) == 3


@pytest.mark.parametrize("code", [4, 17, 32, 341, 613, 80002])
@pytest.mark.parametrize("how", ["code", "calm", "transient"])
def test_a_throttled_call_waits_and_comes_again(
    fetcher: Fetcher, time: Time, code: int, how: str
) -> None:
    graph = Graph(20, faults={3: f"{how}-{code}", 4: f"{how}-{code}"})
    with graph.server:
        found = asked(graph, fetcher)
    assert set(ids(found)) == expected(graph)
    assert time.rests == [60.0, 120.0]


def test_a_server_that_throttles_for_ever_ends_the_run(fetcher: Fetcher) -> None:
    graph = Graph(20, always="code-4")
    with graph.server, pytest.raises(NotYet, match=r"code 4\).*again in about 3 minutes"):
        asked(graph, fetcher)


def test_a_pause_longer_than_allowed_is_left_to_the_next_run(fetcher: Fetcher, time: Time) -> None:
    graph = Graph(20, quirks=Quirks(usage=(10, 10, 100), regain=34), faults={3: "code-80002"})
    with graph.server, pytest.raises(NotYet, match=r"80002.*again in about 34 minutes"):
        asked(graph, fetcher)
    assert time.rests == []


def test_a_server_that_will_refuse_is_not_asked_meanwhile(fetcher: Fetcher, time: Time) -> None:
    graph = Graph(20, quirks=Quirks(usage=(10, 100, 10), regain=1.5))
    with graph.server:
        asked(graph, fetcher)
    assert time.rests[0] == 90.0


def test_a_server_that_will_refuse_for_long_ends_the_run(fetcher: Fetcher) -> None:
    graph = Graph(20, quirks=Quirks(usage=(100,), regain=34))
    with (
        graph.server,
        pytest.raises(NotYet, match=r"will refuse for a while; .* in about 34 minutes"),
    ):
        asked(graph, fetcher)
    assert len(graph.calls) == 1


def test_calls_come_slower_before_they_are_refused(fetcher: Fetcher, time: Time) -> None:
    graph = Graph(20, quirks=Quirks(usage=(10, 74, 80, 90, 99, 20)))
    with graph.server:
        asked(graph, fetcher)
    assert time.rests == [12.0, 36.0, 57.6]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-app-usage": "soon"},
        {"x-app-usage": "[]", "x-business-use-case-usage": '{"1": {"call_count": 99}}'},
        {"x-app-usage": '{"call_count": "99", "total_time": true}'},
        {"x-app-usage": '{"call_count": -1, "total_time": 1e400}'},
        {"x-business-use-case-usage": "[" * 100_000},
    ],
)
def test_headers_that_cannot_be_read_tell_nothing(headers: dict[str, str]) -> None:
    assert usage(headers) == Usage(0.0, 0.0)


@pytest.mark.parametrize("code", [190, 102])
def test_a_token_that_is_refused_ends_the_run_and_says_what_to_do(
    fetcher: Fetcher, code: int
) -> None:
    graph = Graph(20, faults={3: f"code-{code}"})
    with graph.server, pytest.raises(MissingSecret, match=r"make a new one .*INSTAGRAM_TOKEN"):
        asked(graph, fetcher)
    assert len(graph.calls) == 3


@pytest.mark.parametrize("code", [3, 10, 200, 299])
def test_a_token_that_may_not_search_ends_the_run_and_says_what_to_do(
    fetcher: Fetcher, code: int
) -> None:
    graph = Graph(20, faults={2: f"code-{code}"})
    words = "business or creator account and, after Meta's app review"
    with graph.server, pytest.raises(MissingSecret, match=words):
        asked(graph, fetcher)
    assert len(graph.calls) == 2


@pytest.mark.parametrize("fault", ["404", "400", "code-368", "calm-368", "code-100"])
@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_refusal_for_good_ends_the_run(fetcher: Fetcher, fault: str, call: int) -> None:
    graph = Graph(20, faults={call: fault})
    with graph.server, pytest.raises(SourceError):
        asked(graph, fetcher)
    assert len(graph.calls) == call


def test_a_way_that_is_lost_ends_its_list_only(fetcher: Fetcher) -> None:
    graph = Graph(40, faults={4: "code-100"})
    with graph.server:
        found = asked(graph, fetcher)
    assert expected(graph, edges=["recent"]) <= set(ids(found))
    assert [one[:2] for one in refusals(found) if one[0].startswith("#")] == [
        ("#awe, top, page 2", "lost-way")
    ]


@pytest.mark.parametrize(
    "fault", ["echo-190", "echo-10", "echo-368", "echo-4", "echo-2", "500", "404", "html", "reset"]
)
def test_no_trouble_shows_the_token(
    tmp_path: Path, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    """B35."""
    graph = Graph(20, always=fault)
    fetcher = polite(tmp_path / "ledger", Clock(sleep=lambda _: None))
    with graph.server, caplog.at_level(logging.DEBUG), pytest.raises(Exception) as caught:  # noqa: PT011
        asked(graph, fetcher)
    shown = "".join((str(caught.value), repr(caught.value), caplog.text, repr(source_at(graph))))
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert TOKEN not in shown
    assert USER not in shown
    assert "\x1b" not in shown
    assert not [data for data in written if TOKEN.encode() in data or USER.encode() in data]


def test_no_page_holds_the_token_that_the_server_writes_into_its_links(fetcher: Fetcher) -> None:
    """B35."""
    graph = Graph(40)
    with graph.server:
        found = asked(graph, fetcher)
    assert TOKEN not in repr(found)
    assert USER not in repr(found)
