"""A crawl of 200,000 records that is killed again and again ends like one that never was."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import polars as pl
import pytest

from affekt.taxonomy import MIKELS8
from tests.servers._flickr_catalogue import Burst
from tests.servers.flickr import KEY, Host, Quirks
from tests.story.crawl import TABLE

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
PER_EMOTION = 25_000
KILLS = 10
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
        first, self.kills = len(host.calls), 0
        host.before = lambda number: self._strike(number - first)
        while self._ended() != 0:
            self.kills += 1
        self.calls = host.calls[first:]
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


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    """A Flickr with bursts, wrong totals, odd entries and a few failures of its own."""
    quirks = Quirks(wrong_totals=0.05, totals_change=True, repeats=True)
    host = Host(PER_EMOTION, quirks=quirks, bursts=BURSTS, odd_every=100)
    with host.server:
        yield host


@pytest.fixture(scope="module")
def undisturbed(host: Host, tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    """A crawl in one go."""
    return Crawl(host, tmp_path_factory.mktemp("undisturbed"), {})


@pytest.fixture(scope="module")
def killed(host: Host, undisturbed: Crawl, tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    """A crawl that is killed in each tenth of its calls, at a moment drawn by lot."""
    dice, tenth = Random(20160212), len(undisturbed.calls) // KILLS
    deaths = {
        tenth * place + dice.randrange(1, tenth - 5): dice.uniform(0, LONGEST_DELAY)
        for place in range(KILLS)
    }
    return Crawl(host, tmp_path_factory.mktemp("killed"), deaths)


def test_the_undisturbed_crawl_finds_everything_there_is(host: Host, undisturbed: Crawl) -> None:
    there = {
        (emotion.name, catalogue.name(number))
        for emotion in MIKELS8.emotions
        for catalogue in [host.catalogue(",".join(emotion.words))]
        for number in range(PER_EMOTION)
        if number % 1000 not in (699, 799)  # the odd ones: no address, a video
    }
    found = set(undisturbed.table.select("emotion", "source_id").iter_rows())
    assert found == there
    assert undisturbed.table.height > 199_000


def test_a_crawl_killed_ten_times_ends_with_the_records_of_an_undisturbed_one(
    undisturbed: Crawl, killed: Crawl
) -> None:
    """B11, D3."""
    assert killed.kills == KILLS
    assert killed.table.drop("found_at").equals(undisturbed.table.drop("found_at"))


def test_no_call_is_repeated_but_those_in_flight_at_a_kill(
    undisturbed: Crawl, killed: Crawl
) -> None:
    """D3: a page counts once it is on disk."""
    assert set(undisturbed.pages().values()) == {1, len(MIKELS8.emotions)}
    assert set(killed.pages()) == set(undisturbed.pages())
    repeated = killed.pages() - undisturbed.pages()
    assert repeated.total() <= KILLS
    assert set(repeated.values()) <= {1}
