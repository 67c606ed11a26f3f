"""Several processes behave towards a host as one does (B23, B82)."""

import subprocess
import sys
from pathlib import Path

import pytest

from affekt.fetch.hosts import PROBES, Board
from affekt.fetch.jobs import Job
from affekt.fetch.manners import Manners
from affekt.fetch.neighbours import Neighbours, Refused, Together
from tests.fetch.test_hosts import job


class Street:
    """Processes side by side under a clock that is set by hand; here each is an object."""

    def __init__(self, folder: Path, processes: int, **manners: object) -> None:
        self.now = 1e9
        self.manners = Manners.model_validate(manners)
        self.together = Together(folder, processes)
        self.neighbours = [
            Neighbours(self.together, self.manners, lambda: self.now) for _ in range(processes)
        ]
        self.boards = [Board(self.manners, lambda: self.now, one) for one in self.neighbours]

    def put(self, host: str, count: int) -> None:
        """Queue links at every process."""
        for board in self.boards:
            for number in range(count):
                board.put(job(host, number))

    def taken(self) -> list[list[Job]]:
        """Let each process in turn take all it may."""
        return [list(iter(board.take, None)) for board in self.boards]

    def counts(self) -> list[int]:
        return [len(jobs) for jobs in self.taken()]


@pytest.mark.parametrize(("processes", "counts"), [(2, [4, 4]), (3, [2, 2, 2]), (16, [1] * 8)])
def test_a_host_has_no_more_connections_than_the_plan_says(
    tmp_path: Path, processes: int, counts: list[int]
) -> None:
    street = Street(tmp_path, processes, per_host=8)
    street.put("a", 10)
    assert [count for count in street.counts() if count] == counts


def test_a_host_with_places_of_its_own_has_them_over_all_processes(tmp_path: Path) -> None:
    street = Street(tmp_path, 4, per_host=8, hosts={"a.example": {"per_host": 2}})
    street.put("a", 10)
    street.put("b", 10)
    assert street.counts() == [3, 3, 2, 2]


def test_places_of_all_hosts_together_are_shared_too(tmp_path: Path) -> None:
    street = Street(tmp_path, 3, at_once=2, per_host=3)
    street.put("a", 1)
    street.put("b", 1)
    assert sum(street.counts()) == 2


def test_a_place_that_is_free_again_goes_to_whoever_looks_first(tmp_path: Path) -> None:
    street = Street(tmp_path, 2, per_host=1)
    street.put("a", 2)
    first, none = street.taken()
    assert not none
    street.boards[0].freed(first[0], is_alive=True)
    street.now += 1
    assert len(list(iter(street.boards[1].take, None))) == 1


def test_a_run_that_is_cut_off_leaves_no_place_taken(tmp_path: Path) -> None:
    street = Street(tmp_path, 2, per_host=1)
    street.put("a", 2)
    assert street.counts() == [1, 0]
    street.boards[0].end()
    assert street.neighbours[1].enter("a.example") is None


def test_a_wait_asked_of_one_is_kept_by_all(tmp_path: Path) -> None:
    street = Street(tmp_path, 2, per_host=4)
    street.put("a", 1)
    jobs, others = street.taken()
    street.boards[0].hold(jobs[0].host, 6.0)
    street.boards[1].freed(others[0], is_alive=True)
    street.boards[1].put(job("a", 7))
    street.now += 5.5
    assert street.boards[1].take() is None
    street.now += 1.0
    assert street.boards[1].take() is not None


def test_a_wait_that_a_clock_turned_back_makes_endless_is_none(tmp_path: Path) -> None:
    street = Street(tmp_path, 2)
    street.neighbours[0].hold("a.example", 100.0)
    street.now -= 3600
    assert street.neighbours[1].enter("a.example") is None


def test_a_host_parked_by_one_is_tried_with_a_few_links_by_the_others(tmp_path: Path) -> None:
    street = Street(tmp_path, 2, per_host=2, give_up_after=1)
    street.put("a", 10)
    jobs, others = street.taken()
    jobs[0].failures = 1
    street.boards[0].freed(jobs[0], is_alive=False, reason="dns")
    for one in others:
        street.boards[1].freed(one, is_alive=None)
    assert street.boards[1].take() is None
    assert street.boards[1].given_up() == ["a.example:80"]
    assert street.boards[1].come_back()
    probes = []
    while one_more := street.boards[1].take():
        probes.append(one_more)
        street.boards[1].freed(one_more, is_alive=None)
    assert len(probes) == PROBES


def test_a_host_that_lives_again_is_asked_by_all(tmp_path: Path) -> None:
    street = Street(tmp_path, 2)
    street.neighbours[0].park("a.example")
    assert street.neighbours[1].enter("a.example") == Refused(0.0, is_parked=True)
    street.neighbours[1].revive("a.example")
    assert street.neighbours[0].enter("a.example") is None


def test_the_pace_at_one_host_is_kept_together(tmp_path: Path) -> None:
    street = Street(tmp_path, 2, host_per_second=2.0)
    one, other = street.neighbours
    assert one.enter("a.example") is None
    assert other.enter("a.example") == Refused(0.5)
    assert other.enter("b.example") is None
    street.now += 0.5
    assert other.enter("a.example") is None


def test_the_pace_at_all_hosts_is_kept_together(tmp_path: Path) -> None:
    street = Street(tmp_path, 2, per_second=2.0)
    one, other = street.neighbours
    assert one.enter("a.example") is None
    assert other.enter("b.example") == Refused(0.5, is_for_all=True)


def test_who_must_wait_for_his_turn_holds_no_place(tmp_path: Path) -> None:
    street = Street(tmp_path, 3, per_host=2, host_per_second=2.0)
    first, second, third = street.neighbours
    assert first.enter("a.example") is None
    assert second.enter("a.example") == Refused(0.5)
    street.now += 0.5
    assert third.enter("a.example") is None


DIES = """
import os, sys
from pathlib import Path
from affekt.fetch.manners import Manners
from affekt.fetch.neighbours import Neighbours, Together
entered = Neighbours(Together(Path(sys.argv[1]), 2), Manners(per_host=1)).enter("a.example")
print(entered, flush=True)
sys.stdin.read()
"""


def test_a_killed_process_leaves_no_place_taken(tmp_path: Path) -> None:
    here = Neighbours(Together(tmp_path, 2), Manners(per_host=1))
    command = [sys.executable, "-c", DIES, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline().strip() == b"None"
        assert here.enter("a.example") is not None
        process.kill()
    assert here.enter("a.example") is None
