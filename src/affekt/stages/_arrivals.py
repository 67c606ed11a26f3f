"""What fetches and decodes in one process: a way out, decoding children, a few threads."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from affekt.errors import PictureError
from affekt.fetch.manners import Manners
from affekt.fetch.neighbours import Together
from affekt.fetch.words import Fetched, Link
from affekt.pictures.decode import Asked, Decoders, Looked
from affekt.sources import Source
from affekt.stages._held import Terms
from affekt.stages._piece import Seen

if TYPE_CHECKING:
    from affekt.fetch.fetcher import Fetcher

A = TypeVar("A")
B = TypeVar("B")
Row = Mapping[str, Any]
NAMED = "SHA-256 "  # what the way out puts before a content that stands for missing pictures


class Setup(NamedTuple):
    """What fetching and decoding need; may be sent to another process.

    Attributes:
        sources: By their name in the tables.
        reasons: Words that need no explaining; a source's other words become ``refused``.
        terms: What decides about a picture.
        manners: How servers are asked.
        ledger: Folder of what is remembered about servers.
        workers: Pictures decoded at a time.
        together: The other processes that fetch, None where there are none.
    """

    sources: Mapping[str, Source]
    reasons: frozenset[str]
    terms: Terms
    manners: Manners
    ledger: Path
    workers: int
    together: Together | None = None


class Arrivals:
    """Fetches and decodes; to be closed."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._decoders = Decoders(setup.workers, setup.terms.limits)
        self._pool = ThreadPoolExecutor(setup.workers)
        self._fetcher = self._made_fetcher()
        self._asked: dict[int, Row] = {}  # bytes of these have not come yet
        self._came: dict[int, Seen] = {}  # bytes of these are with the decoders

    def _made_fetcher(self) -> "Fetcher | None":
        setup = self._setup
        if not any(source.is_online for source in setup.sources.values()):
            return None
        from affekt.fetch.fetcher import Fetcher, Settings  # only what goes out imports the way out

        return Fetcher(
            setup.manners,
            setup.ledger,
            opt_outs=setup.terms.opt_outs,
            max_bytes=setup.terms.limits.max_bytes,
            settings=Settings(placeholders=setup.terms.placeholders, together=setup.together),
        )

    def close(self) -> None:
        """End all processes, threads and connections."""
        self._pool.shutdown(cancel_futures=True)
        self._decoders.__exit__()
        if self._fetcher:
            self._fetcher.close()

    def left_alone(self) -> tuple[str, ...]:
        """Give the servers that failed so often that they are not asked."""
        return self._fetcher.standing().left_alone if self._fetcher else ()

    def held(self) -> dict[str, int]:
        """Give the servers that asked to wait and how long that lasts yet, s."""
        held = self._fetcher.standing().held if self._fetcher else {}
        return {host: round(seconds) for host, seconds in held.items()}

    def is_decoding(self) -> bool:
        """Tell whether the decoders may still say of a picture that it is fine."""
        return bool(self._came)

    def seen(
        self, rows: Iterable[tuple[int, Row]], has_room: Callable[[], bool]
    ) -> Iterator[tuple[int, Seen]]:
        """Give what became of each row, by its number, in the order in which that is known.

        Rows are taken as there is room for them, here and at whoever asks; each has an address.
        """
        self._asked.clear()
        self._came.clear()
        for looked in self._decoders.looked(self._pictures(rows, has_room)):
            seen = self._came.pop(looked.key)
            yield looked.key, seen if seen.fetched.reason else seen._replace(looked=looked)

    def _pictures(
        self, rows: Iterable[tuple[int, Row]], has_room: Callable[[], bool]
    ) -> Iterator[Asked | Looked]:
        """Give the bytes that came, and pass on what did not."""
        terms = self._setup.terms
        for fetched in self._fetched(rows, has_room):
            number, data = int(fetched.name), fetched.data
            row = self._asked.pop(number)
            content = _content_of(fetched)
            if data is not None and content in terms.placeholders:
                told = f"{NAMED}{content}"
                fetched = fetched._replace(reason="placeholder", detail=told, data=None)
            elif data is not None and content and terms.forgotten.has("image", content):
                fetched, content = fetched._replace(reason="forgotten", data=None), None
            self._came[number] = Seen(row, fetched._replace(data=None), content=content)
            if fetched.data is None:
                yield Looked(number, b"", None)
            else:
                yield Asked(number, fetched.data, None if row["keeps_bytes"] else terms.side_px)

    def _fetched(
        self, rows: Iterable[tuple[int, Row]], has_room: Callable[[], bool]
    ) -> Iterator[Fetched]:
        """Give what came for the rows; rows of one kind that follow each other go together."""
        ahead = 2 * self._setup.workers
        for is_online, group in groupby(self._noted(rows), self._is_online):
            if is_online and self._fetcher:
                yield from self._fetcher.pictures(map(self._link, group), has_room)
            else:
                yield from in_order(self._read, group, self._pool, ahead)

    def _noted(self, rows: Iterable[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
        for number, row in rows:
            self._asked[number] = row
            yield number, row

    def _is_online(self, numbered: tuple[int, Row]) -> bool:
        return self._setup.sources[numbered[1]["source"]].is_online

    def _link(self, numbered: tuple[int, Row]) -> Link:
        number, row = numbered
        return Link(str(number), row["url"], self._setup.sources[row["source"]].obeys_robots)

    def _read(self, numbered: tuple[int, Row]) -> Fetched:
        """Give the bytes of a row whose source has them at hand."""
        number, row = numbered
        try:
            return Fetched(str(number), self._setup.sources[row["source"]].fetch(row["url"]))
        except PictureError as trouble:
            if trouble.reason in self._setup.reasons:
                return Fetched(str(number), None, trouble.reason, trouble.detail or None)
            detail = f"{trouble.reason}: {trouble.detail}"
            return Fetched(str(number), None, "refused", detail)


def _content_of(fetched: Fetched) -> str | None:
    """Give the SHA-256 of the bytes as they came, also of those that the way out kept back."""
    if fetched.data is not None:
        return sha256(fetched.data).hexdigest()
    if fetched.reason == "placeholder" and (fetched.detail or "").startswith(NAMED):
        return (fetched.detail or "").removeprefix(NAMED)
    return None


def in_order(
    function: Callable[[A], B], items: Iterable[A], pool: ThreadPoolExecutor, ahead: int
) -> Iterator[B]:
    """Give the results in the order of the items, working at most `ahead` items in advance."""
    source, waiting = iter(items), deque[Future[B]]()
    waiting.extend(pool.submit(function, item) for item in islice(source, ahead))
    try:
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(pool.submit(function, item) for item in islice(source, 1))
    finally:
        for future in waiting:
            future.cancel()
