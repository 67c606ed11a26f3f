"""One query put to one source: its answers go into the journal, and trouble is told by source."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from affekt.errors import AffektError, Damaged, DiskTrouble, NotYet, PartError, Refused
from affekt.files import Files
from affekt.forgotten import Forgotten
from affekt.journal.pages import Pages, asked_in
from affekt.sources import Page, Query, Source
from affekt.stage import Progress
from affekt.tables import FOUND

if TYPE_CHECKING:
    from affekt.fetch.fetcher import Fetcher

PROJECT = (Refused, DiskTrouble, Damaged)  # not of one source: no other could keep its answers
log = logging.getLogger(__name__)


class Asked(NamedTuple):
    """A query, and what the journal holds of its answers."""

    label: str  # name of the source in the tables
    source: Source
    query: Query
    pages: Pages
    edition: int

    def asking(self, fetcher: "Fetcher | None", forgotten: Forgotten) -> Iterator[Page]:
        """Ask for the pages that are lacking, and store each before the next is asked for.

        A server that leads back to where it was asked already has no more to tell.

        Raises:
            PartError: A source goes round in circles by itself, or stops without saying that it is
                the end.
        """
        if self.pages.is_complete:
            return
        kind = self.source.kind()
        for page in self.source.pages(self.query, self.pages.after, fetcher):
            if page.after is not None and self.pages.leads_back(page.after):
                if not self.source.is_online:
                    raise PartError(f"the {kind} source gave {page.after!r} twice as the way on")
                words = self.query.text
                log.warning(
                    "collect: the server of %s leads back for %r; it ends here", kind, words
                )
                page = replace(page, after=None)
            _check(page.hits, self.source)
            self.pages.append(page.after, *_let_in(page, self.label, forgotten))
            yield page
            if page.after is None:
                return
        raise PartError(f"the {kind} source stopped before its last page for {self.query.text!r}")


def complete(
    folder: Path, kind: str, asked: Mapping[str, Any], files: Files
) -> Iterator[Mapping[str, Any]]:
    """Give the identities of sources of a kind that answered to the end, when asked the same."""
    for one in asked_in(folder, files):
        source = one["source"]
        is_alike = source["kind"] == kind and one == {"source": source, **asked}
        if is_alike and Pages(folder, one, files).is_complete:
            yield source


class Tally:
    """Counts what the queries have brought, and tells it.

    Args:
        watch: Told how far it is.
    """

    def __init__(self, watch: Callable[[Progress], None]) -> None:
        self._watch = watch
        self._asked: list[Asked] = []

    def add(self, one: Asked) -> None:
        """Count what a query has brought and will bring."""
        self._asked.append(one)

    def tell(self) -> None:
        """Say how far it is."""
        found = Counter[str]()
        for one in self._asked:
            found[f"{one.label} {one.query.emotion or 'everything'}"] += one.pages.n_hits
        failures = sum(one.pages.n_refused for one in self._asked)
        tallies = {"found": dict(found)}
        self._watch(Progress("collect", found.total(), None, failures, tallies))


def joined(
    troubles: Mapping[int, AffektError], sources: Sequence[tuple[str, Source]]
) -> AffektError:
    """Give one error for the troubles of some sources, by their places; one alone as it is."""
    first, *others = troubles.values()
    if not others:
        return first
    told = []
    for at, trouble in sorted(troubles.items()):
        label, source = sources[at]
        told.append(f"{label}: {str(trouble).removeprefix(f'{source.kind()}: ')}")
    is_waiting = all(isinstance(one, NotYet) for one in troubles.values())
    return (NotYet if is_waiting else AffektError)(
        f"collect: {len(told)} of {len(sources)} sources did not come to their end, what they gave "
        f"so far is kept; run again to go on. {'; '.join(told)}"
    )


def _let_in(
    page: Page, label: str, forgotten: Forgotten
) -> tuple[tuple[Mapping[str, Any], ...], tuple[tuple[str, str, str], ...]]:
    """Give hits and refusals of a page without what was removed on request."""
    hits = (hit for hit in page.hits if not forgotten.has_hit(hit.get("source", label), hit))
    refused = (one for one in page.refused if not forgotten.has("picture", f"{label}:{one[0]}"))
    return tuple(hits), tuple(refused)


def _check(hits: Iterable[Mapping[str, Any]], source: Source) -> None:
    for hit in hits:
        unknown = sorted(set(hit) - set(FOUND.columns))
        if unknown or not isinstance(hit.get("source_id"), str) or not hit["source_id"]:
            wrong = f"the unknown columns {unknown}" if unknown else "no source_id"
            raise PartError(f"the {source.kind()} source gave a picture with {wrong}: {hit!r:.200}")
