"""Tables of links: CSV, TSV, JSON lines, plain lists or Parquet, one picture a row."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator

from affekt.errors import UsageError
from affekt.parts import Place, did_you_mean
from affekt.sources import Page, Query, Source
from affekt.sources.links.columns import Columns, Told
from affekt.sources.links.files import digest_of, read_file, tables_at
from affekt.sources.links.row import Taste, hit_of, key_of
from affekt.sources.links.seen import Seen

if TYPE_CHECKING:
    from affekt.fetch.fetcher import Fetcher

Refusal = tuple[str, str, str]


class Spot(NamedTuple):
    """Where a row stands: file, number of the row in it from 1, and the line a reader looks for."""

    name: str
    row: int
    line: int


Entry = tuple[Spot, Any]


class Links(Source):
    """A table of links, or a folder of such tables: CSV, TSV, JSON lines, Parquet, plain lists.

    The emotion of a row is that of its column, by name or keyword; a row that names another one is
    refused, one that names none joins unlabelled. A link that stands twice for one emotion is kept
    once; under two emotions it is kept for both, and cleaning decides. Tables are read in the order
    of their names, a page of rows at a time.
    """

    path: Place = Field(description="the table, or a folder of tables")
    columns: dict[Told, str] = Field(
        {}, description="what is told → name of its column, where it has another than the usual"
    )
    separator: str = Field(";", min_length=1, description="what stands between tags in one cell")
    emotion: str | None = Field(None, description="all rows were found for this emotion")
    unlabelled: bool = Field(False, description="no row says anything about emotion")
    per_page: int = Field(5_000, gt=0, description="rows a page")

    idle = frozenset({"per_page"})
    is_online = True
    obeys_robots = True
    reasons: ClassVar[Mapping[str, str]] = {
        "bad-row": "a row of the table cannot be used",
        "duplicate": "the same link for the same emotion stands further up",
        "not-a-table": "the file is none of the tables that are read",
    }

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Self:
        if self.unlabelled and self.emotion is not None:
            raise ValueError(
                f"emotion is {self.emotion!r} and unlabelled is true; leave one of the two out"
            )
        return self

    @classmethod
    def example(cls) -> Self:
        """Give a table that may not be there."""
        return cls(path=Place(written="links.csv"))

    def witness(self) -> str:
        return digest_of(self.path.path)

    def queries(self, words: Mapping[str, tuple[str, ...]]) -> tuple[Query, ...]:
        if self.unlabelled:
            return (Query(None, ()),)
        if self.emotion is not None:
            return (Query(_emotion_of(self.emotion, words), ()),)
        # One reading for all emotions; its words say which word means which.
        named = [f"{name}={word}" for name in words for word in dict.fromkeys((name, *words[name]))]
        return (Query(None, tuple(named)),)

    def pages(self, query: Query, after: str | None, fetcher: "Fetcher | None") -> Iterator[Page]:
        names, others = tables_at(self.path)
        findings: tuple[Refusal, ...] = () if after else tuple(others)
        taste, seen = self._taste(query), Seen()
        entries = self._entries(names)
        if after is not None:
            entries = _skipped(entries, after, taste, seen)
        while True:
            batch = list(islice(entries, self.per_page))
            rest = next(entries, None)
            hits, refused = _sorted_out(batch, taste, seen)
            yield Page(hits, _way_on(batch[-1][0]) if rest else None, (*findings, *refused))
            if rest is None:
                return
            entries, findings = chain([rest], entries), ()

    def _taste(self, query: Query) -> Taste:
        """Give how rows are read for a query."""
        if self.unlabelled or self.emotion is not None:
            return Taste(self.separator, None)
        pairs = [word.partition("=") for word in query.words]
        return Taste(self.separator, {word.casefold(): name for name, _, word in pairs})

    def _entries(self, names: Iterable[str]) -> Iterator[Entry]:
        """Give every row of every table, or what is wrong with it."""
        for name in names:
            path = self.path.path / name if name else self.path.path
            for row, (line, cells) in enumerate(read_file(path, Columns(self.columns)), start=1):
                yield Spot(path.name, row, line), cells


def _emotion_of(word: str, words: Mapping[str, tuple[str, ...]]) -> str:
    for name, others in words.items():
        if word.casefold() in {one.casefold() for one in (name, *others)}:
            return name
    raise UsageError(
        f"the links source: emotion is {word!r}, which is none of the plan's; "
        + did_you_mean(word, list(words))
    )


def _way_on(place: Spot) -> str:
    return f"{place.row}:{place.name}"


def _skipped(entries: Iterator[Entry], after: str, taste: Taste, seen: Seen) -> Iterator[Entry]:
    """Give the entries behind a place; those before it count as seen."""
    row, _, name = after.partition(":")
    passed: list[Entry] = []
    for entry in entries:
        if (entry[0].name, entry[0].row) > (name, int(row)):
            _sorted_out(passed, taste, seen)
            return chain([entry], entries)
        passed.append(entry)
        if len(passed) == 10_000:
            _sorted_out(passed, taste, seen)
            passed = []
    return iter(())


def _sorted_out(
    batch: list[Entry], taste: Taste, seen: Seen
) -> tuple[tuple[dict[str, Any], ...], tuple[Refusal, ...]]:
    """Give the hits among some rows, and the refusals."""
    read = [
        (spot, cells if isinstance(cells, str) else hit_of(cells, taste)) for spot, cells in batch
    ]
    keys = [key_of(hit) for _, hit in read if not isinstance(hit, str)]
    is_first = iter(seen.first(np.array(keys, np.uint64)))
    hits: list[dict[str, Any]] = []
    refused: list[Refusal] = []
    for spot, hit in read:
        if isinstance(hit, str):
            refused.append((f"{spot.name}:{spot.line}", "bad-row", hit))
        elif next(is_first):
            hits.append(hit)
        else:
            refused.append((f"{spot.name}:{spot.line}", "duplicate", hit["url"]))
    return tuple(hits), tuple(refused)
