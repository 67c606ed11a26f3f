"""Connections go to checked addresses only, and to servers that prove who they are."""

import os
import resource
import socket
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from affekt.fetch import wire
from affekt.fetch.addresses import Allowed
from affekt.fetch.fetcher import Fetcher, Settings
from affekt.fetch.sockets import ForbiddenAddress, Sockets, places
from affekt.fetch.words import Fetched, Link
from tests.fetch.asking import MANNERS
from tests.fetch.names import answering, tried
from tests.servers import _certificates
from tests.servers import _deeds as do
from tests.servers._wire import Server
from tests.servers.pictures import picture

PICTURE = picture("/a.jpg")
PUBLIC, PRIVATE = "93.184.216.34", "10.0.0.7"


def fetched(link: str, folder: Path, authority: Path | None = None) -> Fetched:
    fetcher = Fetcher(MANNERS, folder, settings=Settings(authority=authority))
    (one,) = fetcher.pictures([Link("a", link)])
    return one


@pytest.mark.parametrize(
    "addresses", [(PRIVATE,), (PUBLIC, PRIVATE), (PUBLIC, "::1"), ("64:ff9b::a00:1",), ("0.0.0.0",)]
)
def test_a_name_with_any_private_address_is_refused_without_a_packet(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, addresses: tuple[str, ...]
) -> None:
    """B27."""
    answering(monkeypatch, {"a.example": [addresses]})
    connections = tried(monkeypatch)
    one = fetched("http://a.example/a.jpg", tmp_path)
    assert (one.reason, one.attempts) == ("forbidden-address", 1)
    assert not connections


def test_a_name_is_not_looked_up_again_when_it_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """B28: public when checked, private ever after; the connection goes to the checked one."""
    names = answering(monkeypatch, {"a.example": [(PUBLIC,), (PRIVATE,)]})
    connections = tried(monkeypatch)
    one = fetched("http://a.example/a.jpg", tmp_path)
    assert one.reason == "no-connection"
    assert set(connections) == {PUBLIC}
    assert names.asked["a.example"] == 1


def test_a_name_server_that_says_nothing_in_time_is_no_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """D9."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: time.sleep(0.4))
    manners = MANNERS.model_copy(update={"connect_seconds": 0.05, "tries": 1})
    (one,) = Fetcher(manners, tmp_path).pictures([Link("a", "http://a.example/a.jpg")])
    assert one.reason == "dns"
    assert "0.05 s" in (one.detail or "")


def test_what_no_name_server_can_be_asked_for_is_no_name(tmp_path: Path) -> None:
    manners = MANNERS.model_copy(update={"tries": 1})
    link = f"http://{'a' * 70}.example/a.jpg"
    (one,) = Fetcher(manners, tmp_path).pictures([Link("a", link)])
    assert one.reason == "dns"


def test_a_name_is_looked_up_once_for_many_links(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names = answering(monkeypatch, {"a.example": [(PUBLIC,)], "b.example": [(PUBLIC,)]})
    monkeypatch.setattr("affekt.fetch.resolver.KEPT_NAMES", 2)
    tried(monkeypatch)
    given = [Link(str(n), f"http://{host}.example/{n}") for n in range(9) for host in "ab"]
    list(Fetcher(MANNERS, tmp_path).pictures(given))
    assert names.asked.total() <= 2 * MANNERS.per_host


def test_every_hop_of_a_redirect_is_checked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """B27."""
    answering(monkeypatch, {"inside.example": [(PRIVATE,)]})
    connections = tried(monkeypatch)
    with Server(do.lead("http://inside.example/a.jpg")) as server:
        one = fetched(f"{server.base}/a.jpg", tmp_path)
    assert one.reason == "forbidden-address"
    assert set(connections) == {"127.0.0.1"}


def test_the_last_gate_lets_nothing_pass_whoever_asks() -> None:
    """Every connection of the library needs a socket of ours."""
    sockets = Sockets(Allowed(), 10)
    info = (socket.AF_INET, socket.SOCK_STREAM, 6, "", (PRIVATE, 80))
    with pytest.raises(ForbiddenAddress):
        sockets.make(info)
    assert sockets.open == 0


def test_sockets_are_counted_until_they_are_closed() -> None:
    sockets = Sockets(Allowed(), 1)
    info = (socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, 80))
    first, second = sockets.make(info), sockets.make(info)
    assert (sockets.open, sockets.is_tight()) == (2, True)
    first.close()
    first.close()
    assert (sockets.open, sockets.is_tight()) == (1, False)
    second.close()


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("sound", None), ("expired", "tls"), ("wrong_name", "tls"), ("self_signed", "tls")],
)
def test_a_server_must_prove_who_it_is(tmp_path: Path, kind: str, reason: str | None) -> None:
    """B30."""
    tls = _certificates.made(tmp_path)
    with Server(do.send(PICTURE), [getattr(tls, kind)]) as server:
        one = fetched(f"{server.base}/a.jpg", tmp_path, authority=tls.authority)
        asked = sum(server.asked.values())
    assert (one.reason, one.data) == (reason, PICTURE if reason is None else None)
    assert asked == (reason is None)


def test_an_authority_of_ones_own_is_trusted_only_where_it_is_named(tmp_path: Path) -> None:
    tls = _certificates.made(tmp_path)
    with Server(do.send(PICTURE), [tls.sound]) as server:
        assert fetched(f"{server.base}/a.jpg", tmp_path).reason == "tls"


def test_no_redirect_leads_from_tls_to_plain_words(tmp_path: Path) -> None:
    """B26."""
    tls = _certificates.made(tmp_path)
    with Server(do.send(PICTURE)) as plain, Server(do.lead(f"{plain.base}/a"), [tls.sound]) as safe:
        one = fetched(f"{safe.base}/a.jpg", tmp_path, authority=tls.authority)
        assert plain.asked == {}
    assert one.reason == "redirect"


def test_a_redirect_may_lead_to_tls(tmp_path: Path) -> None:
    tls = _certificates.made(tmp_path)
    with Server(do.send(PICTURE), [tls.sound]) as safe, Server(do.lead(f"{safe.base}/a")) as plain:
        one = fetched(f"{plain.base}/a.jpg", tmp_path, authority=tls.authority)
    assert one.data == PICTURE


def test_no_proxy_of_the_environment_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9/")
    with Server(do.send(PICTURE)) as server:
        assert fetched(f"{server.base}/a.jpg", tmp_path).data == PICTURE


def test_a_request_says_who_asks_and_sends_no_cookie_back(tmp_path: Path) -> None:
    """§3.4 of collect: a User-Agent with contact."""
    seen: list[dict[str, str]] = []

    async def answer(request: object, writer: object) -> None:
        seen.append(dict(getattr(request, "headers", {})))
        await do.send(PICTURE, "Set-Cookie: a=1; Path=/")(request, writer)  # type: ignore[arg-type]

    with Server(answer) as server:
        list(Fetcher(MANNERS, tmp_path).pictures([Link("a", f"{server.base}/{n}") for n in "ab"]))
    assert all("cookie" not in headers for headers in seen)
    agent = seen[0]["user-agent"]
    assert agent.startswith("affekt/")
    assert agent.endswith("(+test@example.org)")


def test_the_library_does_not_ask_again_unseen(tmp_path: Path) -> None:
    """A request that broke is counted, or an allowance would be exceeded unseen."""
    with Server(do.raw(b"")) as server:
        one = fetched(f"{server.base}/a.jpg", tmp_path)
        asked = sum(server.asked.values())
    assert (one.reason, one.attempts) == ("cut-off", MANNERS.tries)
    assert asked == MANNERS.tries


def test_every_failure_of_the_library_has_a_reason_or_is_one_of_ours() -> None:
    errors = [one for one in vars(aiohttp).values() if isinstance(one, type)]
    failures = [one for one in errors if issubclass(one, aiohttp.ClientError)]
    assert len(failures) > 15
    assert all(issubclass(one, (aiohttp.ClientError, OSError, ValueError)) for one in failures)


LIMITED = """
import resource, sys
from pathlib import Path
from affekt.fetch.fetcher import Fetcher
from affekt.fetch.words import Link
from tests.fetch.asking import MANNERS
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
bases = sys.argv[2:]
links = [Link(str(n), f"{bases[n % len(bases)]}/{n}.jpg") for n in range(1000)]
manners = MANNERS.model_copy(update={"at_once": 256})
ends = list(Fetcher(manners, Path(sys.argv[1])).pictures(links))
print(len(ends), sorted({str(end.reason) for end in ends}))
"""


@pytest.mark.slow
def test_a_thousand_downloads_get_by_with_64_open_files(tmp_path: Path) -> None:
    """B80: slower, not failing, though forty hosts would each like to keep connections."""
    with Server(do.send(PICTURE), [None] * 40) as server:
        bases = [f"http://127.0.0.1:{port}" for port in server.ports]
        line = [sys.executable, "-W", "error", "-c", LIMITED, str(tmp_path), *bases]
        done = subprocess.run(line, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout, done.stderr) == ("1000 ['None']\n", "")


ROOT = Path(__file__).parents[2]


def test_requests_at_a_time_follow_the_limit_of_open_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """B80."""
    monkeypatch.setattr("resource.getrlimit", lambda _: (64, 64))
    monkeypatch.setattr(os, "listdir", lambda _: ["0"] * 10)
    assert places(1024) == 19
    assert places(5) == 5
    monkeypatch.setattr("resource.getrlimit", lambda _: (8, 8))
    assert places(1024) == 1


def test_no_limit_of_open_files_limits_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = resource.RLIM_INFINITY
    monkeypatch.setattr("resource.getrlimit", lambda _: (endless, endless))
    assert places(1024) == 1024


def test_a_machine_that_stays_without_room_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def never(*_: object) -> socket.socket:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("affekt.fetch.errands.NAP_SECONDS", 0.001)
    monkeypatch.setattr("affekt.fetch.errands.NAPS", 5)
    monkeypatch.setattr(Sockets, "make", never)
    one = fetched("http://127.0.0.1:9/a.jpg", tmp_path)
    assert (one.reason, one.attempts) == ("no-connection", 0)
    assert "Too many open files" in (one.detail or "")


def test_a_machine_without_room_for_a_connection_waits_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """B80: too many open files say nothing about the link."""
    monkeypatch.setattr("affekt.fetch.errands.NAP_SECONDS", 0.01)
    failing = [OSError(24, "Too many open files")] * 6
    make = Sockets.make

    def sometimes(self: Sockets, info: object) -> socket.socket:
        if failing:
            raise failing.pop()
        return make(self, info)  # type: ignore[arg-type]

    monkeypatch.setattr(Sockets, "make", sometimes)
    with Server(do.send(PICTURE)) as server:
        one = fetched(f"{server.base}/a.jpg", tmp_path)
    assert (one.data, one.attempts) == (PICTURE, 1)


def test_trust_is_made_once(tmp_path: Path) -> None:
    assert wire._trust(None) is wire._trust(None)
    assert wire._trust(None).check_hostname
