"""One run over many links: they go in as there is room, and come out as they end.

Two threads share it. The one that asked puts links in and takes ends out; the one with the event
loop does everything between. Requests are made by workers, of which there are only as many as there
is work for; a link that waits for its time is a line in a queue and nothing more.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from affekt.errors import PictureError
from affekt.fetch import links
from affekt.fetch.errands import Errands, settle
from affekt.fetch.hosts import Board
from affekt.fetch.jobs import Job
from affekt.fetch.loops import Loop
from affekt.fetch.secrets import hide
from affekt.fetch.words import Fetched, Link

WINDOW = 10_000  # links taken whose end is not known; so a slow host does not hide the others
BATCH = 500  # links handed over at a time
BATCH_SECONDS = 0.05  # or those that came in this time
UNTAKEN_BYTES = 64_000_000  # of pictures that wait to be taken
UNTAKEN = 2_000  # ends that wait to be taken
LONGEST_NAP = 5.0  # s until the asking thread looks whether the other one lives

log = logging.getLogger(__name__)


class Run:
    """The links of one call of `Fetcher.pictures`."""

    def __init__(
        self, loop: Loop, errands: Errands, board: Board, has_room: Callable[[], bool]
    ) -> None:
        self.loop, self.errands, self.board = loop, errands, board
        self.has_room = has_room
        self.places = errands.wire.places
        self.ended: deque[Fetched] = deque()
        self.news = threading.Event()
        # Each of these is written by one of the two threads alone.
        self.fed = self.taken = self.bytes_taken = 0
        self.known = self.given = self.bytes_given = 0
        self.is_all = False  # whether the loop knows all links
        self.is_sated = False  # whether whoever asked takes no more links for now
        self.is_held = False  # whether ends must be taken before work goes on
        self.is_telling = False  # whether the asking thread is about to be woken
        self.trouble: BaseException | None = None
        self.workers: set[asyncio.Task[None]] = set()
        self.timer: asyncio.TimerHandle | None = None
        board.begin()

    def results(self, given: Iterable[Link]) -> Iterator[Fetched]:
        """Give the ends of all links, in the thread that asked."""
        source, is_all = iter(given), False
        try:
            while True:
                if not is_all and self._has_appetite():
                    is_all = self._feed(source)
                elif self.ended:
                    yield self._take()
                elif is_all and self.given == self.fed and not self.ended:
                    return
                else:
                    self._wait()
        finally:
            self._stop()

    def _has_appetite(self) -> bool:
        """Tell whether more links are needed, or wanted while there is nothing to hand out."""
        inside = self.fed - self.given
        # With nothing inside, whoever asked might wait for what only further links push out.
        self._sate(bool(inside or self.ended) and not self.has_room())
        wants = inside < 2 * self.places or (not self.ended and inside < WINDOW)
        return wants and not self.is_sated

    def _sate(self, is_sated: bool) -> None:
        """Let the loop know whether links may still come before some have ended."""
        if is_sated != self.is_sated:
            self.is_sated = is_sated
            self.loop.soon(self._pump)

    def _feed(self, source: Iterator[Link]) -> bool:
        """Hand links over, and tell whether they were the last."""
        batch, until = [], time.monotonic() + BATCH_SECONDS
        for link in source:
            batch.append(link)
            if len(batch) == BATCH or time.monotonic() > until:
                break
        else:
            self._hand_over(batch, is_all=True)
            return True
        self._hand_over(batch, is_all=False)
        return False

    def _hand_over(self, batch: list[Link], *, is_all: bool) -> None:
        self.fed += len(batch)
        self.loop.soon(self._add, batch, is_all)

    def _take(self) -> Fetched:
        one = self.ended.popleft()
        self.taken += 1
        self.bytes_taken += len(one.data or b"")
        self._let_go_on()
        return one

    def _let_go_on(self) -> None:
        if self.is_held and not self._is_full(0.5):
            self.is_held = False
            self.loop.soon(self._pump)

    def _is_full(self, share: float = 1.0) -> bool:
        """Tell whether more than a share of what may wait to be taken does."""
        waiting = self.bytes_given - self.bytes_taken
        return waiting > share * UNTAKEN_BYTES or self.given - self.taken > share * UNTAKEN

    def _wait(self) -> None:
        self._let_go_on()  # work may have stopped after the last end was taken
        self.news.clear()
        if not self.ended and self.given != self.fed and self.trouble is None:
            self.news.wait(LONGEST_NAP)
        if self.trouble is not None:
            raise self.trouble
        if not self.loop.is_alive():
            raise RuntimeError("the fetcher was closed while it was asked for pictures")

    def _stop(self) -> None:
        if self.loop.is_here():  # collected as garbage inside the loop: nobody can be waited for
            self._end_workers()
            self.board.end()
        elif self.loop.is_alive():
            self.loop.run(self._close())

    # From here on everything runs in the thread of the loop.

    async def _close(self) -> None:
        workers = list(self.workers)
        self._end_workers()
        await asyncio.gather(*workers, return_exceptions=True)
        self.board.end()

    def _end_workers(self) -> None:
        self.is_held = True
        if self.timer is not None:
            self.timer.cancel()
        for worker in self.workers:
            worker.cancel()

    def _add(self, batch: list[Link], is_all: bool) -> None:
        self.known += len(batch)
        self.is_all = is_all
        for link in batch:
            try:
                self.board.put(Job(link, links.target(link.url, self.errands.allowed)))
            except PictureError as trouble:
                self._give(Fetched(link.name, None, trouble.reason, hide(trouble.detail)))
        self._pump()

    def _give(self, one: Fetched) -> None:
        self.ended.append(one)
        self.bytes_given += len(one.data or b"")
        self.given += 1
        if not self.is_telling:  # once for all ends of a round of the loop: waking costs
            self.is_telling = True
            self.errands.wire.loop.call_soon(self._tell)

    def _tell(self) -> None:
        self.is_telling = False
        self.news.set()

    def _pump(self) -> None:
        """Let workers begin while there is work; at the end, let what is parked come back."""
        is_over = False
        while not is_over:
            while len(self.workers) < self.places and (job := self._next()) is not None:
                self.workers.add(asyncio.get_running_loop().create_task(self._work(job)))
            self._give_lost()
            is_over = bool(self.workers) or not self._is_at_end() or not self.board.come_back()
        self._set_timer()

    def _next(self) -> Job | None:
        self.is_held = self.is_held or self._is_full()
        return None if self.is_held else self.board.take()

    def _is_at_end(self) -> bool:
        """Tell whether no link will come that could be asked first."""
        is_shut = self.is_all or self.is_sated or self.known - self.given >= WINDOW
        return self.board.is_quiet() and is_shut

    def _set_timer(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        at = self.board.next_at()
        # While all places are taken, the next worker to be free looks; a time past would spin here.
        if at is not None and not self.is_held and len(self.workers) < self.places:
            self.timer = asyncio.get_running_loop().call_at(at, self._pump)

    async def _work(self, job: Job | None) -> None:
        """Make one request after the other while any may be made."""
        try:
            while job is not None:
                await self._step(job)
                self._give_lost()
                job = self._next()
                if job is not None and len(self.workers) < self.places:
                    self._pump()
        except asyncio.CancelledError:
            raise
        except BaseException as trouble:  # the asking thread raises it
            self.trouble = trouble
            self.news.set()
        finally:
            task = asyncio.current_task()
            assert task is not None
            self.workers.discard(task)
        self._pump()

    async def _step(self, job: Job) -> None:
        end = settle(job, await self.errands.ask(job), self.errands, self.board)
        if end is not None:
            self._give(end)

    def _give_lost(self) -> None:
        lost = self.board.lost
        while lost:
            job = lost.popleft()
            if job.reason is not None:
                self._give(job.failed(job.reason, job.detail))
                continue
            host = self.board.hosts[job.host]
            self._give(job.failed("host-given-up", f"its links failed one by one: {host.last}"))
