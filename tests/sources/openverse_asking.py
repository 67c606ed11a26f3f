"""Asking an Openverse on this machine, in a time of its own."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from affekt.fetch.fetcher import Fetcher
from affekt.fetch.quotas import Clock
from affekt.sources import Page, Query
from tests.servers.openverse import Catalogue, polite, source_at, with_client

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
def nobody() -> Iterator[None]:
    """No client is set."""
    with with_client(None, None):
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
    catalogue: Catalogue,
    fetcher: Fetcher,
    query: Query = AWE,
    after: str | None = None,
    **settings: Any,
) -> list[Page]:
    return list(source_at(catalogue, **settings).pages(query, after, fetcher))


def ids(pages: Sequence[Page]) -> list[str]:
    return [hit["source_id"] for page in pages for hit in page.hits]


def refusals(pages: Sequence[Page]) -> list[tuple[str, str, str]]:
    return [one for page in pages for one in page.refused]


def expected(catalogue: Catalogue, word: str = "awe") -> list[str]:
    found = [one for one in catalogue.found(word) if not one["mature"]]
    shown = found[: catalogue.quirks.depth]
    return [one["id"] for one in shown if one["filetype"] != "svg"]
