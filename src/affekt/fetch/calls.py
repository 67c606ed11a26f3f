"""Calls of APIs, one by one: politely, again when that can help, and without showing a key."""

import logging
import time
from collections.abc import Callable, Mapping
from random import Random
from typing import NamedTuple

from yarl import URL

from affekt.errors import AffektError, PictureError, SourceError
from affekt.fetch.addresses import Allowed
from affekt.fetch.errands import next_hop
from affekt.fetch.links import target
from affekt.fetch.manners import Manners
from affekt.fetch.news import TELL_FROM, Hear, unheard, waiting
from affekt.fetch.quotas import Quotas
from affekt.fetch.reasons import PASSING
from affekt.fetch.retries import asked_wait, pause
from affekt.fetch.secrets import hide, hide_in_answer, keep_secret
from affekt.fetch.statuses import BUSY, REDIRECTS
from affekt.fetch.wire import NO_ROOM, Reply
from affekt.fetch.words import Answer, Call
from affekt.foreign import clean

MOST_BYTES = 64_000_000  # of an answer
HEALS = {*PASSING, NO_ROOM, "http-error"}  # what is no HTTP at all may be next time
SHOWN = 200  # leading bytes of an answer that are kept to explain

Judge = Callable[[Answer], str | None]
Form = Mapping[str, str]
Get = Callable[[URL, int, Mapping[str, str], Form | None], Reply]

log = logging.getLogger(__name__)


class _Trouble(NamedTuple):
    """Why a call must be made again, and when at the earliest."""

    why: str
    wait: float | None = None


class Calls:
    """The calls of one fetcher.

    Args:
        get: Makes one request: link, most bytes, headers, and the form that is posted or None.
    """

    def __init__(self, manners: Manners, allowed: Allowed, quotas: Quotas, get: Get) -> None:
        self.manners, self.allowed, self.quotas, self.get = manners, allowed, quotas, get
        self.hear: Hear = unheard
        self.sleep = quotas.clock.sleep
        self.chance = Random()  # noqa: S311  # spreads retries over time; no result depends on it
        self._next_at: dict[str, float] = {}

    def make(self, call: Call, judge: Judge) -> Answer:
        """Give the good answer to a call; see `Fetcher.call`."""
        _keep_secrets(call)
        trouble = _Trouble("")
        for failures in range(1, self.manners.tries + 1):
            answer, trouble = self._try(call, judge)
            if answer is not None:
                return answer._replace(tries=failures)
            if failures < self.manners.tries:
                self._pause(call, trouble, failures)
        raise self._error(call, f"{trouble.why}, asked {self.manners.tries} times")

    def _try(self, call: Call, judge: Judge) -> tuple[Answer | None, _Trouble]:
        if call.quota is not None:
            self.quotas.spend(call.quota, self.hear)
        reply = self._ask(call)
        wait = asked_wait(reply.headers, time.time())
        if reply.status is None or reply.reason is not None:
            why = f"{reply.reason} ({reply.detail})"
            if reply.reason not in HEALS:
                raise self._error(call, why)
            return None, _Trouble(why, wait)
        answer = _answer(reply, may_hold_key=call.is_posted)
        verdict = _judged(judge, answer)
        if verdict is None and (reply.status in BUSY or reply.status >= 500):
            verdict = f"status {reply.status} with {clean(answer.body[:SHOWN], SHOWN)!r}"
        return (answer, _Trouble("")) if verdict is None else (None, _Trouble(verdict, wait))

    def _ask(self, call: Call) -> Reply:
        """Give the reply to a call, after redirects that stay with its server."""
        url, asked = self._target(call, call.url), {**call.query, **call.secrets}
        form = asked if call.is_posted else None
        url = url if call.is_posted else url.update_query(asked)
        headers = {"Accept": "*/*", "Accept-Encoding": "gzip"}
        headers |= {**call.headers, **call.secret_headers}
        for _ in range(self.manners.redirects + 1):
            self._keep_pace(url)
            reply = self.get(url, MOST_BYTES, headers, form)
            if reply.status not in REDIRECTS or reply.reason is not None:
                return reply
            url = self._next_hop(call, url, reply.headers.get("Location"))
        raise self._error(call, f"redirected more than {self.manners.redirects} times")

    def _target(self, call: Call, link: str) -> URL:
        try:
            return target(link, self.allowed).url
        except PictureError as trouble:
            raise self._error(call, f"{trouble.reason} ({trouble.detail})") from None

    def _next_hop(self, call: Call, url: URL, location: str | None) -> URL:
        try:
            there = next_hop(url, location, self.allowed).url
        except PictureError as trouble:
            raise self._error(call, f"{trouble.reason} ({trouble.detail})") from None
        if there.origin() != url.origin():
            # A key goes to the server it is meant for and to nobody else.
            raise self._error(call, f"redirected to another server, {there.raw_host!r}")
        return there

    def _keep_pace(self, url: URL) -> None:
        host, now = str(url.raw_host), self.quotas.clock.now()
        paces = [one for one in (self.manners.per_second, self.manners.at(host).per_second) if one]
        if not paces:
            return
        wait = self._next_at.get(host, now) - now
        longest = 1 / min(paces)
        if 0 < wait <= longest:
            self.sleep(wait)
        self._next_at[host] = self.quotas.clock.now() + longest

    def _pause(self, call: Call, trouble: _Trouble, failures: int) -> None:
        wait = pause(failures, self.manners.pause_seconds, self.chance)
        if trouble.wait is not None:
            if trouble.wait > self.manners.wait_seconds:
                why = f"{trouble.why}; it asks to wait {trouble.wait:,.0f} s"
                raise self._error(call, f"{why}, more than {self.manners.wait_seconds:g}")
            wait = max(wait, trouble.wait)
        if wait > TELL_FROM:
            log.info("%s: going on in %.0f s", _place(call), wait)
            self.hear(waiting(_place(call), self.quotas.clock.now(), wait))
        self.sleep(wait)

    def _error(self, call: Call, why: str) -> SourceError:
        return SourceError(
            hide(f"{_place(call)}: {why}; nothing is lost, so run the command again later")
        )


def _keep_secrets(call: Call) -> None:
    keep_secret([*call.secrets.values(), *call.secret_headers.values()])
    if call.quota is not None and call.quota.is_secret:
        keep_secret([call.quota.owner])


def _place(call: Call) -> str:
    return clean(call.url.partition("?")[0])


def _answer(reply: Reply, *, may_hold_key: bool) -> Answer:
    """Give what a server said, with stars in place of keys that it repeats, not of one it gives."""
    assert reply.status is not None
    names = dict.fromkeys(name.lower() for name in reply.headers)
    headers = {name: hide(", ".join(reply.headers.getall(name))) for name in names}
    body = reply.body if may_hold_key else hide_in_answer(reply.body)
    return Answer(reply.status, headers, body)


def _judged(judge: Judge, answer: Answer) -> str | None:
    """Give a judge's verdict; what it raises may hold a server's words, and those a key."""
    try:
        return judge(answer)
    except AffektError as trouble:
        trouble.args = tuple(hide(str(one)) for one in trouble.args)
        raise
