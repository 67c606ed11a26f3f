"""Asking a Graph API on this machine, in a time of its own."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from affekt.fetch.fetcher import Fetcher
from affekt.fetch.quotas import Clock
from affekt.sources import Page, Query
from affekt.sources.instagram.entries import pictures
from tests.servers.instagram import Graph, polite, source_at, with_token

AWE = Query("awe", ("awe",))


class Time:
    """A time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now, self.waits = 1_772_366_400.0, list[float]()

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    @property
    def rests(self) -> list[float]:
        """Waits between calls; those of a second or less are between tries."""
        return [round(one, 1) for one in self.waits if one > 1]


@pytest.fixture(autouse=True)
def token() -> Iterator[None]:
    """Token and account are set."""
    with with_token():
        yield


@pytest.fixture
def time() -> Time:
    """A time of its own."""
    return Time()


@pytest.fixture
def fetcher(tmp_path: Path, time: Time) -> Fetcher:
    """A fetcher that reaches this machine and waits in no time."""
    return polite(tmp_path / "ledger", Clock(lambda: time.now, time.sleep))


def asked(
    graph: Graph, fetcher: Fetcher, query: Query = AWE, after: str | None = None, **settings: Any
) -> list[Page]:
    return list(source_at(graph, **settings).pages(query, after, fetcher))


def hits(pages: Sequence[Page]) -> list[dict[str, Any]]:
    return [dict(hit) for page in pages for hit in page.hits]


def ids(pages: Sequence[Page]) -> list[str]:
    return [hit["source_id"] for hit in hits(pages)]


def refusals(pages: Sequence[Page]) -> list[tuple[str, str, str]]:
    return [one for page in pages for one in page.refused]


def expected(graph: Graph, name: str = "awe", edges: Sequence[str] = ("top", "recent")) -> set[str]:
    """Give the names of all pictures in the lists of a hashtag."""
    posts = [post for edge in edges for post in graph.edge(name, f"{edge}_media")]
    given = [one for post in posts for one in pictures(_told(post)) if isinstance(one, dict)]
    return {one["source_id"] for one in given}


def _told(post: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in post.items() if value is not None}
