"""What becomes of a call to an API when its server does not answer as it must."""

import json
import logging
from pathlib import Path

import pytest

from affekt.errors import SourceError
from affekt.fetch.fetcher import Fetcher
from affekt.fetch.manners import Manners
from affekt.fetch.words import Answer, Call
from tests.fetch.names import tried
from tests.servers import _deeds as do
from tests.servers import _wire
from tests.servers._wire import Server
from tests.servers.faults import closed_port

CANARY = "canary-8c1f2a77"
GOOD = do.send(b'{"stat":"ok"}', "Content-Type: application/json")
FAILED = do.send(b'{"stat":"fail","code":105,"message":"Service\\u001b[31m unavailable"}')
MANNERS = Manners(
    contact="test@example.org",
    allowed_networks=("127.0.0.0/8",),
    pause_seconds=0.01,
    answer_seconds=0.4,
    total_seconds=0.9,
)
SICK = {
    "HTML": do.send(b"<!doctype html><title>Sign in</title>"),
    "broken JSON": do.send(b'{"stat":"o'),
    "empty": do.send(b""),
    "error document": FAILED,
    "500": do.send(b"oops", status=500),
    "429": do.send(b"slow down", status=429),
    "reset": do.reset(b'{"st', 1000),
    "wrong length": do.announcing(b'{"st', 1000),
    "silent": do.late(do.FOR_EVER, GOOD),
    "drip": do.drip(b'{"stat":"ok"}' * 50, 0.2),
    "no HTTP": do.raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
}


def judge(answer: Answer) -> str | None:
    """Tell why an answer of a little API is not good."""
    try:
        told = json.loads(answer.body)
    except ValueError:
        return f"no JSON but {answer.body[:40]!r}"
    return None if told["stat"] == "ok" else f"it says {told['message']!r}"


def ask(base: str, folder: Path, manners: Manners = MANNERS) -> Answer:
    call = Call(f"{base}/rest", {"text": "joy"}, {"key": CANARY}, {}, {"Authorization": CANARY})
    return Fetcher(manners, folder / "ledger").call(call, judge)


@pytest.mark.parametrize("kind", SICK)
def test_a_sick_answer_is_asked_for_again(kind: str, tmp_path: Path) -> None:
    """B31."""
    with Server(do.turns(SICK[kind], GOOD)) as server:
        assert ask(server.base, tmp_path).body == b'{"stat":"ok"}'
        assert server.asked.total() == 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", SICK)
def test_an_api_that_stays_sick_ends_in_its_own_words_without_the_key(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """B31, B35."""
    caplog.set_level(logging.DEBUG)
    with Server(SICK[kind]) as server, pytest.raises(SourceError) as trouble:
        ask(server.base, tmp_path)
    assert server.asked.total() == MANNERS.tries
    told = repr(trouble.getrepr(style="long", showlocals=False)) + caplog.text
    assert CANARY not in told
    assert "\x1b" not in str(trouble.value)


def test_the_words_of_a_server_are_shown(tmp_path: Path) -> None:
    """B31."""
    with Server(FAILED) as server, pytest.raises(SourceError, match="unavailable"):
        ask(server.base, tmp_path)


def test_a_server_that_repeats_the_key_does_not_betray_it(tmp_path: Path) -> None:
    """B35: neither in its words nor in the answer that is kept."""
    parrot = do.send(b'{"stat":"fail","message":"bad key ' + CANARY.encode() + b'"}')
    with Server(parrot) as server, pytest.raises(SourceError) as trouble:
        ask(server.base, tmp_path)
    assert "bad key" in str(trouble.value)
    assert CANARY not in str(trouble.value)
    good = do.send(b'{"stat":"ok","key":"' + CANARY.encode() + b'"}')
    with Server(good) as server:
        assert CANARY.encode() not in ask(server.base, tmp_path).body


@pytest.mark.parametrize("place", ["http://127.0.0.2:{port}/", f"http://{CANARY}.example/"])
def test_a_key_does_not_follow_a_redirect_to_another_server(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B35: nor is it shown when the place itself holds it."""
    places = tried(monkeypatch)
    with Server(do.lead(place)) as server, pytest.raises(SourceError) as trouble:
        ask(server.base, tmp_path)
    assert set(places) == {_wire.HERE}
    assert CANARY not in str(trouble.value)


def test_a_key_does_not_follow_a_redirect_to_another_port(tmp_path: Path) -> None:
    """B35: another port is another server."""
    with Server(GOOD) as other, Server(do.lead(f"{other.base}/rest")) as server:
        with pytest.raises(SourceError, match="another server"):
            ask(server.base, tmp_path)
        assert not other.asked


def test_a_dead_server_ends_in_a_sentence_without_the_key(tmp_path: Path) -> None:
    """B35."""
    with pytest.raises(SourceError, match="no-connection") as trouble:
        ask(f"http://{_wire.HERE}:{closed_port()}", tmp_path)
    assert CANARY not in repr(trouble.getrepr(style="long"))


@pytest.mark.slow
def test_a_call_waits_as_long_as_it_is_told(tmp_path: Path) -> None:
    """B23."""
    with Server(do.turns(do.wait(seconds=1), GOOD)) as server:
        ask(server.base, tmp_path)
        (first, *_), (second, *_) = server.log
        assert second - first > 0.9


def test_a_call_that_is_told_to_wait_for_months_ends(tmp_path: Path) -> None:
    """B23: the sentence names the wait."""
    with Server(do.wait(seconds=10_000_000)) as server:
        with pytest.raises(SourceError, match="10,000,000 s"):
            ask(server.base, tmp_path)
        assert server.asked.total() == 1


def test_nothing_is_left_in_the_ledger_that_holds_the_key(tmp_path: Path) -> None:
    """B35."""
    with Server(GOOD) as server:
        ask(server.base, tmp_path)
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not [data for data in kept if CANARY.encode() in data]
