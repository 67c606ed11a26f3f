"""Where weakly labelled pictures come from.

To add one, write ``sources/<kind>.py`` with one final subclass of `Source`. The exam in
``tests/exams/test_sources.py`` finds it by its file.
"""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from affekt.errors import PictureError
from affekt.fetch.manners import HostManners, Manners
from affekt.parts import Part

if TYPE_CHECKING:
    from affekt.fetch.fetcher import Fetcher


@dataclass(frozen=True)
class Query:
    """What a source is asked: the words of one emotion, or everything when there is no emotion.

    Attributes:
        emotion: Its name.
        words: The words that name it.
        most: How many pictures may be taken, where a source must share out a limit.
    """

    emotion: str | None
    words: tuple[str, ...]
    most: int | None = None

    @property
    def text(self) -> str:
        """The words as one line; ``""`` when everything is asked for."""
        return " ".join(self.words)


@dataclass(frozen=True)
class Page:
    """One answer of a source.

    Attributes:
        hits: One mapping a picture, keys among the columns of `affekt.tables.FOUND`; ``source_id``
            is needed, ``source``, ``query``, ``emotion`` and ``found_at`` are added by the stage
            where they are absent.
        after: Where to go on, as the source understands it; None on the last page.
        refused: Entries that are no picture: (name, reason, detail).
    """

    hits: tuple[Mapping[str, Any], ...]
    after: str | None
    refused: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Today:
    """What a source says today of a picture that it once showed.

    Attributes:
        trouble: Why it is not to be had from there: ``not-shown``, ``private``; or ``""``.
        licence: Canonical word; None where the source names none that is known.
        tags: As people gave them.
    """

    trouble: str = ""
    licence: str | None = None
    tags: tuple[str, ...] = ()


class Source(Part):
    """Where weakly labelled pictures come from; a frozen value whose fields are its settings.

    `pages` is asked again from the last stored `Page.after` when a run was cut off, and must then
    give the pages that are missing and no other.
    """

    family = "sources"
    reasons: ClassVar[
        Mapping[str, str]
    ] = {}  # reasons of its own in `Page.refused` and `fetch`, explained
    is_online: ClassVar[bool] = False  # asks servers; its pictures lie on the web, at their ``url``
    is_fleeting: ClassVar[bool] = False  # its links expire: searched last, fetched first
    obeys_robots: ClassVar[bool] = False  # its links come from people, not from the host's own API

    hosts: ClassVar[Mapping[str, HostManners]] = {}  # what its hosts ask of everybody

    def witness(self) -> str:
        """Digest of what would change the answers, where that is cheap to tell; else ``""``.

        A source with a witness is asked again by itself when that changes; any other is asked
        again when `edition` of [collect] is raised.
        """
        return ""

    @abstractmethod
    def queries(self, words: Mapping[str, tuple[str, ...]]) -> tuple[Query, ...]:
        """Give the queries to ask: usually one an emotion, from emotion name → words."""

    def parts(self, complete: Iterable[Mapping[str, Any]]) -> tuple["Source", ...]:
        """Give the sources that are asked in its place, one after the other.

        A source that has grown gives one that was asked to its end, and the rest. ``complete`` has
        the identities of sources of this kind whose answers to the same query are all there.
        """
        return (self,)

    @abstractmethod
    def pages(self, query: Query, after: str | None, fetcher: "Fetcher | None") -> Iterator[Page]:
        """Give the answers to one query, starting behind ``after``; deterministic order.

        Only a source that is online uses the fetcher; it is None when none of the plan's is.
        """

    def fetch(self, url: str) -> bytes:
        """Give the bytes behind a hit's ``url``; asked only of a source that is not online.

        Raises:
            PictureError: They cannot be had; the reason word says why.
        """
        raise PictureError("gone", f"the {self.kind()} source holds no pictures of its own")

    def name_at(self, page_url: str | None, url: str | None) -> str | None:
        """Give what it calls a picture by the addresses of page and file.

        None where they are no addresses of its own, or where it cannot be asked about a picture.
        """
        return None

    def today(self, names: Sequence[str], fetcher: "Fetcher") -> Mapping[str, Today]:
        """Ask what it says today of pictures, by `name_at`; without a name it says nothing.

        Raises:
            SourceError: It gave no good answer.
            MissingSecret: There is no key, or it was refused.
        """
        return {}

    def foretold(self) -> str:
        """Give what is known of its pace before anybody is asked, or ``""``."""
        return ""

    def check_ready(self) -> None:
        """Check, before anybody is asked, that all is there which asking needs.

        Raises:
            MissingSecret: A key is not set; the sentence names the variable, never a value.
        """


def guests(manners: Manners, sources: Iterable[Source]) -> Manners:
    """Give the manners of a plan with what the hosts of its sources ask of everybody."""
    return manners.with_hosts({name: one for each in sources for name, one in each.hosts.items()})


def labels(sources: Iterable[Source]) -> tuple[str, ...]:
    """Give every source its name in the tables: its kind, the second of a kind ``kind-2``.

    Sources that are online, of one kind and one ``base``, ask one service, which names a picture
    alike in all answers: they share a name, and their queries tell them apart.
    """
    given: list[str] = []
    services: dict[str, list[object]] = {}
    for source in sources:
        kind = source.kind()
        known = services.setdefault(kind, [])
        service = getattr(source, "base", None) if source.is_online else None
        if service is None or service not in known:
            known.append(service)
            number = len(known)
        else:
            number = known.index(service) + 1
        given.append(kind if number == 1 else f"{kind}-{number}")
    return tuple(given)


def labelled(sources: Iterable[Source]) -> dict[str, Source]:
    """Give the sources by their names in the tables; of those that share one, the first."""
    named: dict[str, Source] = {}
    every = tuple(sources)
    for label, source in zip(labels(every), every, strict=True):
        named.setdefault(label, source)
    return named
