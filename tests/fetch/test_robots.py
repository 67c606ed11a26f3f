"""robots.txt is read as RFC 9309 says, asked once a day, and kept for all processes."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from affekt.fetch.fetcher import Fetcher
from affekt.fetch.robots import Robots, Told, allows, rules
from affekt.fetch.words import Fetched, Link
from tests.fetch.asking import MANNERS
from tests.servers import _deeds as do
from tests.servers._wire import Answer, Server
from tests.servers.pictures import picture

PATTERNS = st.from_regex(r"/[a-c*]{0,6}\$?", fullmatch=True)
PATHS = st.from_regex(r"/[a-c]{0,8}", fullmatch=True)
DAY = 24 * 3600.0
PICTURE = picture("/a.jpg")


def may(text: str, path: str = "/a/b.jpg") -> bool:
    return allows(rules(text), path)


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow:", True),
        ("user-agent : *\ndisallow : /a # not this\n", False),
        ("User-agent: other\nDisallow: /", True),
        ("User-agent: affekt\nDisallow: /a", False),
        ("User-agent: AFFEKT/2.0\nDisallow: /a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: affekt\nAllow: /", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: affekt\nCrawl-delay: 3", True),
        ("User-agent: affekt\nUser-agent: other\nDisallow: /a", False),
        ("User-agent: affekt\nAllow: /x\nUser-agent: b\n\nUser-agent: affekt\nDisallow: /a", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a/b", False),
        ("User-agent: *\nDisallow: /a/b.jpg\nAllow: /a/b.jpg", True),
        ("User-agent: *\nDisallow: /*.jpg", False),
        ("User-agent: *\nDisallow: /*.jpg$", False),
        ("User-agent: *\nDisallow: /*.jp$", True),
        ("User-agent: *\nDisallow: /*x*.jpg$", True),
        ("User-agent: *\nDisallow: /*b*.jpg$", False),
        ("User-agent: *\nDisallow: /a/b.jpg$", False),
        ("User-agent: *\nDisallow: /a/b$", True),
        ("User-agent: *\nDisallow: *b", False),
        ("User-agent: *\nDisallow: /A", True),
        ("Disallow: /", True),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", False),
        ("<html><body>Not found</body></html>", True),
    ],
)  # fmt: skip
def test_the_rules_decide(text: str, may_be: bool) -> None:
    assert may(text) is may_be


@pytest.mark.parametrize(
    ("pattern", "path"),
    [("/füße", "/f%C3%BC%C3%9Fe"), ("/f%c3%bc%C3%9Fe", "/f%C3%BC%C3%9Fe"), ("/%7Ea", "/~a")],
)
def test_both_spellings_of_a_path_are_one(pattern: str, path: str) -> None:
    assert not may(f"User-agent: *\nDisallow: {pattern}", path)


def test_an_escaped_slash_is_no_slash() -> None:
    assert may("User-agent: *\nDisallow: /a/b", "/a%2Fb")


def test_what_stands_behind_the_question_mark_counts() -> None:
    assert not may("User-agent: *\nDisallow: /*?size=", "/a.jpg?size=1")


def test_many_asterisks_cost_no_time() -> None:
    """A pattern is matched in one pass; one of 200 asterisks must not take for ever."""
    text = "User-agent: *\nDisallow: /" + "*a" * 200 + "b$"
    assert may(text, "/" + "a" * 6_000)


@given(st.text(max_size=200), st.text(max_size=40))
def test_any_text_is_a_file_of_rules(text: str, path: str) -> None:
    assert may(text, f"/{path}") in (True, False)


@given(PATTERNS, PATHS)
def test_a_pattern_matches_as_the_naive_way_does(pattern: str, path: str) -> None:
    """Oracle: asterisk by asterisk, trying every length."""
    assert allows(rules(f"User-agent: *\nDisallow: {pattern}"), path) is not naive(pattern, path)


def naive(pattern: str, path: str) -> bool:
    if not pattern:
        return True
    if pattern == "$":
        return not path
    if pattern[0] == "*":
        return any(naive(pattern[1:], path[at:]) for at in range(len(path) + 1))
    return bool(path) and path[0] == pattern[0] and naive(pattern[1:], path[1:])


class Sites:
    """What hosts answer, and how often they were asked."""

    def __init__(self, told: Told) -> None:
        self.told, self.asked = told, list[str]()

    async def __call__(self, url: URL) -> Told:
        self.asked.append(str(url))
        await asyncio.sleep(0)
        return self.told


def objections(robots: Robots, *links: str) -> list[tuple[str, str | None] | None]:
    async def ask() -> list[tuple[str, str | None] | None]:
        return list(await asyncio.gather(*(robots.objection(URL(link)) for link in links)))

    return asyncio.run(ask())


def test_a_host_is_asked_once_for_all_its_links(tmp_path: Path) -> None:
    sites = Sites(Told("User-agent: *\nDisallow: /b"))
    found = objections(Robots(tmp_path, sites), "http://A.example/a", "http://a.example/b")
    assert [one and one[0] for one in found] == [None, "robots"]
    assert sites.asked == ["http://a.example/robots.txt"]


def test_a_file_is_kept_for_a_day_and_for_other_processes(tmp_path: Path) -> None:
    sites = Sites(Told("User-agent: *\nDisallow: /"))
    objections(Robots(tmp_path, sites, lambda: 0.0), "http://a.example/a")
    again = objections(Robots(tmp_path, sites, lambda: DAY - 1), "http://a.example/a")
    assert len(sites.asked) == 1
    assert again != [None]
    objections(Robots(tmp_path, sites, lambda: DAY + 1), "http://a.example/a")
    assert len(sites.asked) == 2


def test_a_failure_is_not_kept(tmp_path: Path) -> None:
    sites = Sites(Told("", "server-error", "status 500"))
    found = objections(Robots(tmp_path, sites), "http://a.example/a")
    assert found == [("server-error", "its robots.txt: status 500")]
    objections(Robots(tmp_path, sites), "http://a.example/a")
    assert len(sites.asked) == 2


def test_a_damaged_copy_is_asked_for_again(tmp_path: Path) -> None:
    sites = Sites(Told("User-agent: *\nDisallow: /"))
    objections(Robots(tmp_path, sites), "http://a.example/a")
    (kept,) = tmp_path.rglob("*.json")
    kept.write_text("{half")
    assert objections(Robots(tmp_path, sites), "http://a.example/a") != [None]
    assert len(sites.asked) == 2


def fetched(answer: Answer, tmp_path: Path, *, robots: bool = True) -> tuple[Fetched, list[str]]:
    async def both(request: object, writer: asyncio.StreamWriter) -> None:
        is_robots = getattr(request, "target", "") == "/robots.txt"
        await (answer if is_robots else do.send(PICTURE))(request, writer)  # type: ignore[arg-type]

    with Server(both) as server:
        link = Link("a", f"{server.base}/a.jpg", robots)
        (one,) = Fetcher(MANNERS, tmp_path).pictures([link])
        return one, [target for _, _, target in server.log]


def test_a_link_that_asks_nobody_has_no_robots(tmp_path: Path) -> None:
    one, asked = fetched(do.send(b"User-agent: *\nDisallow: /"), tmp_path, robots=False)
    assert one.data == PICTURE
    assert asked == ["/a.jpg"]


def test_a_path_that_is_disallowed_is_not_asked_for(tmp_path: Path) -> None:
    """B36."""
    one, asked = fetched(do.send(b"User-agent: affekt\nDisallow: /a"), tmp_path)
    assert (one.reason, one.attempts) == ("robots", 0)
    assert asked == ["/robots.txt"]


@pytest.mark.parametrize("status", [404, 403, 410, 400])
def test_a_host_without_the_file_forbids_nothing(tmp_path: Path, status: int) -> None:
    one, _ = fetched(do.send(b"User-agent: *\nDisallow: /", status=status), tmp_path)
    assert one.data == PICTURE


def test_a_host_that_cannot_say_is_not_asked(tmp_path: Path) -> None:
    """RFC 9309, 2.3.1.4: what cannot be read now may forbid everything."""
    one, asked = fetched(do.send(b"", status=500), tmp_path)
    assert one.reason == "server-error"
    assert set(asked) == {"/robots.txt"}


def test_the_file_may_lie_elsewhere(tmp_path: Path) -> None:
    rule = do.send(b"User-agent: *\nDisallow: /")

    async def answer(request: object, writer: asyncio.StreamWriter) -> None:
        is_here = getattr(request, "target", "") == "/robots.txt"
        page = do.lead("/elsewhere.txt") if is_here else rule
        await page(request, writer)  # type: ignore[arg-type]

    with Server(answer) as server:
        (one,) = Fetcher(MANNERS, tmp_path).pictures([Link("a", f"{server.base}/a.jpg", True)])
    assert one.reason == "robots"


@pytest.mark.parametrize("place", ["http://10.0.0.1/robots.txt", "/robots.txt", ""])
def test_a_file_that_lies_nowhere_forbids_nothing(tmp_path: Path, place: str) -> None:
    one, asked = fetched(do.lead(place), tmp_path)
    assert one.data == PICTURE
    assert asked.count("/robots.txt") <= 6


def test_a_file_too_big_to_be_read_forbids_everything(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("affekt.fetch.errands.ROBOTS_MOST_BYTES", 1_000)
    one, _ = fetched(do.send(b"#" * 1_001), tmp_path)
    assert one.reason == "robots"
