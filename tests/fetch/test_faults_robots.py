"""What a host's robots.txt asks of links that people handed around."""

from collections import Counter
from pathlib import Path

import pytest

from affekt.fetch.fetcher import Fetcher
from affekt.fetch.manners import Manners
from affekt.fetch.words import Link
from tests.servers import _deeds as do
from tests.servers._wire import Answer, Request, Server
from tests.servers.faults import serving
from tests.servers.pictures import picture

MANNERS = Manners(
    contact="test@example.org", allowed_networks=("127.0.0.0/8",), pause_seconds=0.01, tries=2
)


def words_of(folder: Path, links: list[Link]) -> dict[str, str | None]:
    return {end.name: end.reason for end in Fetcher(MANNERS, folder).pictures(links)}


def test_what_it_disallows_is_never_asked(tmp_path: Path) -> None:
    with serving() as host:
        links = [
            Link("closed", f"{host.base}/private/a.jpg", robots=True),
            Link("open", f"{host.base}/ok/a.jpg", robots=True),
        ]
        assert words_of(tmp_path, links) == {"closed": "robots", "open": None}
        assert host.server.asked == {"/robots.txt": 1, "/ok/a.jpg": 1}


def test_it_is_asked_once_for_many_links(tmp_path: Path) -> None:
    with serving() as host:
        links = [Link(case.url, case.url, robots=True) for case in host.healthy(100)]
        assert Counter(words_of(tmp_path, links).values()) == {None: 100}
        assert host.server.asked["/robots.txt"] == 1


def test_it_is_remembered_by_the_next_fetcher(tmp_path: Path) -> None:
    with serving() as host:
        for number in range(2):
            words_of(tmp_path, [Link("a", f"{host.base}/ok/{number}.jpg", robots=True)])
        assert host.server.asked["/robots.txt"] == 1


def test_links_of_an_api_do_not_ask_for_it(tmp_path: Path) -> None:
    with serving() as host:
        words_of(tmp_path, [Link("a", f"{host.base}/ok/a.jpg")])
        assert host.server.asked == {"/ok/a.jpg": 1}


@pytest.mark.parametrize(
    ("robots", "reason"),
    [
        (do.send(b"", status=404), None),
        (do.send(b"", status=403), None),
        (do.send(b""), None),
        (do.send(b"<html>welcome</html>"), None),
        (do.lead("/elsewhere.txt"), None),
        (do.send(b"User-agent: affekt\nDisallow: /\n"), "robots"),
        (do.send(b"User-agent: *\nDisallow: /*.jpg$\n"), "robots"),
        (do.send(b"User-agent: *\nDisallow: /\nAllow: /ok/\n"), None),
        (do.send(b"User-agent: otherbot\nDisallow: /\n"), None),
        (do.send(b"\xef\xbb\xbfUSER-AGENT: *\r\nDISALLOW: /ok\r\n"), "robots"),
        (do.send(b"", status=500), "server-error"),
        (do.reset(b"", 1000), "cut-off"),
        (do.endless(b"User-agent: *\nDisallow: /other/\n"), "robots"),
    ],
)
def test_a_file_is_read_as_the_standard_says(
    robots: Answer, reason: str | None, tmp_path: Path
) -> None:
    """RFC 9309: what is missing forbids nothing, what cannot be reached forbids all for now."""
    elsewhere = do.send(b"User-agent: *\nDisallow: /other/\n")
    page = do.send(picture("/a"))

    async def answer(request: Request, writer: object) -> None:
        answers = {"/robots.txt": robots, "/elsewhere.txt": elsewhere}
        await answers.get(request.target, page)(request, writer)  # type: ignore[arg-type]

    with Server(answer) as server:
        link = Link("a", f"{server.base}/ok/a.jpg", robots=True)
        assert words_of(tmp_path, [link]) == {"a": reason}
        assert server.asked["/ok/a.jpg"] == (reason is None)
