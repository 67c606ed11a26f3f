"""The way out: calls of APIs one by one, pictures many at a time."""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import aiohttp

from affekt import __version__
from affekt.errors import MissingSecret, SourceError
from affekt.fetch.manners import Manners
from affekt.fetch.words import Answer, Call, Fetched, Link

Judge = Callable[[Answer], str | None]


class Fetcher:
    """Asks other people's servers; safe to make anew at any time.

    Args:
        manners: How to behave.
        ledger: Folder where allowances used up are remembered; shared by all processes.
        opt_outs: Words in the headers of a picture's answer that forbid its use.
        max_bytes: Size of a picture at most.

    Raises:
        MissingSecret: `manners` name no contact.
    """

    def __init__(
        self,
        manners: Manners,
        ledger: Path,
        *,
        opt_outs: tuple[str, ...] = (),
        max_bytes: int = 20_000_000,
    ) -> None:
        if manners.contact is None:
            raise MissingSecret(
                "fetch: no contact is given, and servers are asked by nobody unnamed; set "
                '`contact = "you@example.org"` in [fetch]'
            )
        self.manners, self.ledger = manners, ledger
        self.opt_outs, self.max_bytes = opt_outs, max_bytes

    def call(self, call: Call, judge: Judge) -> Answer:
        """Give the answer to one call.

        Args:
            call: What is asked.
            judge: Tells why an answer must be asked for again, None when it is good; it may raise
                what ends the asking. It sees every answer that came whole, whatever its status.

        Raises:
            SourceError: No good answer came after all tries; in the server's own words, cleaned.
        """
        return asyncio.run(self._call(call, judge))

    async def _call(self, call: Call, judge: Judge) -> Answer:
        trouble: str | None = "no answer"
        async with self._session() as session:
            for attempt in range(self.manners.tries):
                await asyncio.sleep(0.5 * attempt)
                try:
                    answer = await _ask(session, call)
                except (aiohttp.ClientError, TimeoutError) as failure:
                    trouble = type(failure).__name__
                    continue
                trouble = judge(answer)
                if trouble is None:
                    return answer
        raise SourceError(f"{call.url}: {trouble}, {self.manners.tries} times; try again later")

    def pictures(self, links: Iterable[Link]) -> Iterator[Fetched]:
        """Give what became of each link, in the order in which that is known.

        Links are taken as there is room for them, so memory does not grow with their number.
        """
        done: queue.Queue[Fetched | BaseException | None] = queue.Queue(self.manners.at_once)
        thread = threading.Thread(target=self._run, args=(iter(links), done), daemon=True)
        thread.start()
        while (one := done.get()) is not None:
            if isinstance(one, BaseException):
                raise one
            yield one
        thread.join()

    def _run(
        self, links: Iterator[Link], done: "queue.Queue[Fetched | BaseException | None]"
    ) -> None:
        try:
            asyncio.run(self._all(links, done))
        except BaseException as trouble:
            done.put(trouble)
        done.put(None)

    async def _all(
        self, links: Iterator[Link], done: "queue.Queue[Fetched | BaseException | None]"
    ) -> None:
        async def worker(session: aiohttp.ClientSession) -> None:
            for link in links:
                fetched = await self._one(session, link)
                await asyncio.to_thread(done.put, fetched)

        async with self._session() as session, asyncio.TaskGroup() as group:
            for _ in range(self.manners.at_once):
                group.create_task(worker(session))

    async def _one(self, session: aiohttp.ClientSession, link: Link) -> Fetched:
        reason, status = "cut-off", None
        for attempt in range(1, self.manners.tries + 1):
            try:
                async with session.get(link.url) as response:
                    status, data = response.status, await response.read()
                    reason = _reason_of(status)
                    if reason is None:
                        return Fetched(
                            link.name, data, None, None, status, str(response.url), attempt
                        )
            except TimeoutError:
                reason = "too-long"
            except aiohttp.ClientConnectorError:
                reason = "no-connection"
            except aiohttp.ClientError:
                reason = "cut-off"
            if reason in ("gone", "denied", "http-error"):
                break
            await asyncio.sleep(0.2 * attempt)
        return Fetched(link.name, None, reason, None, status, None, attempt)

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            headers={"User-Agent": f"affekt/{__version__} (+{self.manners.contact})"},
            timeout=aiohttp.ClientTimeout(
                total=self.manners.total_seconds,
                sock_connect=self.manners.connect_seconds,
                sock_read=self.manners.answer_seconds,
            ),
            connector=aiohttp.TCPConnector(limit=self.manners.at_once),
            cookie_jar=aiohttp.DummyCookieJar(),
        )


def _reason_of(status: int) -> str | None:
    if status == 200:
        return None
    if status in (404, 410, 451):
        return "gone"
    if status in (401, 403):
        return "denied"
    if status in (429, 503):
        return "busy"
    return "server-error" if status >= 500 else "http-error"


async def _ask(session: aiohttp.ClientSession, call: Call) -> Answer:
    async with session.get(
        call.url,
        params={**call.query, **call.secrets},
        headers={**call.headers, **call.secret_headers},
    ) as response:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, headers, await response.read())
