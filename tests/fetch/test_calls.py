"""Calls of APIs: again where that can help, by the allowance, and without a trace of the key."""

import asyncio
import gzip
import json
import logging
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from affekt.cli import log
from affekt.errors import SourceError
from affekt.fetch.fetcher import Fetcher, Judge, Settings
from affekt.fetch.manners import Manners
from affekt.fetch.quotas import Clock
from affekt.fetch.words import Answer, Call, Link, Quota
from tests.fetch.asking import MANNERS
from tests.fetch.names import answering
from tests.servers import _certificates
from tests.servers import _deeds as do
from tests.servers._faulty import FAULTS
from tests.servers._wire import Answer as Deed
from tests.servers._wire import Request, Server, whole
from tests.servers.faults import LATE_SECONDS, closed_port, serving

KEY = "canary-key-4711/+=&"
GOOD = b'{"stat":"ok"}'


def good(_: Answer) -> None:
    return None


def is_ok(answer: Answer) -> str | None:
    return None if answer.body == GOOD else f"not what was asked for: {answer.body[:40]!r}"


def called(
    deed: Deed, folder: Path, judge: Judge = good, call: Callable[[str], Call] = Call
) -> Answer:
    with Server(deed) as server:
        return Fetcher(MANNERS, folder).call(call(f"{server.base}/rest"), judge)


def refused(deed: Deed, folder: Path, judge: Judge = good) -> str:
    with pytest.raises(SourceError) as caught:
        called(deed, folder, judge)
    return str(caught.value)


async def echo(request: Request, writer: asyncio.StreamWriter) -> None:
    said = {"target": request.target, "headers": dict(request.headers)}
    writer.write(whole(json.dumps(said).encode(), "X-Seen: a", "X-Seen: b"))


def test_an_answer_comes_whole_with_its_status_and_headers(tmp_path: Path) -> None:
    answer = called(do.send(GOOD, "X-Total: 7", status=404), tmp_path)
    assert (answer.status, answer.headers["x-total"], answer.body) == (404, "7", GOOD)
    assert answer.tries == 1


def test_the_server_gets_query_secrets_and_headers(tmp_path: Path) -> None:
    with Server(echo) as server:
        call = Call(
            f"{server.base}/rest?a=1", {"q": "awe & joy"}, {"key": "canary-8"},
            {"X-A": "b"}, {"Authorization": "Bearer canary-9"},
        )  # fmt: skip
        answer = Fetcher(MANNERS, tmp_path).call(call, good)
        (target,) = server.asked
    assert target == "/rest?a=1&q=awe+%26+joy&key=canary-8"
    assert answer.headers["x-seen"] == "a, b"
    heard = json.loads(answer.body)["headers"]
    assert heard["x-a"] == "b"
    assert heard["user-agent"].startswith("affekt/")


def test_a_key_that_a_server_repeats_is_not_passed_on(tmp_path: Path) -> None:
    """B35: addresses of next pages hold the key; what is kept of an answer must not."""
    with Server(echo) as server:
        call = Call(f"{server.base}/rest", {}, {"key": KEY}, {}, {"Authorization": f"Bearer {KEY}"})
        answer = Fetcher(MANNERS, tmp_path).call(call, good)
    assert b"4711" not in answer.body
    assert json.loads(answer.body)["headers"]["authorization"] == "***"


def test_a_packed_answer_is_unpacked(tmp_path: Path) -> None:
    deed = do.send(gzip.compress(GOOD), "Content-Encoding: gzip")
    assert called(deed, tmp_path).body == GOOD


@pytest.mark.parametrize(
    "bad",
    [
        do.send(b"", status=500), do.send(b"", status=503), do.send(b"", status=429),
        do.reset(b"{", 99), do.raw(b""), do.raw(b"no HTTP at all\r\n\r\n"),
        do.announcing(b"{", 99), do.wait(seconds=0),
    ],
)  # fmt: skip
def test_what_can_heal_is_asked_again(tmp_path: Path, bad: Deed) -> None:
    """B21, B23, B25: and the answer tells how often."""
    answer = called(do.turns(bad, bad, bad, do.send(GOOD)), tmp_path)
    assert (answer.body, answer.tries) == (GOOD, 4)


def test_a_judge_has_an_answer_asked_for_again(tmp_path: Path) -> None:
    """B31: broken JSON, a page of HTML or an error document with status 200."""
    deed = do.turns(do.send(b"<html>"), do.send(b'{"stat":"fail"}'), do.send(GOOD))
    assert called(deed, tmp_path, is_ok).body == GOOD


def test_a_judge_sees_every_answer_that_came_whole(tmp_path: Path) -> None:
    seen = []

    def judge(answer: Answer) -> str | None:
        seen.append(answer.status)
        return None

    called(do.turns(do.send(b"", status=500), do.reset(b"{", 9), do.send(GOOD)), tmp_path, judge)
    assert seen == [500, 200]


def test_a_judge_may_end_the_asking(tmp_path: Path) -> None:
    def judge(_: Answer) -> str | None:
        raise SourceError("the key is wrong")

    with Server(do.send(GOOD)) as server:
        with pytest.raises(SourceError, match="the key is wrong"):
            Fetcher(MANNERS, tmp_path).call(Call(f"{server.base}/rest"), judge)
        assert sum(server.asked.values()) == 1


def test_the_words_of_a_server_are_told_clean(tmp_path: Path) -> None:
    """B31, X4."""
    said = refused(do.send(b"down\x1b[2J\nfor repairs", status=503), tmp_path)
    assert "status 503 with 'down\ufffd[2J for repairs', asked 4 times" in said
    assert said.endswith("run the command again later")


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        (do.send(b"", status=500), "status 500"),
        (do.reset(b"{", 99), "cut-off"),
        (do.wait(seconds=3_000), "3,000 s"),
        (do.lead("http://10.0.0.1/"), "forbidden-address"),
        (do.lead("http://other.example/"), "another server"),
        (do.lead("/rest"), "redirected more than"),
        (do.lead(""), "without saying where"),
    ],
)
def test_an_error_says_what_came(tmp_path: Path, deed: Deed, words: str) -> None:
    said = refused(deed, tmp_path)
    assert words in said
    assert said.startswith("http://127.0.0.1:")


def test_a_redirect_on_the_same_server_is_followed(tmp_path: Path) -> None:
    async def deed(request: Request, writer: asyncio.StreamWriter) -> None:
        await (do.send(GOOD) if request.path == "/new" else do.lead("/new"))(request, writer)

    assert called(deed, tmp_path).body == GOOD


@pytest.mark.parametrize("base", ["ftp://a.example/", "http://10.0.0.1/", "http://a.example:22/"])
def test_an_address_that_may_not_be_asked_is_refused(tmp_path: Path, base: str) -> None:
    """B27, B29."""
    with pytest.raises(SourceError, match="forbidden"):
        Fetcher(MANNERS, tmp_path).call(Call(base), good)


def test_a_wait_that_is_asked_for_is_waited(tmp_path: Path) -> None:
    """B23."""
    slept: list[float] = []
    clock = Clock(sleep=slept.append)
    with Server(do.turns(do.wait(seconds=77), do.send(GOOD))) as server:
        fetcher = Fetcher(MANNERS, tmp_path, settings=Settings(clock=clock))
        fetcher.call(Call(f"{server.base}/rest"), good)
    assert slept == [77]


def test_every_request_uses_up_its_allowance(tmp_path: Path) -> None:
    """Those that failed too: the server counts them as well."""
    quota, slept = Quota("flickr", "key", 3, 100), list[float]()
    now = [1_000.0]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    settings = Settings(clock=Clock(lambda: now[0], sleep))
    deed = do.turns(do.send(b"", status=500), do.send(b"", status=500), do.send(GOOD))
    with Server(deed) as server:
        fetcher = Fetcher(MANNERS, tmp_path, settings=settings)
        fetcher.call(Call(f"{server.base}/rest", quota=quota), good)
        assert sum(slept) < 1
        Fetcher(MANNERS, tmp_path, settings=settings).call(
            Call(f"{server.base}/rest", quota=quota), good
        )
    assert 99 < sum(slept) < 102


def test_redirects_of_a_call_are_limited_by_the_plan(tmp_path: Path) -> None:
    """B26."""
    with Server(do.lead("/rest")) as server:
        with pytest.raises(SourceError, match="more than 5 times"):
            Fetcher(MANNERS, tmp_path).call(Call(f"{server.base}/rest"), good)
        assert sum(server.asked.values()) == 6


@pytest.mark.parametrize("rate", [0.1, 4.0])
def test_the_pace_of_a_host_is_kept(tmp_path: Path, rate: float) -> None:
    now, slept = [1_000.0], list[float]()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    manners = Manners.model_validate({**MANNERS.model_dump(), "host_per_second": rate})
    settings = Settings(clock=Clock(lambda: now[0], sleep))
    with Server(do.send(GOOD)) as server:
        fetcher = Fetcher(manners, tmp_path, settings=settings)
        for _ in range(3):
            fetcher.call(Call(f"{server.base}/rest"), good)
    assert slept == [1 / rate, 1 / rate]


# Everything that can go wrong with a call goes wrong, with a key in it and its server repeating it.
BAD = {
    "an error": do.send(b'{"error": "bad key ' + KEY.encode() + b'"}', status=500),
    "busy": do.send(KEY.encode(), "Retry-After: 9999", status=429),
    "denied": do.send(KEY.encode(), status=403),
    "hung up": do.raw(b""),
    "reset": do.reset(KEY.encode(), 999),
    "no HTTP": do.raw(KEY.encode() + b"\r\n\r\n"),
    "bad header": do.raw(b"HTTP/1.1 200 OK\r\nContent-Length: " + KEY.encode() + b"\r\n\r\n"),
    "packed badly": do.send(KEY.encode(), "Content-Encoding: gzip"),
    "redirected away": do.lead("http://other.example/?key=canary-key-4711%2f%2B%3D%26"),
    "redirected to a bad link": do.lead("ftp://canary-key-4711/"),
    "redirected with a password": do.lead("http://canary-key-4711@other.example/"),
    "redirected in a circle": do.lead("/rest?key=canary-key-4711"),
    "silent": do.late(do.FOR_EVER, do.send(b"")),
    "cut short": do.announcing(KEY.encode(), 999),
    "too big": do.promising(KEY.encode(), 10**12),
}


def strict(answer: Answer) -> str | None:
    """Refuse everything, with the server's words."""
    if answer.status == 403:
        raise SourceError(f"{KEY} is wrong: {answer.body!r} {answer.headers}")
    return f"{KEY}? it said {answer.body.decode('utf-8', 'replace')}"


@pytest.mark.parametrize("deed", BAD.values(), ids=BAD)
def test_a_key_is_found_in_no_trace_of_a_failure(
    tmp_path: Path, deed: Deed, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """B35, X9: exception, traceback, log, output, file."""
    manners = {**MANNERS.model_dump(), "answer_seconds": 0.2, "tries": 2}
    quota = Quota("flickr", KEY, 10, 1)
    with caplog.at_level(logging.DEBUG), Server(deed) as server:
        call = Call(
            f"{server.base}/rest", {"q": "awe"}, {"key": KEY}, {},
            {"Authorization": f"Bearer {KEY}"}, quota,
        )  # fmt: skip
        fetcher = Fetcher(Manners.model_validate(manners), tmp_path)
        with pytest.raises(SourceError) as caught:
            fetcher.call(call, strict)
        fetcher.close()
    told = "".join(traceback.format_exception(caught.value))
    texts = [told, str(caught.value), repr(call), caplog.text, *capfd.readouterr()]
    files = [one.name.encode() + one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()]
    assert not [text for text in texts if "4711" in text]
    assert not [data for data in files if b"4711" in data]


@pytest.mark.parametrize("base", ["http://no-such-host.invalid", "http://127.0.0.1:{port}"])
def test_a_key_is_in_no_trace_of_a_server_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, base: str
) -> None:
    """B35."""
    answering(monkeypatch, {})
    with pytest.raises(SourceError) as caught:
        Fetcher(MANNERS, tmp_path).call(
            Call(base.replace("{port}", str(closed_port())), {}, {"key": KEY}), good
        )
    assert "4711" not in "".join(traceback.format_exception(caught.value))


def test_a_key_is_in_no_trace_of_a_server_that_is_not_who_it_says(tmp_path: Path) -> None:
    """B30, B35."""
    tls = _certificates.made(tmp_path)
    settings = Settings(authority=tls.authority)
    fetcher = Fetcher(MANNERS, tmp_path / "ledger", settings=settings)
    with Server(do.send(GOOD), [tls.expired]) as server, pytest.raises(SourceError) as caught:
        fetcher.call(Call(server.base, {}, {"key": KEY}), good)
    assert "certificate has expired" in str(caught.value)
    assert "4711" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.slow
def test_a_key_in_links_of_pictures_is_found_in_no_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """B35: some services want the key in the link of the picture too."""
    answering(monkeypatch, {})
    manners = {**MANNERS.model_dump(), "answer_seconds": 0.5, "total_seconds": 1, "tries": 2}
    fetcher = Fetcher(Manners.model_validate({**manners, "wait_seconds": 2}), tmp_path)
    with serving(late_seconds=LATE_SECONDS) as host:
        fetcher.call(Call(f"{host.base}/ok/first.jpg", {}, {"key": KEY}), good)
        joint = [fault.path + ("&" if "?" in fault.path else "?") for fault in FAULTS]
        ends = list(fetcher.pictures(Link("a", f"{host.base}{one}key={KEY}") for one in joint))
    assert len(ends) == len(FAULTS)
    assert not [end for end in ends if "4711" in f"{end.detail} {end.final_url}"]


def test_the_log_of_a_run_hides_keys_whoever_logs_them(tmp_path: Path) -> None:
    """B35: the last line of defence, for what other rooms and libraries say."""
    called(do.send(GOOD), tmp_path / "ledger", good, lambda base: Call(base, {}, {"key": KEY}))
    log.start(tmp_path)
    logger = logging.getLogger("affekt.sources")
    try:
        raise ValueError(f"no answer from https://a.example/?key={KEY}")
    except ValueError:
        logger.exception("failed with %s", KEY)
    written = (tmp_path / "logs" / "affekt.jsonl").read_text(encoding="utf-8")
    last = json.loads(written.splitlines()[-1])
    assert last["text"] == "failed with ***"
    assert "?key=***" in last["traceback"]
    assert "4711" not in written
