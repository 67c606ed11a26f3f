"""A crawl of 200,000 records that is killed again and again ends like one that never was."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import NamedTuple

import polars as pl
import pytest

from affekt.taxonomy import MIKELS8
from tests import patience
from tests.servers._flickr_catalogue import Burst
from tests.servers.flickr import KEY, Host, Quirks
from tests.story.crawl import TABLE

# Forty seconds on two free cores; much longer where others work on them too.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * patience.SECONDS)]
ROOT = Path(__file__).parents[2]
PER_EMOTION = 25_000
KILLS = 10
CALLS = 480  # at least so many are made; a kill falls into each tenth of them
ODD_ONES = (699, 799)  # in each thousand: an entry without an address, a video
LONGEST_DELAY = 0.08  # s, of a kill behind a call; one page takes about as long from call to disk
BURSTS = (Burst(9_000, 3_500, 200), Burst(20_000, 1_200, 3_000))


class Crawl:
    """One crawl, from a first process to the one that ends well.

    Attributes:
        calls: All calls that the server took, in their order.
        kills: How many processes were killed.
        table: What was found.
    """

    def __init__(self, host: Host, folder: Path, deaths: dict[int, float]) -> None:
        self._folder, self._base = folder, host.base
        self._deaths = deaths  # number of a call → seconds from it to the kill
        self.kills = 0
        host.before = self._strike
        while self._ended() != 0:
            self.kills += 1
        self.calls = host.calls
        self.table = pl.read_parquet(folder / TABLE)

    def _ended(self) -> int:
        line = [sys.executable, "-m", "tests.story.crawl", str(self._folder), self._base]
        self._process = subprocess.Popen(
            line, cwd=ROOT, env={**os.environ, "FLICKR_KEY": KEY}, stdout=subprocess.DEVNULL
        )
        code = self._process.wait()
        assert code in (0, -signal.SIGKILL)
        return code

    def _strike(self, number: int) -> None:
        if number in self._deaths:
            threading.Timer(self._deaths[number], self._process.kill).start()

    def pages(self) -> Counter[str]:
        return Counter(repr(sorted(call.items())) for call in self.calls)


class Crawls(NamedTuple):
    """The same crawl of two equal hosts, side by side."""

    undisturbed: Crawl
    killed: Crawl


def running_host() -> Host:
    """A Flickr with bursts, wrong totals, odd entries and repeated pages."""
    quirks = Quirks(wrong_totals=0.05, totals_change=True, repeats=True)
    return Host(PER_EMOTION, quirks=quirks, bursts=BURSTS, odd_every=100)


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> Crawls:
    """One in a single run, one killed in each tenth of its calls, at a moment drawn by lot."""
    dice, tenth = Random(20160212), CALLS // KILLS
    deaths = {
        tenth * place + dice.randrange(1, tenth - 5): dice.uniform(0, LONGEST_DELAY)
        for place in range(KILLS)
    }
    quiet, deadly = running_host(), running_host()
    with quiet.server, deadly.server, ThreadPoolExecutor(2) as side_by_side:
        undisturbed = side_by_side.submit(Crawl, quiet, tmp_path_factory.mktemp("quiet"), {})
        killed = side_by_side.submit(Crawl, deadly, tmp_path_factory.mktemp("deadly"), deaths)
        return Crawls(undisturbed.result(), killed.result())


def test_the_undisturbed_crawl_finds_everything_there_is(crawls: Crawls) -> None:
    host = running_host()
    there = {
        (emotion.name, host.catalogue(",".join(emotion.words)).name(number))
        for emotion in MIKELS8.emotions
        for number in range(PER_EMOTION)
        if number % 1000 not in ODD_ONES
    }
    found = set(crawls.undisturbed.table.select("emotion", "source_id").iter_rows())
    assert found == there
    assert len(found) > 199_000


def test_a_crawl_killed_ten_times_ends_with_the_records_of_an_undisturbed_one(
    crawls: Crawls,
) -> None:
    """B11, D3; when a page came is the only thing that differs."""
    undisturbed, killed = (crawl.table.drop("found_at") for crawl in crawls)
    assert crawls.killed.kills == KILLS
    assert killed.equals(undisturbed)


def test_no_call_is_repeated_but_those_in_flight_at_a_kill(crawls: Crawls) -> None:
    """D3: a page counts once it is on disk."""
    once, killed = crawls.undisturbed.pages(), crawls.killed.pages()
    # Every search is asked once; the list of licences is asked for once an emotion.
    assert set(once.values()) == {1, len(MIKELS8.emotions)}
    assert set(killed) == set(once)
    repeated = killed - once
    assert repeated.total() <= KILLS
    assert set(repeated.values()) <= {1}
