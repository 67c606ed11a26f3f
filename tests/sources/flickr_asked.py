"""Asking a local Flickr in tests."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

from affekt.sources import Page, Query
from affekt.sources.flickr import Flickr
from tests.servers.flickr import SINCE, UNTIL, Host, polite, with_key

FEAR = Query("fear", ("fear",))


def started(running: ExitStack) -> Callable[..., Host]:
    """Give what starts hosts that run until the stack is closed."""

    def start(*given: Any, **settings: Any) -> Host:
        host = Host(*given, **settings)
        running.enter_context(host.server)
        return host

    return start


def source_at(host: Host, **settings: Any) -> Flickr:
    """Give a source with small pages, so that few pictures make many of them."""
    usual: dict[str, Any] = {"since": SINCE, "until": UNTIL, "calls_per_hour": 10**6}
    return Flickr(base=host.base, **usual | settings)


def pages_of(
    host: Host, folder: Path, query: Query = FEAR, after: str | None = None, **settings: Any
) -> list[Page]:
    """Give all pages of a query, through a fetcher of its own."""
    with with_key():
        return list(source_at(host, **settings).pages(query, after, polite(folder)))


def names(pages: list[Page]) -> list[str]:
    """Give the id of every picture, in the order they came."""
    return [hit["source_id"] for page in pages for hit in page.hits]


def refusals(pages: list[Page]) -> dict[str, list[tuple[str, str]]]:
    """Give names and details of what was refused, by reason."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, reason, detail in (entry for page in pages for entry in page.refused):
        found.setdefault(reason, []).append((name, detail))
    return found


def slices(host: Host) -> list[tuple[int, int]]:
    """Give the slices that were not cut further, by their seconds."""
    searched = [call for call in host.calls if "min_upload_date" in call]
    asked = {(int(one["min_upload_date"]), int(one["max_upload_date"])) for one in searched}
    return sorted(one for one in asked if not any(_holds(one, other) for other in asked))


def _holds(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
    return outer != inner and outer[0] <= inner[0] and inner[1] <= outer[1]


def gaps(found: list[tuple[int, int]]) -> Iterator[int]:
    """Give how many seconds lie between neighbours; negative where they overlap."""
    return (after[0] - before[1] - 1 for before, after in pairwise(found))
