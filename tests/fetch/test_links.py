"""Links are followed when they lead to a picture server, and spelled in one way (B27, B29)."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.errors import PictureError
from affekt.fetch.addresses import Allowed
from affekt.fetch.links import target

NOBODY, HERE = Allowed(), Allowed(("127.0.0.0/8",))


def reason(link: str, allowed: Allowed = NOBODY) -> str:
    with pytest.raises(PictureError) as caught:
        target(link, allowed)
    return caught.value.reason


@pytest.mark.parametrize(
    "link",
    [
        "file:///etc/passwd", "ftp://example.org/a.jpg", "data:image/png;base64,AAAA",
        "gopher://example.org/", "example.org/a.jpg", "//example.org/a.jpg", "/a.jpg", "", "http:",
        "http://", "http:///a.jpg", "http://me@example.org/a", "http://me:pw@example.org/a",
        "http://:pw@example.org/a", "http://example.org:22/a", "http://example.org:25/a",
        "http://example.org:99999/a", "http://example.org:0/a", "http://[::1/a",
        "http://exa\\mple.org/a", "http://example.org/a\x00b", "http://example.org/\r\nHost: x",
        "javascript:alert(1)", "http://a.example/" + "b" * 7_984, "http://" + "a" * 9_000, "http://a..b:80@c/",
    ],
)  # fmt: skip
def test_a_link_that_may_not_be_followed_is_named(link: str) -> None:
    """B29."""
    assert reason(link) == "forbidden-link"


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1/a", "http://10.0.0.1/a", "http://[::1]/a", "http://[::ffff:10.0.0.1]/a",
        "http://169.254.169.254/latest/meta-data", "http://2130706433/", "http://127.1/",
        "http://0x7f.1/", "http://0177.0.0.1/", "http://0x7f000001/", "http://127.0.0.1./",
        "http://1.1.1.1.1/", "http://0/",
    ],
)  # fmt: skip
def test_a_literal_address_that_is_not_public_is_refused(link: str) -> None:
    """B27: in every spelling that some library takes for an address."""
    assert reason(link) == "forbidden-address"


@pytest.mark.parametrize(
    ("link", "wanted"),
    [
        ("http://example.org/a.jpg", "http://example.org/a.jpg"),
        (" https://example.org/two words.jpg\n", "https://example.org/two%20words.jpg"),
        ("http://example.org/füße.jpg", "http://example.org/f%C3%BC%C3%9Fe.jpg"),
        ("http://bücher.example/a", "http://xn--bcher-kva.example/a"),
        ("http://example.org/a.jpg#top", "http://example.org/a.jpg"),
        ("http://example.org/a%2Fb?sig=a%2Bb%3D&t=%7E1", "http://example.org/a%2Fb?sig=a%2Bb%3D&t=%7E1"),
        ("http://example.org", "http://example.org"),
        ("http://example.org/" + "b" * 7_981, "http://example.org/" + "b" * 7_981),
        ("http://example.org/100%.jpg", "http://example.org/100%.jpg"),
    ],
)  # fmt: skip
def test_a_link_is_spelled_as_servers_take_it(link: str, wanted: str) -> None:
    assert str(target(link, NOBODY).url) == wanted


@pytest.mark.parametrize("port", [80, 443, 8080, 8443])
def test_ports_of_web_servers_are_asked(port: int) -> None:
    assert target(f"http://Example.org:{port}/a", NOBODY).host == f"example.org:{port}"


def test_the_port_is_part_of_who_is_asked() -> None:
    hosts = {target(link, NOBODY).host for link in ("http://a.example/", "https://a.example/")}
    assert hosts == {"a.example:80", "a.example:443"}


def test_an_own_address_may_be_asked_at_any_port() -> None:
    assert target("http://127.0.0.1:40001/a", HERE).host == "127.0.0.1:40001"
    assert reason("http://1.1.1.1:40001/a", HERE) == "forbidden-link"


def test_a_name_is_no_own_address() -> None:
    assert reason("http://localhost:40001/a", HERE) == "forbidden-link"


def test_a_password_is_not_repeated() -> None:
    with pytest.raises(PictureError) as caught:
        target("http://me:canary-password@example.org/a", NOBODY)
    assert "canary" not in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_a_link_or_has_a_reason(text: str) -> None:
    with contextlib.suppress(PictureError):
        found = target(f"http://{text}", NOBODY)
        assert found.url.scheme == "http"
        assert str(found.url).isascii()
