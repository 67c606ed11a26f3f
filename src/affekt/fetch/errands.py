"""One step of a link: may it be asked, ask, and judge what came."""

import time
from pathlib import Path
from random import Random

from yarl import URL

from affekt.errors import PictureError
from affekt.fetch import links, robots
from affekt.fetch.addresses import Allowed
from affekt.fetch.hosts import Board
from affekt.fetch.jobs import Job
from affekt.fetch.manners import Manners
from affekt.fetch.opt_outs import opted_out
from affekt.fetch.placeholders import Placeholders, leads_to_one
from affekt.fetch.reasons import PASSING
from affekt.fetch.retries import asked_wait, most_tries, pause
from affekt.fetch.settings import Settings
from affekt.fetch.sniff import sniff
from affekt.fetch.statuses import REDIRECTS, reason_of_status
from affekt.fetch.wire import NO_HEADERS, NO_ROOM, Headers, Reply, Wire
from affekt.fetch.words import Fetched

ROBOTS_REDIRECTS = 5
ROBOTS_MOST_BYTES = 4_000_000
NAP_SECONDS = 0.5  # until a machine without room for a connection tries again
NAPS = 240
SAYS_NOTHING = {"forbidden-address", "forbidden-link", "robots"}  # about a host's health


class Errands:
    """What every step of every link needs."""

    def __init__(
        self,
        wire: Wire,
        manners: Manners,
        allowed: Allowed,
        ledger: Path,
        settings: Settings,
    ) -> None:
        self.wire, self.manners, self.allowed = wire, manners, allowed
        self.opt_outs, self.max_bytes = settings.opt_outs, settings.max_bytes
        self.placeholders = Placeholders(settings.placeholders)
        self.chance = Random()  # noqa: S311  # spreads retries over time; no result depends on it
        self.robots = robots.Robots(ledger, self._read_robots, time.time)

    async def ask(self, job: Job) -> Reply:
        """Give what came of the next request for a job."""
        url = job.target.url
        if job.link.robots and (objection := await self.robots.objection(url)):
            return Reply(None, NO_HEADERS, b"", *objection)
        job.attempts += 1
        return await self.wire.get(url, self.max_bytes, look=self._look)

    def _look(self, url: URL, status: int, headers: Headers) -> tuple[str, str | None] | None:
        """Give why the body of an answer is not wanted, by what stands before it."""
        refusal = reason_of_status(status)
        if refusal:
            return refusal
        directive = opted_out(headers, self.opt_outs)
        if directive:
            return "opted-out", directive
        if leads_to_one(url.raw_host or "", url.raw_path):
            return "placeholder", "the address of its server's picture for missing ones"
        return None

    def judge(self, job: Job, data: bytes) -> Fetched:
        """Give the end of a link whose bytes came whole."""
        if refusal := sniff(data):
            return job.failed(*refusal)
        content = self.placeholders.content_if_one(job.host, job.link.url, data)
        if content:
            return job.failed("placeholder", f"SHA-256 {content}")
        return job.arrived(data)

    def follow(self, job: Job, headers: Headers) -> tuple[str, str] | None:
        """Lead a job to where it is redirected, or give why it must not go there."""
        job.seen.add(str(job.target.url))
        job.hops += 1
        if job.hops > self.manners.redirects:
            return "redirect", f"more than {self.manners.redirects} in a row"
        try:
            there = next_hop(job.target.url, headers.get("Location"), self.allowed)
        except PictureError as trouble:
            return trouble.reason, trouble.detail
        if str(there.url) in job.seen:
            return "redirect", "in a circle"
        job.target = there
        return None

    async def _read_robots(self, url: URL) -> robots.Told:
        """Give a robots.txt; one that is not there, or not for us to read, forbids nothing."""
        for _ in range(ROBOTS_REDIRECTS + 1):
            reply = await self.wire.get(url, ROBOTS_MOST_BYTES)
            if reply.status not in REDIRECTS:
                return _told(reply)
            try:
                url = next_hop(url, reply.headers.get("Location"), self.allowed).url
            except PictureError:
                break
        return robots.Told("")


def _told(reply: Reply) -> robots.Told:
    refusal = None if reply.status is None else reason_of_status(reply.status)
    reason, detail = refusal or (reply.reason, reply.detail)
    if reason is None:
        return robots.Told(reply.body[: robots.MOST_BYTES].decode("utf-8", "replace"))
    if reason in PASSING or reason == "tls":
        return robots.Told("", reason, detail)
    if reason == "too-many-bytes":
        return robots.Told("", "robots", detail)
    return robots.Told("")


def next_hop(url: URL, location: str | None, allowed: Allowed) -> links.Target:
    """Give where a redirect leads.

    Raises:
        PictureError: ``redirect`` when it leads nowhere or to another kind of address,
            ``forbidden-link`` or ``forbidden-address`` when it must not be followed.
    """
    if not location:
        raise PictureError("redirect", "without saying where to")
    text = location.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        joined = str(url.join(URL(text.strip(), encoded=links.TIDY.fullmatch(text) is not None)))
    except ValueError:
        raise PictureError("redirect", "to a link that cannot be read") from None
    scheme = joined.partition(":")[0]
    if scheme not in links.SCHEMES or (url.scheme == "https" and scheme != "https"):
        raise PictureError("redirect", f"from {url.scheme} to {scheme[:20]!r}")
    return links.target(joined, allowed)


def settle(job: Job, reply: Reply, errands: Errands, board: Board) -> Fetched | None:
    """Give the end of a job, or None after queuing it again."""
    job.status = reply.status if reply.status is not None else job.status
    if reply.reason is None:
        board.freed(job, is_alive=True)
        return errands.judge(job, reply.body)
    if reply.reason == NO_ROOM:
        return _nap(job, reply, board)
    if reply.status in REDIRECTS:
        board.freed(job, is_alive=True)
        refusal = errands.follow(job, reply.headers)
        if refusal is None:
            board.put(job, first=True)
        return job.failed(*refusal) if refusal else None
    return _failed(job, reply, errands, board)


def _nap(job: Job, reply: Reply, board: Board) -> Fetched | None:
    """Ask again soon: this machine had no room, which says nothing about the link."""
    job.naps += 1
    job.attempts -= 1
    board.freed(job, is_alive=None)
    if job.naps > NAPS:
        return job.failed("no-connection", reply.detail)
    board.put_later(job, NAP_SECONDS)
    return None


def _failed(job: Job, reply: Reply, errands: Errands, board: Board) -> Fetched | None:
    assert reply.reason is not None
    reason, manners = reply.reason, errands.manners
    job.reason, job.detail = reason, reply.detail
    job.failures += 1
    wait = asked_wait(reply.headers, time.time()) if reason in PASSING else None
    is_short = wait is not None and wait <= manners.wait_seconds
    if wait is not None and is_short:
        board.hold(job.host, wait)
    is_sick = reason in PASSING or reason == "tls"
    board.freed(job, is_alive=None if reason in SAYS_NOTHING else not is_sick, reason=reason)
    if job.failures >= most_tries(reason, manners.tries):
        return job.failed(reason, reply.detail)
    if wait is None:
        board.put_later(job, pause(job.failures, manners.pause_seconds, errands.chance))
    elif is_short:
        board.put(job, first=True)
    else:
        job.reason, job.detail = "busy", f"{reply.detail}, asks to wait {wait:,.0f} s"
        if job.waits:
            return job.failed(job.reason, job.detail)
        board.put_off(job, wait)
    return None
