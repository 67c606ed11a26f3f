"""What is fetched in `benchmarks.fetch`: links, each with the word that it must end in."""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tests.servers.faults import SPEC, Case, closed_port

# Per 10,000 links of a crawl, and the path that stands for each; {n} makes the link unlike others.
# One content under more than 50 links of a server would be a placeholder, so there is little of it.
MIX = (
    (7_500, "ok", "{host}/ok/{n}.jpg", None),
    (700, "404", "{host}/status/404.jpg?{n}", "gone"),
    (350, "unresolvable name", "http://no-such-host-{n}.invalid/a.jpg", "dns"),
    (350, "403", "{host}/status/403.jpg?{n}", "denied"),
    (130, "undecodable", "{host}/cut.jpg?{n}", "truncated"),
    (100, "no answer in time", "{host}/silent.jpg?{n}", "no-answer"),
    (60, "other 4xx", "{host}/status/400.jpg?{n}", "http-error"),
    (40, "TLS", "{secure}/ok/{n}.jpg", "tls"),
    (40, "5xx", "{host}/status/500.jpg?{n}", "server-error"),
    (50, "closed early", "{host}/longer.jpg?{n}", "cut-off"),
    (80, "opted out", "{host}/tag/0.jpg?{n}", "opted-out"),
    (100, "HTML", "{host}/page.jpg?{n}", "not-a-picture"),
    (50, "empty", "{host}/empty.jpg?{n}", "empty"),
    (100, "closed port", "{closed}/{n}.jpg", "no-connection"),
    (50, "self redirect", "{host}/self.jpg?{n}", "redirect"),
    (200, "redirect that works", "{host}/lead?/ok/{n}.jpg", None),
    (25, "PNG", "{host}/kind/plain.png?{n}", None),
    (25, "WebP", "{host}/kind/plain.webp?{n}", None),
    (50, "too many bytes", "{host}/vast.jpg?{n}", "too-many-bytes"),
)


class Wanted(NamedTuple):
    """One link: its kind in words, and the reason it must end in, None for a picture."""

    kind: str
    url: str
    reason: str | None


def clean(places: Mapping[str, Any], count: int, start: int) -> list[Wanted]:
    """Give links to pictures that are all there, spread over the hosts."""
    hosts: Sequence[str] = places["plain"]
    return [
        Wanted("ok", f"{hosts[number % len(hosts)]}/ok/{number}.jpg", None)
        for number in range(start, start + count)
    ]


def with_silent(places: Mapping[str, Any], count: int) -> list[Wanted]:
    """Give links that are all there but for one of every 8,000, which is never answered.

    Links are named by their place in the list and sorted by name, so each 8,000 that follow each
    other have one.
    """
    found = clean(places, count, 0)
    for place in sorted(range(count), key=str)[100::8_000]:
        host = places["plain"][place % len(places["plain"])]
        found[place] = Wanted("no answer in time", f"{host}/silent.jpg?{place}", "no-answer")
    return found


def mixed(places: Mapping[str, Any], count: int, start: int) -> list[Wanted]:
    """Give links as a crawl meets them, in random order."""
    hosts: Sequence[str] = places["plain"]
    closed = [f"http://127.0.0.1:{closed_port()}" for _ in range(20)]
    found: list[Wanted] = []
    for per_10_000, kind, pattern, reason in MIX:
        for _ in range(round(per_10_000 * count / 10_000)):
            number = start + len(found)
            url = pattern.format(
                host=hosts[number % len(hosts)],
                secure=places["secure"][number % len(places["secure"])],
                closed=closed[number % len(closed)],
                n=number,
            )
            found.append(Wanted(kind, url, reason))
    random.Random(2016).shuffle(found)
    return found


def faulty(places: Mapping[str, Any], count: int) -> list[Wanted]:
    """Give every fault there is, healthy links of one host and duplicates between them."""
    cases = [Case(*case) for case in places["cases"]]
    slow = {"endless slow drip": "too-slow"}  # seen before the time of the whole answer is over
    found = [Wanted(case.kind, case.url, slow.get(case.kind, case.reason)) for case in cases]
    host = places["plain"][0]
    kind = "identical placeholder"
    found += [Wanted(kind, f"{host}/placeholder/{n}.jpg", "placeholder") for n in range(100)]
    found += [Wanted("duplicate URLs", f"{host}/ok/7.jpg", None) for _ in range(20)]
    kind = "5,000 URLs on one host"
    rest = range(count - len(found))
    found += [Wanted(kind, f"{host}/ok/{number}.jpg", None) for number in rest]
    random.Random(2016).shuffle(found)
    return found


def unknown_kinds(found: Sequence[Wanted]) -> Iterator[str]:
    """Give the kinds of the list of 31 that are missing."""
    yield from (kind for kind in SPEC if kind not in {one.kind for one in found})
