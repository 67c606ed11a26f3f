"""Many links at a time: each ends once, none holds up another, all is let go (D8, D9)."""

import asyncio
import gc
import logging
import pickle
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from affekt.errors import MissingSecret
from affekt.fetch import run
from affekt.fetch.fetcher import Fetcher, Settings
from affekt.fetch.manners import Manners
from affekt.fetch.placeholders import content_of
from affekt.fetch.words import Call, Fetched, Link
from tests.fetch.asking import MANNERS
from tests.servers import _deeds as do
from tests.servers._wire import Answer, Request, Server, whole
from tests.servers.pictures import picture

PICTURE = picture("/a.jpg")


async def any_picture(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(whole(picture(request.path)))


def manners(**changes: object) -> Manners:
    return Manners.model_validate({**MANNERS.model_dump(), **changes})


def links(server: Server, count: int) -> list[Link]:
    return [Link(str(n), f"{server.base}/{n}.jpg") for n in range(count)]


def one(answer: Answer, folder: Path, **changes: object) -> Fetched:
    with Server(answer) as server:
        (end,) = Fetcher(manners(**changes), folder).pictures([Link("a", f"{server.base}/a.jpg")])
    return end


def loops() -> set[threading.Thread]:
    return {one for one in threading.enumerate() if one.name == "affekt-fetch"}


def test_a_picture_comes_back_under_its_name(tmp_path: Path) -> None:
    with Server(do.send(PICTURE)) as server:
        link = Link("mine", f"{server.base}/a.jpg#top")
        (end,) = Fetcher(MANNERS, tmp_path).pictures([link])
    assert end == Fetched("mine", PICTURE, None, None, 200, f"{server.base}/a.jpg", 1)


def test_no_links_give_nothing(tmp_path: Path) -> None:
    assert list(Fetcher(MANNERS, tmp_path).pictures([])) == []


def test_every_link_ends_once_though_they_are_more_than_are_taken_at_a_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(run, "WINDOW", 100)
    monkeypatch.setattr(run, "BATCH", 30)
    with Server(any_picture) as server:
        ends = list(Fetcher(manners(at_once=8), tmp_path).pictures(links(server, 700)))
    assert Counter(end.name for end in ends) == Counter(map(str, range(700)))
    assert {end.name: end.data for end in ends} == {
        str(n): picture(f"/{n}.jpg") for n in range(700)
    }


@pytest.mark.parametrize("answer", [any_picture, do.raw(b"")])
def test_without_room_no_link_is_taken_before_those_taken_have_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: Answer
) -> None:
    """D8, B82: links of a dead host come to an end though others are still to come."""
    monkeypatch.setattr(run, "BATCH", 10)
    taken, n_ended = list[Link](), 0

    def counted() -> Iterator[Link]:
        for link in links(server, 100):
            taken.append(link)
            yield link

    with Server(answer) as server:
        fetcher = Fetcher(manners(give_up_after=3, tries=1), tmp_path)
        for n_ended, _ in enumerate(fetcher.pictures(counted(), lambda: False), 1):
            assert len(taken) - n_ended <= 10
    assert n_ended == len(taken) == 100


def test_a_fetcher_without_a_contact_is_none(tmp_path: Path) -> None:
    with pytest.raises(MissingSecret, match="contact"):
        Fetcher(Manners(), tmp_path)


def test_requests_at_a_time_are_limited_by_host_and_in_all(tmp_path: Path) -> None:
    slow = do.late(0.01, do.send(PICTURE))
    with Server(slow, [None] * 4) as server:
        given = [
            Link(str(n), f"http://127.0.0.1:{server.ports[n % 4]}/{n}.jpg") for n in range(100)
        ]
        list(Fetcher(manners(at_once=5, per_host=2), tmp_path).pictures(given))
        assert server.most_open <= 8  # five at work; others are kept for what comes next
    with Server(slow) as server:
        list(Fetcher(manners(at_once=5, per_host=2), tmp_path).pictures(links(server, 30)))
        assert server.most_open == 2


def test_connections_are_used_again(tmp_path: Path) -> None:
    with Server(do.send(PICTURE)) as server:
        list(Fetcher(manners(per_host=4), tmp_path).pictures(links(server, 200)))
        assert server.most_open <= 4


def test_what_is_learned_about_a_host_is_kept_for_the_next_links(tmp_path: Path) -> None:
    """B82: chunk after chunk, a dead host costs a few requests and no more."""
    with Server(do.raw(b"")) as server:
        fetcher = Fetcher(manners(give_up_after=5, tries=2), tmp_path)
        ends = [list(fetcher.pictures(links(server, 300))) for _ in range(3)]
        asked = sum(server.asked.values())
    assert [len(chunk) for chunk in ends] == [300] * 3
    assert Counter(end.reason for end in ends[2])["host-given-up"] >= 297
    assert asked < 60
    assert fetcher.standing().left_alone == (f"127.0.0.1:{server.ports[0]}",)


def test_a_link_of_a_host_given_up_says_why(tmp_path: Path) -> None:
    with Server(do.raw(b"")) as server:
        fetcher = Fetcher(manners(give_up_after=1, per_host=1), tmp_path)
        ends = list(fetcher.pictures(links(server, 50)))
    given_up = [end for end in ends if end.reason == "host-given-up"]
    assert len(given_up) > 40
    assert {end.detail for end in given_up} == {"its links failed one by one: cut-off"}
    assert {end.attempts for end in given_up} == {0}


def test_a_dead_host_does_not_slow_the_living(tmp_path: Path) -> None:
    """B82: all others are done before the dead one is tried for the last time."""

    async def dead(_: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(do.FOR_EVER)

    with Server(dead) as bad, Server(any_picture) as good:
        fetcher = Fetcher(manners(answer_seconds=0.3, give_up_after=8, tries=1), tmp_path)
        ends = list(fetcher.pictures([*links(bad, 2_000), *links(good, 300)]))
    reasons = [end.reason for end in ends]
    assert Counter(reasons)[None] == 300
    assert None not in reasons[320:]
    assert Counter(reasons)["host-given-up"] >= 1_980


@pytest.mark.slow
def test_a_waiting_time_holds_the_whole_host_and_no_other(tmp_path: Path) -> None:
    """B23."""
    busy = do.turns(do.wait(seconds=1, status=503), do.send(PICTURE))
    with Server(busy) as server, Server(do.send(PICTURE)) as other:
        fetcher = Fetcher(manners(per_host=1), tmp_path)
        ends = list(fetcher.pictures([*links(server, 3), *links(other, 30)]))
        times = [at for at, _, _ in server.log]
    assert {end.reason for end in ends} == {None}
    assert [end.final_url or "" for end in ends][:30] == [
        f"{other.base}/{end.name}.jpg" for end in ends[:30]
    ]
    assert times[1] - times[0] > 0.9
    assert fetcher.standing().waits == 3


def test_a_wait_beyond_the_limit_is_put_off_and_then_given_up(tmp_path: Path) -> None:
    """B23."""
    end = one(do.wait(seconds=3_000), tmp_path)
    assert (end.reason, end.attempts, end.status) == ("busy", 1, 429)
    assert "3,000 s" in (end.detail or "")


def test_attempts_are_told(tmp_path: Path) -> None:
    """B25: three failures, then the picture."""
    end = one(do.turns(*[do.send(b"", status=500)] * 3, do.send(PICTURE)), tmp_path)
    assert (end.data, end.attempts) == (PICTURE, 4)


def test_a_slow_answer_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """B22."""
    monkeypatch.setattr("affekt.fetch.watch.GRACE", 0.3)
    end = one(do.drip(PICTURE, 0.02), tmp_path, tries=1, total_seconds=8)
    assert end.reason == "too-slow"
    assert "bytes a second" in (end.detail or "")


def test_an_answer_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    """B22, D9."""
    end = one(do.drip(PICTURE, 0.05), tmp_path, tries=1, total_seconds=0.5)
    assert end.reason == "too-long"


def test_a_head_that_never_ends_is_no_answer(tmp_path: Path) -> None:
    """D9: bytes that keep coming do not hold a request open for ever."""

    async def drip_head(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X: y\r\n")
            await writer.drain()
            await asyncio.sleep(0.05)

    end = one(drip_head, tmp_path, tries=1, total_seconds=0.5)
    assert end.reason == "no-answer"


@pytest.mark.slow
def test_our_own_delay_is_not_laid_to_a_servers_charge(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A laptop that sleeps for a while comes back to requests that are all too late."""
    monkeypatch.setattr("affekt.fetch.watch.LAG", 0.2)
    server_side = do.late(0.8, do.send(PICTURE))
    with Server(server_side) as server:
        fetcher = Fetcher(manners(total_seconds=1.0, tries=1), tmp_path)
        office = fetcher._opened()
        threading.Timer(0.2, lambda: office.loop.soon(time.sleep, 1.2)).start()
        (end,) = fetcher.pictures(links(server, 1))
    assert end.data == PICTURE


def test_a_consumer_who_is_slow_bounds_what_waits_for_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """D8: what is not taken is not fetched."""
    monkeypatch.setattr(run, "UNTAKEN", 20)
    with Server(do.send(PICTURE)) as server:
        ends = Fetcher(manners(at_once=4, per_host=4), tmp_path).pictures(links(server, 300))
        next(ends)
        time.sleep(0.3)
        asked = sum(server.asked.values())
        rest = list(ends)
    assert asked <= 20 + 4 + 2
    assert len(rest) == 299


def test_waiting_pictures_are_bounded_by_their_bytes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """D8."""
    monkeypatch.setattr(run, "UNTAKEN_BYTES", 3 * len(PICTURE))
    with Server(do.send(PICTURE)) as server:
        ends = Fetcher(manners(at_once=2, per_host=2), tmp_path).pictures(links(server, 60))
        next(ends)
        time.sleep(0.2)
        assert sum(server.asked.values()) <= 3 + 2 + 2
        assert len(list(ends)) == 59


def test_links_are_taken_as_there_is_room_for_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(run, "WINDOW", 50)
    monkeypatch.setattr(run, "BATCH", 10)
    monkeypatch.setattr(run, "UNTAKEN", 20)
    taken = []

    def many(server: Server) -> Iterator[Link]:
        for link in links(server, 5_000):
            taken.append(link)
            yield link

    with Server(do.send(PICTURE)) as server:
        ends = Fetcher(manners(at_once=4, per_host=4), tmp_path).pictures(many(server))
        next(ends)
        time.sleep(0.2)
        assert len(taken) <= 200
        ends.close()  # type: ignore[attr-defined]


def test_one_who_stops_early_leaves_nothing_behind(tmp_path: Path) -> None:
    silent = do.late(do.FOR_EVER, do.send(PICTURE))
    answer = do.turns(do.send(PICTURE), silent)

    async def by_number(request: Request, writer: asyncio.StreamWriter) -> None:
        await (answer if request.path == "/0.jpg" else silent)(request, writer)

    with Server(by_number) as server:
        fetcher = Fetcher(MANNERS, tmp_path)
        ends = fetcher.pictures(links(server, 50))
        assert next(ends).data == PICTURE
        ends.close()  # type: ignore[attr-defined]
        office = fetcher._opened()
        assert office.wire.watch.flights == set()
        fetcher.close()
        assert office.wire.sockets.open == 0


def test_an_exception_of_the_links_reaches_the_asker(tmp_path: Path) -> None:
    def broken(server: Server) -> Iterator[Link]:
        yield from links(server, 3)
        raise KeyError("the list ends here")

    with Server(do.send(PICTURE)) as server, pytest.raises(KeyError, match="ends here"):
        list(Fetcher(MANNERS, tmp_path).pictures(broken(server)))


@pytest.fixture
def heard() -> Iterator[None]:
    """An interrupt that counts: shells start what runs in the background deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_an_interrupt_of_the_asker_ends_everything(tmp_path: Path) -> None:
    with Server(do.late(do.FOR_EVER, do.send(PICTURE))) as server:
        fetcher = Fetcher(MANNERS, tmp_path)
        ends = fetcher.pictures(links(server, 50))
        threading.Timer(0.2, interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            next(ends)
        assert fetcher._opened().wire.watch.flights == set()


def interrupt() -> None:
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def test_a_fetcher_that_nobody_holds_ends_its_thread(tmp_path: Path) -> None:
    before = loops()
    with Server(do.send(PICTURE)) as server:
        fetcher = Fetcher(MANNERS, tmp_path)
        list(fetcher.pictures(links(server, 3)))
        assert len(loops() - before) == 1
        del fetcher
        gc.collect()
    assert loops() <= before


def test_a_closed_fetcher_opens_again(tmp_path: Path) -> None:
    with Server(do.send(PICTURE)) as server:
        fetcher = Fetcher(MANNERS, tmp_path)
        list(fetcher.pictures(links(server, 3)))
        fetcher.close()
        fetcher.close()
        assert {end.data for end in fetcher.pictures(links(server, 3))} == {PICTURE}


def test_two_runs_at_once_do_not_mix(tmp_path: Path) -> None:
    with Server(any_picture) as server:
        fetcher = Fetcher(MANNERS, tmp_path)
        first, second = fetcher.pictures(links(server, 40)), fetcher.pictures(links(server, 40))
        pairs = [(next(first).name, next(second).name) for _ in range(40)]
    assert sorted(a for a, _ in pairs) == sorted(b for _, b in pairs) == sorted(map(str, range(40)))


def test_one_who_asks_a_fetcher_that_is_closed_meanwhile_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(run, "LONGEST_NAP", 0.1)
    with Server(do.late(do.FOR_EVER, do.send(PICTURE))) as server:
        fetcher = Fetcher(MANNERS, tmp_path)
        threading.Timer(0.2, fetcher.close).start()
        with pytest.raises(RuntimeError, match="was closed"):
            list(fetcher.pictures(links(server, 5)))


@pytest.mark.usefixtures("heard")
def test_an_interrupt_ends_a_call(tmp_path: Path) -> None:
    with Server(do.late(do.FOR_EVER, do.send(PICTURE))) as server:
        fetcher = Fetcher(MANNERS, tmp_path)
        threading.Timer(0.2, interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            fetcher.call(Call(f"{server.base}/rest"), lambda _: None)
        fetcher.close()


@pytest.mark.usefixtures("heard")
def test_an_interrupt_that_wakes_nobody_ends_a_call_all_the_same(tmp_path: Path) -> None:
    """The system may hand it to any thread, or to the asker just before it begins to wait."""
    answered = []

    async def late(_: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(10)
        answered.append(writer)

    with Server(late) as server:
        fetcher = Fetcher(MANNERS, tmp_path)
        threading.Timer(0.1, signal.raise_signal, (signal.SIGINT,)).start()
        with pytest.raises(KeyboardInterrupt):
            fetcher.call(Call(f"{server.base}/rest"), lambda _: None)
        fetcher.close()
    assert not answered


def test_a_fetcher_can_be_sent_to_another_process(tmp_path: Path) -> None:
    settings = Settings(placeholders=(content_of(PICTURE),))
    fetcher = Fetcher(MANNERS, tmp_path, opt_outs=("noai",), max_bytes=9, settings=settings)
    again = pickle.loads(pickle.dumps(fetcher))
    assert (again.manners, again.ledger, again.settings) == (
        MANNERS, tmp_path, settings._replace(opt_outs=("noai",), max_bytes=9)
    )  # fmt: skip


def test_the_well_known_address_of_a_placeholder_is_told(tmp_path: Path) -> None:
    """B34: where Flickr sends those who ask for a picture that is gone."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        is_old = request.path == "/a.jpg"
        await (do.lead("/pw/photo_unavailable.png") if is_old else do.send(PICTURE))(
            request, writer
        )

    assert one(answer, tmp_path).reason == "placeholder"


def test_a_known_placeholder_is_told(tmp_path: Path) -> None:
    """B34."""
    with Server(do.send(PICTURE)) as server:
        settings = Settings(placeholders=(content_of(PICTURE),))
        (end,) = Fetcher(MANNERS, tmp_path, settings=settings).pictures(links(server, 1))
    assert (end.reason, end.detail) == ("placeholder", f"SHA-256 {content_of(PICTURE)}")


def test_proposed_placeholders_can_be_asked_for(tmp_path: Path) -> None:
    """B34."""
    with Server(do.send(PICTURE)) as server:
        fetcher = Fetcher(MANNERS, tmp_path)
        assert fetcher.proposed() == {}
        words = Counter(end.reason for end in fetcher.pictures(links(server, 60)))
    assert words == {None: 50, "placeholder": 10}
    assert list(fetcher.proposed()) == [content_of(PICTURE)]


def test_a_picture_over_the_limit_is_not_read(tmp_path: Path) -> None:
    """B22."""
    with Server(do.promising(PICTURE, 10**11)) as server:
        (end,) = Fetcher(MANNERS, tmp_path, max_bytes=10_000).pictures(links(server, 1))
    assert (end.reason, end.attempts) == ("too-many-bytes", 1)
    assert "100,000,000,000" in (end.detail or "")


@pytest.mark.parametrize("hops", [0, 2])
def test_redirects_are_limited_by_the_plan(tmp_path: Path, hops: int) -> None:
    """B26."""

    async def chain(request: Request, writer: asyncio.StreamWriter) -> None:
        await do.lead(f"{request.path}x")(request, writer)

    end = one(chain, tmp_path, redirects=hops)
    assert (end.reason, end.attempts, end.status) == ("redirect", hops + 1, 302)


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("", "redirect"), ("http://[::1/", "redirect"), ("mailto:a@b.example", "redirect"),
        ("http://a.example:22/", "forbidden-link"), ("http://me@a.example/", "forbidden-link"),
        ("http://10.0.0.1/", "forbidden-address"), ("//2130706433/", "forbidden-address"),
    ],
)  # fmt: skip
def test_a_redirect_must_lead_to_a_link(tmp_path: Path, location: str, reason: str) -> None:
    """B26, B27, B29."""
    end = one(do.lead(location), tmp_path)
    assert (end.reason, end.attempts) == (reason, 1)


def test_a_redirect_is_asked_at_the_host_it_leads_to(tmp_path: Path) -> None:
    """Its places and its pace count there, not where the link came from."""
    with (
        Server(do.late(0.01, do.send(PICTURE))) as there,
        Server(do.lead(f"{there.base}/b")) as here,
    ):
        ends = list(Fetcher(manners(per_host=2), tmp_path).pictures(links(here, 20)))
        assert there.most_open <= 2
    assert {end.final_url for end in ends} == {f"{there.base}/b"}
    assert {end.attempts for end in ends} == {2}


def test_a_fault_of_ours_reaches_the_asker_and_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("affekt.fetch.errands.sniff", broken)
    with Server(do.send(PICTURE)) as server, pytest.raises(ZeroDivisionError):
        list(Fetcher(MANNERS, tmp_path).pictures(links(server, 3)))


def test_manners_are_divided_among_processes_that_cannot_hear_each_other() -> None:
    given = manners(at_once=9, per_host=5, per_second=10, host_per_second=None)
    assert given.most_processes() == 5
    shared = given.shared_by(4)
    assert (shared.at_once, shared.per_host, shared.per_second) == (2, 1, 2.5)
    assert shared.host_per_second is None


@pytest.mark.slow
def test_hosts_that_ask_to_wait_are_told_in_the_log(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    logging.getLogger("affekt").propagate = True
    with caplog.at_level(logging.INFO, "affekt.fetch"):
        one(do.turns(do.wait(seconds=1), do.send(PICTURE)), tmp_path)
    logging.getLogger("affekt").propagate = False
    assert "asks to wait 1 s" in caplog.text
