"""What a host's robots.txt asks of us, read as RFC 9309 says and remembered for a day."""

import asyncio
import hashlib
import json
import os
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

from yarl import URL

OURS = "affekt"
KEPT_SECONDS = 24 * 3600.0
KEPT_SHORTLY = 1.0  # s for which a failure is remembered, inside this process only
KEPT_HOSTS = 2_000  # in memory
MOST_BYTES = 512 * 1024  # of the file; what comes later is not read (RFC 9309, 2.5)
LINE = re.compile(r"^\s*(user-agent|allow|disallow)\s*:\s*([^#]*)", re.IGNORECASE)


class Rule(NamedTuple):
    """One line of a group that speaks to us."""

    length: int  # of the pattern: the longest one decides
    allows: bool
    pieces: tuple[str, ...]  # what stands between its asterisks
    ends: bool  # whether the path must end where the pattern does


class Told(NamedTuple):
    """What is known about one host: its file, or why there is none that could be read."""

    text: str
    reason: str | None = None
    detail: str | None = None


Read = Callable[[URL], Awaitable[Told]]


class Robots:
    """The robots.txt of every host that was asked.

    Args:
        folder: Where they are remembered, for all processes.
        read: Fetches one, with the manners of the fetcher.
        now: Seconds since 1970.
    """

    def __init__(self, folder: Path, read: Read, now: Callable[[], float] = time.time) -> None:
        self.folder, self.read, self.now = folder, read, now
        self._asking: dict[str, asyncio.Lock] = {}
        self._known: OrderedDict[str, tuple[float, Told]] = OrderedDict()

    async def objection(self, url: URL) -> tuple[str, str | None] | None:
        """Give why a link may not be fetched, as reason and detail, or None."""
        told = await self._told(url)
        if told.reason is not None:
            return told.reason, f"its robots.txt: {told.detail}"
        if allows(rules(told.text), url.raw_path_qs):
            return None
        return "robots", "its robots.txt disallows this path"

    async def _told(self, url: URL) -> Told:
        origin = f"{url.scheme}://{(url.raw_host or '').lower()}:{url.port}"
        until, told = self._known.get(origin, (0.0, Told("")))
        if until > self.now():
            return told
        gate = self._asking.setdefault(origin, asyncio.Lock())
        async with gate:  # one asks, the others of that host wait for what it learns
            until, told = self._known.get(origin, (0.0, Told("")))
            if until <= self.now():
                told = await self._learn(origin)
        self._asking.pop(origin, None)
        return told

    async def _learn(self, origin: str) -> Told:
        kept = self._kept(origin)
        if kept is None:
            told = await self.read(URL(f"{origin}/robots.txt", encoded=True))
            seconds = KEPT_SECONDS if told.reason is None else KEPT_SHORTLY
            kept = self.now() + seconds, told
            if told.reason is None:
                self._keep(origin, *kept)
        self._known[origin] = kept
        if len(self._known) > KEPT_HOSTS:
            self._known.popitem(last=False)
        return kept[1]

    def _path(self, origin: str) -> Path:
        name = hashlib.sha256(origin.encode()).hexdigest()
        return self.folder / "robots" / name[:2] / f"{name[2:32]}.json"

    def _kept(self, origin: str) -> tuple[float, Told] | None:
        try:
            found = json.loads(self._path(origin).read_text(encoding="utf-8"))
            until, text = float(found["until"]), str(found["text"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        now = self.now()
        return (until, Told(text)) if now < until <= now + KEPT_SECONDS else None

    def _keep(self, origin: str, until: float, told: Told) -> None:
        path = self._path(origin)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}.part")
        beside.write_text(json.dumps({"origin": origin, "until": until, "text": told.text}))
        beside.replace(path)


@lru_cache(maxsize=256)
def rules(text: str) -> tuple[Rule, ...]:
    """Give the rules that speak to us: those that name us, else those for everybody."""
    ours, everybody, is_named = [], [], False
    for agents, rule in _groups(text):
        is_named = is_named or OURS in agents
        if rule is None:
            continue
        if OURS in agents:
            ours.append(rule)
        if "*" in agents:
            everybody.append(rule)
    return tuple(ours if is_named else everybody)


def _groups(text: str) -> Iterator[tuple[frozenset[str], Rule | None]]:
    """Give each line with the agents of its group; agents named one below the other share one."""
    agents: frozenset[str] = frozenset()
    is_open = False
    for line in text[:MOST_BYTES].lstrip("\ufeff").splitlines():
        found = LINE.match(line)
        if not found:
            continue
        key, value = found[1].lower(), found[2].strip()
        if key == "user-agent":
            name = re.split(r"[\s/]", value.lower())[0]
            agents = (agents if is_open else frozenset()) | {name}
            is_open = True
            yield agents, None
            continue
        is_open = False
        if value:  # an empty pattern forbids nothing
            yield agents, _rule(value, allows=key == "allow")


def _rule(value: str, *, allows: bool) -> Rule:
    ends = value.endswith("$")
    pieces = re.split(r"\*+", _spelled(value[:-1] if ends else value))
    return Rule(len(value), allows, tuple(pieces), ends)


def _spelled(path: str) -> str:
    """Give a path in the one spelling that is compared."""
    kept = re.sub("%(2f)", "%25\\1", path, flags=re.IGNORECASE)  # an escaped slash is no slash
    return quote(unquote(kept), safe="/*?&=$%:@,;+!'()~")


def _matches(rule: Rule, path: str) -> bool:
    """Tell whether a rule speaks of a path, in one pass however many asterisks it has."""
    first, *others = rule.pieces
    if not path.startswith(first):
        return False
    at = len(first)
    for piece in others[:-1] if rule.ends else others:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    if not rule.ends:
        return True
    return (
        path.endswith(others[-1]) and len(path) - len(others[-1]) >= at
        if others
        else at == len(path)
    )


def allows(found: tuple[Rule, ...], path: str) -> bool:
    """Tell whether rules allow a path: the longest that matches decides, a tie allows."""
    spelled = _spelled(path or "/")
    matching = [rule[:2] for rule in found if _matches(rule, spelled)]
    return max(matching, default=(0, True))[1]
