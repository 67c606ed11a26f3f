"""Hosts take turns; a dead one is given up soon and costs the others nothing (B23, B82)."""

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.fetch import hosts
from affekt.fetch.addresses import Allowed
from affekt.fetch.fetcher import Fetcher
from affekt.fetch.hosts import PROBES, Board
from affekt.fetch.jobs import Job
from affekt.fetch.links import target
from affekt.fetch.manners import HostManners, Manners
from affekt.fetch.words import Link
from affekt.sources import guests
from affekt.sources.wikimedia import Wikimedia
from tests.fetch.names import answering
from tests.servers._wire import Request, Server, whole
from tests.servers.pictures import picture

FATES = st.sampled_from(["ok", "fail", "wait"])


class World:
    """A board under a clock that is set by hand."""

    def __init__(self, **manners: object) -> None:
        self.now = 0.0
        self.board = Board(Manners.model_validate(manners), lambda: self.now)

    def put(self, host: str, count: int = 1) -> list[Job]:
        jobs = [job(host, number) for number in range(count)]
        for one in jobs:
            self.board.put(one)
        return jobs

    def taken(self) -> list[Job]:
        """Take all that may be asked now."""
        return list(iter(self.board.take, None))

    def fail(self, jobs: list[Job]) -> None:
        for one in jobs:
            one.failures += 1
            self.board.freed(one, is_alive=False, reason="dns")

    def succeed(self, jobs: list[Job]) -> None:
        for one in jobs:
            self.board.freed(one, is_alive=True)

    def work_off(self, end: Callable[[list[Job]], None]) -> int:
        """Let every request end in one way until none is left; give how many there were."""
        asked = 0
        while jobs := self.taken():
            asked += len(jobs)
            end(jobs)
        return asked


def job(host: str, number: int = 0) -> Job:
    link = f"http://{host}.example/{number}"
    return Job(Link(link, link), target(link, Allowed()))


def names(jobs: list[Job]) -> Counter[str]:
    return Counter(one.host.partition(".")[0] for one in jobs)


def test_no_host_gets_more_than_its_places() -> None:
    world = World(per_host=3)
    world.put("a", 10)
    world.put("b", 2)
    assert names(world.taken()) == {"a": 3, "b": 2}


def test_hosts_take_turns_though_one_came_first() -> None:
    world = World(per_host=4)
    world.put("a", 4)
    world.put("b", 4)
    first = [world.board.take() for _ in range(4)]
    assert names([one for one in first if one]) == {"a": 2, "b": 2}


def test_a_place_that_is_free_again_is_taken() -> None:
    world = World(per_host=2)
    world.put("a", 3)
    world.succeed(world.taken()[:1])
    assert len(world.taken()) == 1


def test_a_host_that_asks_to_wait_waits_and_no_other() -> None:
    """B23."""
    world = World(per_host=2)
    world.put("a", 3)
    world.put("b", 3)
    world.taken()
    world.board.hold("a.example:80", 10)
    world.succeed([job("a"), job("a"), job("b")])
    assert names(world.taken()) == {"b": 1}
    assert world.board.next_at() == 10
    world.now = 10.0
    assert names(world.taken()) == {"a": 1}


def test_the_longest_wait_counts() -> None:
    world = World()
    world.put("a", 2)
    world.taken()
    world.board.hold("a.example:80", 10)
    world.board.hold("a.example:80", 2)
    world.put("a")
    world.now = 9.0
    assert world.taken() == []


def test_a_link_that_waits_for_its_time_takes_no_place() -> None:
    world = World(per_host=1)
    waiting, other = world.put("a", 2)
    assert world.taken() == [waiting]
    world.board.freed(waiting, is_alive=True)
    world.board.put_later(waiting, 5)
    assert world.taken() == [other]


def test_the_pace_of_one_host_is_kept() -> None:
    world = World(host_per_second=2)
    world.put("a", 3)
    world.put("b", 1)
    assert names(world.taken()) == {"a": 1, "b": 1}
    world.now = 0.49
    assert world.taken() == []
    world.now = 0.5
    assert names(world.taken()) == {"a": 1}


def test_the_pace_of_all_hosts_together_is_kept() -> None:
    world = World(per_second=10)
    world.put("a", 2)
    world.put("b", 2)
    assert len(world.taken()) == 1
    assert world.board.next_at() == pytest.approx(0.1)
    world.now = 0.1
    assert len(world.taken()) == 1


@pytest.mark.slow
def test_thirty_thousand_links_to_a_dead_host_cost_a_few_dozen_requests() -> None:
    """B82."""
    world = World(per_host=8, give_up_after=20)
    world.put("dead", 30_000)
    world.put("alive", 10)
    asked = world.work_off(lambda jobs: world.fail([one for one in jobs if "dead" in one.host]))
    assert asked <= 20 + 8 + 10
    assert world.board.come_back()
    assert world.work_off(world.fail) == PROBES
    assert len(world.board.lost) + asked + PROBES >= 30_000
    assert world.board.given_up() == ["dead.example:80"]


def test_what_comes_to_a_lost_host_is_lost_at_once() -> None:
    world = World(give_up_after=1)
    world.put("a", 50)
    world.work_off(world.fail)
    world.board.come_back()
    world.work_off(world.fail)
    late = world.put("a")
    assert late[0] in world.board.lost
    assert world.taken() == []


def test_a_host_that_lives_again_at_the_end_gets_all_its_links() -> None:
    world = World(per_host=2, give_up_after=2)
    world.put("a", 50)
    asked = world.work_off(world.fail)
    assert asked <= 4
    world.board.come_back()
    assert world.work_off(world.succeed) == 50 - asked
    assert not world.board.lost
    assert world.board.given_up() == []


def test_one_answer_of_a_parked_host_opens_it() -> None:
    world = World(per_host=3, give_up_after=2)
    world.put("a", 10)
    first = world.taken()
    world.fail(first[:2])
    assert world.board.given_up() == ["a.example:80"]
    world.succeed(first[2:])
    assert world.work_off(world.succeed) == 7


def test_one_probe_that_fails_decides_nothing() -> None:
    world = World(per_host=4, give_up_after=4)
    world.put("a", 20)
    world.fail(world.taken())
    world.board.come_back()
    bad, *good = world.taken()
    world.fail([bad])
    assert not world.board.lost
    world.succeed(good)
    assert world.work_off(world.succeed) == 16 - PROBES


def test_failures_that_are_no_row_park_nobody() -> None:
    world = World(per_host=1, give_up_after=2)
    world.put("a", 9)
    ends = [world.fail, world.succeed] * 4 + [world.fail]
    assert [end(world.taken()) for end in ends] == [None] * 9
    assert world.board.given_up() == []


def test_one_link_that_fails_again_and_again_parks_nobody() -> None:
    """A host with a few bad links that are all asked again is no dead host."""
    world = World(give_up_after=2)
    (bad,) = world.put("a")
    for _ in range(5):
        world.fail(world.taken())
        world.board.put(bad)
    assert world.board.given_up() == []


def test_what_was_never_asked_is_asked_first_when_a_host_is_tried_again() -> None:
    world = World(per_host=4, give_up_after=4)
    jobs = world.put("a", 10)
    failed = world.taken()
    world.fail(failed)
    for one in failed:
        world.board.put(one)
    world.board.come_back()
    assert set(world.taken()) <= set(jobs[4:])


def test_a_lost_host_is_tried_with_a_few_links_the_next_time() -> None:
    world = World(give_up_after=1)
    world.put("a", 50)
    world.work_off(world.fail)
    world.board.come_back()
    world.work_off(world.fail)
    world.board.begin()
    world.put("a", 100)
    assert world.work_off(world.fail) <= PROBES
    assert len(world.board.lost) >= 100 - PROBES


def test_a_link_put_off_is_asked_at_the_end_if_its_time_has_come() -> None:
    world = World()
    early, late = world.put("a", 2)
    world.succeed(world.taken())
    world.board.put_off(early, 50)
    world.board.put_off(late, 5_000)
    world.now = 60.0
    assert world.board.come_back()
    assert world.taken() == [early]
    assert list(world.board.lost) == [late]


def test_hosts_with_nothing_to_do_are_forgotten() -> None:
    world = World()
    for number in range(100):
        world.put(f"h{number}")
    world.work_off(world.succeed)
    assert world.board.hosts == {}


def test_the_memory_of_failures_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("affekt.fetch.hosts.REMEMBERED", 50)
    world = World()
    for number in range(1_000):
        world.put(f"h{number}")
        world.fail(world.taken())
    assert len(world.board.hosts) < 150


@given(
    plan=st.lists(st.tuples(st.sampled_from("abc"), FATES), max_size=60),
    per_host=st.integers(1, 3),
    patience=st.integers(1, 4),
)
def test_every_link_comes_out_once(
    plan: list[tuple[str, str]], per_host: int, patience: int
) -> None:
    """Whatever becomes of requests, no link vanishes and none is asked twice at a time."""
    world = World(per_host=per_host, give_up_after=patience)
    fate = {id(one): end for host, end in plan for one in world.put(host)}
    out: list[Job] = []
    for _ in range(1_000):
        world.now += 1
        for one in world.taken():
            end = fate[id(one)]
            if end == "wait" and not one.failures:
                one.failures += 1
                world.board.freed(one, is_alive=False, reason="busy")
                world.board.put_later(one, 3)
            else:
                world.board.freed(one, is_alive=end == "ok")
                out.append(one)
        out.extend(world.board.lost)
        world.board.lost.clear()
        if world.board.is_quiet() and not world.board.come_back():
            break
    assert Counter(map(id, out)) == Counter(fate.keys())


def test_a_lost_host_is_tried_again_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """B82: it may live again, however many links are still to come."""
    monkeypatch.setattr(hosts, "AGAIN", 30)
    world = World(give_up_after=1)
    world.put("a", 20)
    world.fail(world.taken())
    world.board.come_back()
    world.fail(world.taken())
    world.put("a", 30)
    assert world.taken() == []
    world.put("a", 10)
    world.succeed(world.taken())
    assert len(world.taken()) == 10 - PROBES


def test_a_host_has_the_places_that_the_plan_gives_it_and_others_have_theirs() -> None:
    world = World(per_host=5, hosts={"a.example": {"per_host": 2}})
    world.put("a", 10)
    world.put("b", 10)
    assert names(world.taken()) == {"a": 2, "b": 5}


def test_a_host_has_the_pace_that_the_plan_gives_it_and_others_have_theirs() -> None:
    world = World(per_host=20, host_per_second=1.0, hosts={"a.example": {"per_second": 4.0}})
    asked = Counter[str]()
    world.put("a", 20)
    world.put("b", 20)
    for _ in range(16):
        asked += names(world.taken())
        world.now += 0.25
    assert asked == {"a": 16, "b": 4}


@pytest.mark.parametrize(
    ("host", "places"),
    [
        ("example.org", 3),
        ("example.org:443", 3),
        ("img.example.org", 3),
        ("up.img.example.org:80", 1),
        ("anexample.org", 7),
        ("org", 7),
        ("[::1]:80", 7),
    ],
)
def test_a_name_stands_for_all_below_it_and_the_longest_decides(host: str, places: int) -> None:
    own = {"example.org": {"per_host": 3}, "up.img.example.org": {"per_host": 1}}
    manners = Manners.model_validate({"per_host": 7, "hosts": own})
    assert manners.at(host).places == places


def test_what_is_left_out_of_a_host_is_as_everywhere() -> None:
    given = {"host_per_second": 9.0, "hosts": {"a.example": {"per_host": 2}}}
    assert Manners.model_validate(given).at("a.example") == (2, 9.0)


@pytest.mark.parametrize(
    ("plan", "places"),
    [
        ({}, 2),
        ({"per_host": 1}, 1),
        ({"hosts": {"files.example": {"per_host": 6}}}, 6),
        ({"hosts": {"other.example": {"per_host": 6}}}, 2),
    ],
)
def test_what_a_host_asks_of_everybody_holds_unless_the_plan_names_it(
    plan: dict[str, object], places: int
) -> None:
    known = {"files.example": HostManners(per_host=2)}
    assert Manners.model_validate(plan).with_hosts(known).at("files.example").places == places


def test_wikimedia_files_are_asked_by_two_connections() -> None:
    assert guests(Manners(), [Wikimedia()]).at("upload.wikimedia.org:443").places == 2
    assert guests(Manners(), [Wikimedia()]).at("commons.wikimedia.org:443").places == 8


def test_processes_that_cannot_hear_each_other_divide_the_places_of_a_host() -> None:
    given = Manners.model_validate({"hosts": {"a.example": {"per_host": 4, "per_second": 3.0}}})
    assert given.most_processes() == 4
    assert given.shared_by(2).at("a.example") == (2, 1.5)


def test_two_servers_are_asked_by_as_many_connections_as_each_may_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name of one is in the plan, that of the other is not."""
    manners = {"per_host": 6, "allowed_networks": ("127.0.0.0/8",), "contact": "test@example.org"}
    own = {"gentle.example": {"per_host": 2}}
    fetcher = Fetcher(Manners.model_validate({**manners, "hosts": own}), tmp_path)
    with Server(slowly) as one, Server(slowly) as other:
        monkeypatch.setattr("affekt.fetch.links.PORTS", one.ports)  # a name leads there
        answering(monkeypatch, {"img.gentle.example": [["127.0.0.1"]]})
        bases = (one.base.replace("127.0.0.1", "img.gentle.example"), other.base)
        given = [Link(f"{base}/{at}", f"{base}/{at}") for at in range(30) for base in bases]
        ends = list(fetcher.pictures(given))
    assert [end.reason for end in ends] == [None] * 60
    assert (one.most_open, other.most_open) == (2, 6)


async def slowly(request: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(0.02)
    writer.write(whole(picture(request.path), "Content-Type: image/jpeg"))
