"""An allowance is never exceeded, whoever asks, is killed or turns the clock (§3.1 of collect)."""

import multiprocessing
import os
import signal
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.errors import Damaged
from affekt.fetch.quotas import Clock, Quotas
from affekt.fetch.words import Quota
from tests import patience


class FakeTime:
    """A clock that moves when somebody sleeps, or when told."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def clock(self) -> Clock:
        return Clock(lambda: self.now, self.sleep)

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def most_in_any(seconds: float, times: list[float]) -> int:
    """The most calls in any stretch of so many seconds: the oracle, quadratic and plain."""
    return max(sum(then <= one < then + seconds for one in times) for then in times)


def files(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if one.suffix != ".lock")


@settings(deadline=None, max_examples=60)
@given(
    calls=st.integers(1, 7),
    seconds=st.floats(0.5, 4_000),
    gaps=st.lists(st.floats(0, 2_000), min_size=1, max_size=40),
)
def test_an_allowance_is_never_exceeded(
    tmp_path_factory: pytest.TempPathFactory, calls: int, seconds: float, gaps: list[float]
) -> None:
    world = FakeTime()
    quotas = Quotas(tmp_path_factory.mktemp("ledger"), world.clock())
    quota, made = Quota("flickr", "key", calls, seconds), list[float]()
    for gap in gaps:
        world.now += gap
        quotas.spend(quota)
        made.append(world.now)
    assert most_in_any(seconds, made) <= calls


def test_an_allowance_is_used_up_whole_before_anybody_waits(tmp_path: Path) -> None:
    world = FakeTime()
    quotas, quota = Quotas(tmp_path, world.clock()), Quota("flickr", "key", 3600, 3600)
    assert quotas.left(quota) == 3600
    began = world.now
    for _ in range(3600):
        quotas.spend(quota)
    assert world.now == began
    assert quotas.left(quota) == 0
    quotas.spend(quota)
    assert 3600 <= world.now - began < 3620


def test_two_fetchers_share_one_allowance(tmp_path: Path) -> None:
    world, quota = FakeTime(), Quota("flickr", "key", 3, 60)
    first, second = Quotas(tmp_path, world.clock()), Quotas(tmp_path, world.clock())
    waits = [one.take(quota) for one in (first, second, first, second)]
    assert waits[:3] == [0, 0, 0]
    assert 60 <= waits[3] < 61


@pytest.mark.parametrize("other", [Quota("flickr", "b", 1, 60), Quota("openverse", "a", 1, 60)])
def test_another_key_or_service_has_its_own(tmp_path: Path, other: Quota) -> None:
    quotas = Quotas(tmp_path, FakeTime().clock())
    assert quotas.take(Quota("flickr", "a", 1, 60)) == 0
    assert quotas.take(other) == 0


def test_a_wider_allowance_remembers_the_calls_of_a_narrow_one(tmp_path: Path) -> None:
    world = FakeTime()
    quotas = Quotas(tmp_path, world.clock())
    narrow, wide = Quota("flickr", "key", 2, 60), Quota("flickr", "key", 4, 60)
    waits = [quotas.take(one) for one in (narrow, narrow, wide, wide, wide)]
    assert waits[:4] == [0, 0, 0, 0]
    assert waits[4] > 0
    assert quotas.take(narrow) > 0


def test_a_clock_turned_back_makes_nobody_wait_longer_than_the_stretch(tmp_path: Path) -> None:
    world, quota = FakeTime(), Quota("flickr", "key", 2, 60)
    quotas = Quotas(tmp_path, world.clock())
    assert [quotas.take(quota), quotas.take(quota)] == [0, 0]
    world.now -= 10_000
    assert 0 < quotas.take(quota) <= 61
    world.now += 61
    assert quotas.take(quota) == 0


def test_a_file_shows_neither_key_nor_its_owner(tmp_path: Path) -> None:
    """B35."""
    Quotas(tmp_path, FakeTime().clock()).spend(Quota("flickr", "canary-0007", 2, 60))
    found = [one.name.encode() + one.read_bytes() for one in tmp_path.iterdir()]
    assert found
    assert not any(b"canary" in one for one in found)


@pytest.mark.parametrize(
    "content", [b"", b"not a ledger at all, but text", b"affekt q" + bytes(17)]
)
def test_a_damaged_ledger_stops_rather_than_lets_everything_pass(
    tmp_path: Path, content: bytes
) -> None:
    quotas, quota = Quotas(tmp_path, FakeTime().clock()), Quota("flickr", "key", 2, 60)
    quotas.spend(quota)
    files(tmp_path)[0].write_bytes(content)
    with pytest.raises(Damaged, match="remove it"):
        quotas.spend(quota)


def spend_many(folder: Path, quota: Quota, out: Path) -> None:
    """Spend for ever and write down between which times, as one process of several."""
    quotas = Quotas(folder)
    with out.open("w") as file:
        while True:
            before = time.time()
            if wait := quotas.take(quota):
                time.sleep(wait)
                continue
            file.write(f"{before} {time.time()}\n")
            file.flush()


@pytest.mark.slow
def test_real_processes_share_an_allowance_though_one_is_killed(tmp_path: Path) -> None:
    quota, began = Quota("flickr", "key", 20, 1.0), time.time()
    context = multiprocessing.get_context("spawn")
    outs = [tmp_path / f"{name}.txt" for name in range(3)]
    workers = [
        context.Process(target=spend_many, args=(tmp_path / "ledger", quota, out), daemon=True)
        for out in outs
    ]
    for worker in workers:
        worker.start()
    wait_until(lambda: all(out.exists() and out.stat().st_size for out in outs))
    os.kill(workers[0].pid or 0, signal.SIGKILL)
    wait_until(lambda: sum(map(lines, outs)) > 60)
    for worker in workers:
        worker.kill()
        worker.join()
    seconds = time.time() - began
    assert all(map(lines, outs))
    made = [Made(*map(float, line.split())) for out in outs for line in whole_lines(out)]
    assert most_for_sure(1.0, made) <= quota.calls
    assert len(made) <= quota.calls * (seconds + 1)


class Made(NamedTuple):
    """A call fell somewhere between two times."""

    after: float
    before: float


def most_for_sure(seconds: float, made: list[Made]) -> int:
    """The most calls in any stretch of so many seconds, wherever each fell between its times."""
    return max(
        sum(start <= one.after and one.before < start + seconds for one in made)
        for start, _ in made
    )


def whole_lines(path: Path) -> list[str]:
    """Give the lines that a killed process did not leave half written."""
    return [line for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]


def lines(path: Path) -> int:
    return len(whole_lines(path))


def wait_until(is_true: object) -> None:
    assert callable(is_true)
    until = time.monotonic() + patience.SECONDS
    while not is_true():
        assert time.monotonic() < until
        time.sleep(0.05)
