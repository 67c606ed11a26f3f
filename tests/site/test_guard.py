"""What no page ever sees: other hosts, methods and sizes; and the headers of every answer."""

import http.client

import httpx
import pytest

from affekt.site.guard import MOST_BYTES, host_of
from tests.site.scene import Site
from tests.site.visits import Visit


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil"])
def test_a_forged_host_gets_no_page_and_no_redirect(quick: Site, host: str) -> None:
    """B83."""
    answer = httpx.get(quick.address + "/", headers={"host": host})
    assert answer.status_code == 400
    assert host not in answer.text or not host


@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE", "OPTIONS", "PROPFIND"])
def test_an_unusual_method_is_405(quick: Site, method: str) -> None:
    """B83."""
    assert httpx.request(method, quick.address + "/home").status_code == 405


def test_a_page_that_takes_no_form_answers_405(quick: Site) -> None:
    """B83."""
    assert httpx.post(quick.address + "/home").status_code == 405
    assert httpx.get(quick.address + "/batch/answer").status_code == 405


def test_a_form_that_is_too_long_is_413_before_anything_is_read_from_it(quick: Site) -> None:
    """B56."""
    visit = Visit(quick)
    assert visit.send("/help", message="x" * 8_000_000).status_code == 413


def test_a_form_without_a_length_is_413_once_it_is_too_long(quick: Site) -> None:
    """B56."""

    def endless() -> object:
        for _ in range(MOST_BYTES // 1000 + 2):
            yield b"x" * 1000

    answer = httpx.post(quick.address + "/help", content=endless())  # type: ignore[arg-type]
    assert answer.status_code == 413


def test_a_length_that_is_no_number_is_refused(quick: Site) -> None:
    port = int(quick.address.rpartition(":")[2])
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    wire.putrequest("POST", "/help")
    wire.putheader("Content-Length", "9" * 30)
    wire.endheaders()
    assert wire.getresponse().status in (400, 413)
    wire.close()


@pytest.mark.parametrize("path", ["/", "/home", "/nowhere", "/static/site.css", "/desk/sign-in"])
def test_every_answer_carries_the_headers_that_keep_a_browser_safe(quick: Site, path: str) -> None:
    """C66, C67, C69, X6."""
    headers = httpx.get(quick.address + path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


def test_too_many_requests_of_one_address_are_told_to_wait(
    quick: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C69."""
    monkeypatch.setattr(type(quick.scene.rates), "wait", lambda *_: 3.0)
    answer = httpx.get(quick.address + "/")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3")


@pytest.mark.parametrize(
    ("given", "name"),
    [("A.example:80", "a.example"), ("[::1]:8000", "[::1]"), ("a.example", "a.example")],
)
def test_a_host_is_told_without_its_port(given: str, name: str) -> None:
    assert host_of(given) == name
