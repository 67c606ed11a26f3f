"""Ask every source for pictures of every emotion, page by page, never twice for the same page."""

import logging
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import daft
import polars as pl
import pyarrow as pa
from pydantic import Field

from affekt.errors import AffektError
from affekt.fetch.manners import Manners
from affekt.forgotten import Forgotten
from affekt.forgotten import read as read_forgotten
from affekt.journal.pages import Pages, StoredPage
from affekt.parts import Place
from affekt.sources import Query, Source, guests, labelled, labels
from affekt.stage import Desk, Outcome, Stage
from affekt.stages._asked import PROJECT, Asked, Tally, complete, joined
from affekt.stages._bulletin import Bulletin
from affekt.stages._shards import PLACE, Shards, repeats
from affekt.store.rows import in_polars
from affekt.tables import FOUND, Pieces, Table
from affekt.taxonomy import Taxonomy

if TYPE_CHECKING:
    from affekt.fetch.fetcher import Fetcher

ARROW = {name: FOUND.empty()[name].to_arrow().type for name in FOUND.columns}
DROPPED = dict.fromkeys((*FOUND.key, "reason", "detail"), pl.String)
log = logging.getLogger(__name__)


class Collect(Stage):
    """Ask every source for pictures of every emotion.

    What a source answers is kept in the journal and not asked again. A folder that has changed is
    looked at anew by itself; other sources are asked again when `edition` is raised, and what
    servers gave to earlier editions stays beside the new, as it was found first. What is on the
    list of `forgotten` is let go before it is written anywhere. A source that fails or has to wait
    keeps none of the others from being asked; the table is made when all came to their end.
    """

    sources: tuple[Source, ...] = Field(min_length=1, description="where pictures come from")
    edition: int = Field(1, ge=1, description="raise it to ask all sources again")
    earlier_editions: Literal["keep", "drop"] = Field(
        "keep", description="whether what servers gave to earlier editions stays beside the new"
    )
    taxonomy: Taxonomy = Field(description="the emotions to ask for")
    fetch: Manners = Field(
        default_factory=Manners, description="how servers are asked; from the section [fetch]"
    )
    forgotten: Place | None = Field(
        None,
        description=(
            "list of what was removed on request and stays away; CSV, written by `affekt forget`"
        ),
    )

    idle = frozenset({"fetch", "forgotten"})
    gives = FOUND
    asks_the_world = True
    conserves = False
    reasons: ClassVar[Mapping[str, str]] = {
        "link": "a symbolic link; links are not followed",
        "not-a-file": "neither a file nor a folder",
        "unreadable": "the operating system does not let it be read, or its name is no text",
        "bad-row": "a line of a source's own table cannot be used",
        "refused": "the source named another reason; the detail tells it",
    }

    def explained(self) -> Mapping[str, str]:
        own = {word: text for one in self.sources for word, text in one.reasons.items()}
        return {**own, **self.reasons}

    def witness(self) -> str:
        seen = [source.witness() for source in self.sources]
        return sha256("\n".join(seen).encode()).hexdigest() if any(seen) else ""

    def run(self, desk: Desk, *tables: Any, **_: Any) -> Outcome:
        forgotten = read_forgotten(self.forgotten.path if self.forgotten else None)
        asked = self._asked_all(desk, forgotten)
        # Read when all is there: a run that is cut off while it asks has read nothing in vain.
        found = Shards(desk.scratch, "found", FOUND.types(), desk.files)
        dropped = Shards(desk.scratch, "refused", DROPPED, desk.files)
        for one in asked:
            for stored in one.pages.stored():
                rows = _found(stored, one.label, one.query)
                found.add(rows.filter(~forgotten.among(rows)) if forgotten else rows)
                dropped.add(self._dropped(stored, one.label, one.query))
        if not found.rows:
            raise AffektError(self._nothing(sum(one.pages.n_refused for one in asked)))
        return self._outcome(found, dropped)

    def _outcome(self, found: Shards, dropped: Shards) -> Outcome:
        """Give each picture of a query once, as it came first; few rows in memory, many lazily."""
        few, few_dropped = found.in_memory(), dropped.in_memory()
        out: Table | None
        if few_dropped is None:
            out = dropped.frame().select(*DROPPED).distinct()
        else:
            out = few_dropped.select(*DROPPED).unique(maintain_order=True)
        if few is not None:
            firsts = few.unique(FOUND.key, keep="first", maintain_order=True)
            counts = firsts.group_by("emotion").len()
            return Outcome(firsts.drop(PLACE), out, notes=self._notes(counts))
        again = repeats(found.frame(), FOUND.key)
        kept = found.frame().join(daft.from_arrow(again.to_frame().to_arrow()), PLACE, how="anti")
        counts = in_polars(kept.groupby("emotion").agg(daft.col(PLACE).count()))
        return Outcome(Pieces(lambda: found.pieces(again)), out, notes=self._notes(counts))

    def _fetcher(self, desk: Desk, bulletin: Bulletin) -> "Fetcher | None":
        """Give the way out, None where no source needs it; every source is ready then."""
        for source in self.sources:
            source.check_ready()
        if not any(source.is_online for source in self.sources):
            return None
        from affekt.fetch.fetcher import Fetcher  # only what goes out imports the way out

        manners = guests(self.fetch, self.sources)
        return Fetcher(manners, desk.journal / "fetch", hear=bulletin.hear)

    def _asked_all(self, desk: Desk, forgotten: Forgotten) -> list[Asked]:
        """Ask every source to its end, and give all answers: by edition, in the order of the plan.

        Links that expire are searched for last, so that little time passes until they are fetched.
        A source in trouble keeps none of the others from being asked.

        Raises:
            NotYet: Nothing is in the way but waiting.
            AffektError: Not every source came to its end.
        """
        bulletin = Bulletin(desk, "collect")
        fetcher, tally = self._fetcher(desk, bulletin), Tally(bulletin.tell)
        named = list(zip(labels(self.sources), self.sources, strict=True))
        answers: list[list[Asked]] = [[] for _ in named]
        troubles: dict[int, AffektError] = {}
        for at in sorted(range(len(named)), key=lambda at: self.sources[at].is_fleeting):
            label, source = named[at]
            try:
                for one in self._questions(desk, label, source):
                    answers[at].append(one)
                    if one.edition == self.edition:
                        tally.add(one)
                        for _page in one.asking(fetcher, forgotten):
                            tally.tell()
            except PROJECT:
                raise
            except AffektError as trouble:
                log.warning("collect: %s", trouble)
                troubles[at] = trouble
        if troubles:
            raise joined(troubles, named)
        every = (one for each in answers for one in each)
        return sorted(every, key=lambda one: one.edition)

    def _questions(self, desk: Desk, label: str, source: Source) -> Iterator[Asked]:
        """Give what to ask now, behind what the journal holds of earlier editions.

        A source that tells by itself when it has changed, or is not online, tells all it has.
        """
        words = {emotion.name: emotion.words for emotion in self.taxonomy.emotions}
        seen = source.witness()
        stays = source.is_online and not seen and self.earlier_editions == "keep"
        for query in source.queries(words):
            for edition in range(1 if stays else self.edition, self.edition + 1):
                asked = {"edition": edition, "emotion": query.emotion, "words": list(query.words)}
                asked |= {"witness": seen} if seen else {}
                folder, kind = desk.journal / "pages", source.kind()
                for part in source.parts(complete(folder, kind, asked, desk.files)):
                    pages = Pages(folder, {"source": part.identity(), **asked}, desk.files)
                    yield Asked(label, part, query, pages, edition)

    def _dropped(self, page: StoredPage, label: str, query: Query) -> pl.DataFrame:
        rows = []
        for name, reason, detail in page.refused:
            known = reason in self.explained()
            why = (reason, detail) if known else ("refused", f"{reason}: {detail}")
            rows.append([label, name, _words(query), *why])
        return pl.DataFrame(_texts(rows), schema=DROPPED, orient="row")

    def _nothing(self, n_refused: int) -> str:
        return (
            f"collect: {', '.join(labelled(self.sources))} gave no picture for "
            f"{', '.join(self.taxonomy.names)}"
            + (f", and {n_refused:,} entries were refused" if n_refused else "")
            + "; correct the sources of [collect], or raise its `edition` to ask them again"
        )

    def _notes(self, counted: pl.DataFrame) -> dict[str, Any]:
        """Tell the pictures found for each emotion, and warn where there are none."""
        counts = dict(counted.iter_rows())
        missing = [name for name in self.taxonomy.names if name not in counts]
        if missing:
            log.warning("collect: no source gave a picture for %s", ", ".join(missing))
        each = {name: counts.get(name, 0) for name in self.taxonomy.names}
        return {"found": each, "unlabelled": counts.get(None, 0)}


def _found(page: StoredPage, label: str, query: Query) -> pl.DataFrame:
    """Give the rows of one page; what the source left open is filled in."""
    absent = {
        "source": label,
        "emotion": query.emotion,
        "query": _words(query),
        "found_at": page.asked_at,
        "is_generated": False,
    }
    return pl.DataFrame(
        [
            _column(name, [hit.get(name, absent.get(name)) for hit in page.hits])
            for name in FOUND.columns
        ]
    )


def _column(name: str, values: list[Any]) -> pl.Series:
    """Give one column; an empty text is a missing one."""
    if FOUND.columns[name].dtype == pl.String and name not in FOUND.key:
        values = [None if value == "" else value for value in values]
    # By way of Arrow: made directly, every list is a series of its own first, with its memory.
    try:
        return pl.Series(name, pa.array(values, type=ARROW[name]))
    except UnicodeEncodeError:  # half a character pair in one of the texts
        return pl.Series(name, pa.array(_texts(values), type=ARROW[name]))


def _words(query: Query) -> str:
    """Give the words asked for; none where everything was, whatever the source left out of it."""
    return query.text if query.emotion is not None else ""


def _texts(value: Any) -> Any:
    """Give lists with every text writable: half a character pair becomes a question mark."""
    if isinstance(value, list):
        return [_texts(one) for one in value]
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "replace").decode()
    return value
