"""One content under many links of one host stands for pictures that are gone (B34)."""

import hashlib

import pytest

from affekt.fetch import placeholders
from affekt.fetch.placeholders import MANY, Placeholders, content_of, leads_to_one

GONE = b"\xff\xd8\xff picture of nothing" + bytes(100)


def met(seen: Placeholders, n: int, host: str = "a:80", data: bytes = GONE) -> list[bool]:
    links = [f"http://{host}/{number}.jpg" for number in range(n)]
    return [seen.content_if_one(host, link, data) is not None for link in links]


def test_the_one_after_the_fiftieth_link_is_told() -> None:
    seen = Placeholders()
    assert met(seen, MANY + 10) == [False] * MANY + [True] * 10
    assert seen.proposed == {hashlib.sha256(GONE).hexdigest(): "a:80"}


def test_one_link_met_again_and_again_is_a_duplicate_and_nothing_more() -> None:
    seen = Placeholders()
    assert not any(seen.content_if_one("a:80", "http://a/1", GONE) for _ in range(3 * MANY))


def test_every_host_is_counted_alone() -> None:
    seen = Placeholders()
    assert not any(met(seen, MANY, "a:80") + met(seen, MANY, "b:80"))
    assert seen.proposed == {}


def test_pictures_that_only_look_alike_in_size_and_end_are_told_apart() -> None:
    seen = Placeholders()
    other = GONE.replace(b"nothing", b"a thing")
    assert len(other) == len(GONE)
    both = [met(seen, number)[-1] or met(seen, number, data=other)[-1] for number in range(1, 45)]
    assert not any(both)


def test_different_pictures_are_never_told() -> None:
    seen = Placeholders()
    pictures = [GONE + number.to_bytes(2, "big") for number in range(3 * MANY)]
    found = [seen.content_if_one("a:80", f"http://a/{n}", one) for n, one in enumerate(pictures)]
    assert found == [None] * len(pictures)


def test_a_known_one_is_told_at_once() -> None:
    assert Placeholders((content_of(GONE),)).content_if_one("a:80", "http://a/1", GONE)


def test_memory_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placeholders, "REMEMBERED", 10)
    seen = Placeholders()
    found = [seen.content_if_one("a:80", f"http://a/{n}", GONE + bytes(n)) for n in range(100)]
    assert found == [None] * 100
    assert len(seen._kinds) == 10


@pytest.mark.parametrize(
    ("host", "path", "is_one"),
    [
        ("s.yimg.com", "/pw/images/en-us/photo_unavailable.png", True),
        ("i.imgur.com", "/removed.png", True),
        ("a.example", "/removed.png", False),
        ("live.staticflickr.com", "/1/2_3.jpg", False),
    ],
)
def test_well_known_addresses_are_known(host: str, path: str, is_one: bool) -> None:
    assert leads_to_one(host, path) is is_one
