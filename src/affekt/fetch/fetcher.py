"""The way out: calls of APIs one by one, pictures many at a time."""

import contextlib
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from yarl import URL

from affekt.errors import MissingSecret
from affekt.fetch.addresses import Allowed
from affekt.fetch.calls import Calls, Form, Judge
from affekt.fetch.errands import Errands
from affekt.fetch.hosts import Board
from affekt.fetch.loops import Loop
from affekt.fetch.manners import Manners
from affekt.fetch.neighbours import Neighbours
from affekt.fetch.news import Hear, unheard
from affekt.fetch.quotas import Quotas
from affekt.fetch.run import Run
from affekt.fetch.settings import Settings
from affekt.fetch.wire import Reply, Wire
from affekt.fetch.words import Answer, Call, Fetched, Link

__all__ = ["Fetcher", "Judge", "Settings", "Standing"]


class Standing(NamedTuple):
    """How a fetcher stands with the world, to be shown while it works."""

    waits: int  # times that a host asked to wait
    left_alone: tuple[str, ...]  # hosts that failed so often that they are not asked
    held: Mapping[str, float] = {}  # hosts that are waited for, and how long yet, s


class _Office:
    """What lives in the thread of the loop, made when it is first needed."""

    def __init__(self, manners: Manners, ledger: Path, settings: Settings) -> None:
        self.loop = Loop()
        self.allowed = Allowed(manners.allowed_networks)
        self.manners, self.together = manners, settings.together
        self.wire = self.loop.run(self._open(settings.authority))
        self.board = self.new_board()
        self.errands = Errands(self.wire, manners, self.allowed, ledger, settings)
        self.calls = Calls(manners, self.allowed, Quotas(ledger, settings.clock), self._get)
        self.in_use = threading.Lock()

    async def _open(self, authority: Path | None) -> Wire:
        processes = self.together.processes if self.together else 1
        return Wire(self.manners, self.allowed, authority, processes)

    def new_board(self) -> Board:
        """Give a board that knows what the other processes tell, and nothing else yet."""
        neighbours = Neighbours(self.together, self.manners) if self.together else None
        return Board(self.manners, self.wire.loop.time, neighbours)

    def _get(self, url: URL, most: int, headers: Mapping[str, str], form: Form | None) -> Reply:
        return self.loop.run(self.wire.get(url, most, headers=headers, form=form))

    def close(self) -> None:
        self.loop.close(self.wire.close)


NOBODY = "you@example.org"  # the contact in the plans that ship


class Fetcher:
    """Asks other people's servers; safe to make anew at any time, and to send to another process.

    Args:
        manners: How to behave.
        ledger: Folder where allowances used up are remembered; shared by all processes.
        opt_outs: Words in the headers of a picture's answer that forbid its use.
        max_bytes: Size of a picture at most.
        settings: What is rarely needed; `opt_outs` and `max_bytes` go before it.
        hear: Told what is waited for and what is ahead, in the thread that asks; stays behind when
            the fetcher is sent to another process.

    Raises:
        MissingSecret: `manners` name no contact, or that of the templates.
    """

    def __init__(
        self,
        manners: Manners,
        ledger: Path,
        *,
        opt_outs: tuple[str, ...] = (),
        max_bytes: int = 20_000_000,
        settings: Settings = Settings(),  # noqa: B008  # frozen
        hear: Hear = unheard,
    ) -> None:
        if manners.contact in (None, NOBODY):
            raise MissingSecret(
                f"fetch: contact is {manners.contact!r}, and servers are asked by nobody unnamed; "
                f'set your own in place of `contact = "{NOBODY}"` in [fetch]'
            )
        self.manners, self.ledger, self.hear = manners, ledger, hear
        self.opt_outs, self.max_bytes = opt_outs, max_bytes
        self.settings = settings._replace(opt_outs=opt_outs, max_bytes=max_bytes)
        self._office: _Office | None = None
        self._opening = threading.Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        return _anew, (self.manners, self.ledger, self.settings)

    def call(self, call: Call, judge: Judge) -> Answer:
        """Give the answer to one call.

        Args:
            call: What is asked.
            judge: Tells why an answer must be asked for again, None when it is good; it may raise
                what ends the asking. It sees every answer that came whole, whatever its status.

        Raises:
            SourceError: No good answer came after all tries; in the server's own words, cleaned.
        """
        return self._opened().calls.make(call, judge)

    def pictures(
        self, links: Iterable[Link], has_room: Callable[[], bool] = lambda: True
    ) -> Iterator[Fetched]:
        """Give what became of each link, in the order in which that is known.

        Links are taken as there is room for them, so memory does not grow with their number. What
        is learned about hosts is kept for the next time, unless two of these run at once.

        Args:
            links: What is asked for.
            has_room: Asked before links are taken: whether the caller has room for their ends. As
                long as it has none, only links already taken are worked on.
        """
        office = self._opened()
        with contextlib.ExitStack() as stack:
            board = office.board
            if office.in_use.acquire(blocking=False):
                stack.callback(office.in_use.release)
            else:
                board = office.new_board()
            yield from Run(office.loop, office.errands, board, has_room).results(links)

    def proposed(self) -> dict[str, str]:
        """Give the contents that were met under too many links of one host, and that host."""
        return {} if self._office is None else dict(self._office.errands.placeholders.proposed)

    def standing(self) -> Standing:
        """Give what a person may want to see while this works."""
        if self._office is None:
            return Standing(0, ())
        board = self._office.board
        return Standing(board.waits, tuple(board.given_up()), board.held())

    def close(self) -> None:
        """Close every connection; the next request opens new ones."""
        office, self._office = self._office, None
        if office is not None:
            office.close()

    def _opened(self) -> _Office:
        with self._opening:
            if self._office is None or not self._office.loop.is_alive():
                self._office = _Office(self.manners, self.ledger, self.settings)
                self._office.calls.hear = self.hear
                weakref.finalize(self, self._office.close)
            return self._office


def _anew(manners: Manners, ledger: Path, settings: Settings) -> Fetcher:
    return Fetcher(
        manners, ledger,
        opt_outs=settings.opt_outs, max_bytes=settings.max_bytes, settings=settings,
    )  # fmt: skip
