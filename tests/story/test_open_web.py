"""From a search at a server to a sample of questions, as a user with a key goes it."""

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random

import polars as pl
import pytest

from tests.cli.plans import UNTIL_RELEASE
from tests.cli.run import AFFEKT, affekt
from tests.servers import pictures
from tests.servers.flickr import KEY, SINCE, UNTIL
from tests.servers.flickr import Host as FlickrHost
from tests.servers.pictures import Host as PictureHost

pytestmark = pytest.mark.slow
N_EACH = 250  # photographs an emotion
KILLS = 10

PLAN = """
[fetch]
contact = "test@example.org"
allowed_networks = ["127.0.0.0/8"]

[[collect.sources]]
kind = "flickr"
base = "{base}"
since = {since}
until = {until}
per_page = 20
split_above = 50
calls_per_hour = 1_000_000

[clean]
min_side_px = 32

[dedupe]
max_hamming_bits = 0
"""
PLAN += UNTIL_RELEASE


@pytest.fixture
def hosts() -> Iterator[tuple[FlickrHost, PictureHost]]:
    """A Flickr of sixty photographs an emotion, every fifth of them odd, and the host of files."""
    with pictures.hosting() as files:
        flickr = FlickrHost(60, odd_every=5, pictures=files.base)
        with flickr.server:
            yield flickr, files


def planned(folder: Path, flickr: FlickrHost, *changes: tuple[str, str]) -> Path:
    text = PLAN.format(base=flickr.base, since=SINCE, until=UNTIL)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    folder.mkdir(exist_ok=True)
    (folder / "plan.toml").write_text(text)
    return folder


def build(folder: Path) -> dict[str, dict[str, int]]:
    """Build up to the sample, and give what each step kept and dropped."""
    ran = affekt("build", "plan.toml", "--to", "sample", "--json", cwd=folder, FLICKR_KEY=KEY)
    assert ran.code == 0, ran.err
    return {step["name"]: step for step in ran.document}


def rows(folder: Path, step: str) -> pl.DataFrame:
    (table,) = folder.glob(f"work/products/{step}-*/table.parquet")
    return pl.read_parquet(table)


def test_without_its_key_nothing_is_asked(
    tmp_path: Path, hosts: tuple[FlickrHost, PictureHost]
) -> None:
    """B16."""
    folder = planned(tmp_path / "a", hosts[0])
    ran = affekt("build", "plan.toml", cwd=folder, FLICKR_KEY="")
    assert ran.code == 5
    assert "FLICKR_KEY" in ran.err
    assert hosts[0].calls == []


def test_a_search_becomes_questions_and_nothing_is_fetched_twice(
    tmp_path: Path, hosts: tuple[FlickrHost, PictureHost]
) -> None:
    """D4, C3, B35: counts add up, a changed rule asks for nothing again, the key is nowhere."""
    flickr, files = hosts
    folder = planned(tmp_path / "a", flickr)
    steps = build(folder)
    found = rows(folder, "collect")
    assert steps["clean"]["kept"] + steps["clean"]["dropped"] == found.height
    assert found.filter(pl.col("owner").is_not_null()).height > found.height // 2
    assert steps["sample"]["kept"] == 8 * 5
    asked, calls = dict(files.server.asked), len(flickr.calls)
    assert set(asked.values()) == {1}

    planned(folder, flickr, ("min_side_px = 32", 'min_side_px = 33\nconflicts = "off"'))
    again = build(folder)
    assert again["clean"]["kept"] >= steps["clean"]["kept"]
    assert len(flickr.calls) == calls
    assert set(files.server.asked.values()) == {1}

    told = affekt("stats", "plan.toml", "--json", cwd=folder)
    servers = {one["host"]: one for one in told.document["servers"]}
    assert servers["127.0.0.1"]["links"] == len(files.server.asked)
    for path in [one for one in folder.rglob("*") if one.is_file()]:
        assert KEY.encode() not in path.read_bytes(), path


class Requests:
    """All requests that both hosts have taken."""

    def __init__(self, flickr: FlickrHost, files: PictureHost) -> None:
        self._flickr, self._files = flickr, files

    def total(self) -> int:
        return len(self._flickr.calls) + sum(self._files.server.asked.values())

    def of_pictures(self) -> Counter[str]:
        return Counter(self._files.server.asked)


def killed_after(folder: Path, requests: Requests, n: int) -> None:
    """Begin a build and kill it when it has sent so many requests more."""
    until = requests.total() + n
    environment = {**os.environ, "FLICKR_KEY": KEY}
    with subprocess.Popen(
        [*AFFEKT, "build", "plan.toml", "-q"], cwd=folder, env=environment
    ) as running:
        while requests.total() < until:
            assert running.poll() is None
        running.send_signal(signal.SIGKILL)


def shelf(folder: Path) -> dict[str, str]:
    """Give name and SHA-256 of every file of pictures."""
    files = folder.glob("work/pictures/*.parquet")
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_build_that_is_killed_ten_times_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    """B11, D3: while it searches and while it fetches; the records and the bytes of the pictures.

    When something came is the only thing that differs.
    """
    with pictures.hosting() as files:
        flickr = FlickrHost(N_EACH, odd_every=50, pictures=files.base)
        with flickr.server:
            requests = Requests(flickr, files)
            whole, killed = (planned(tmp_path / name, flickr) for name in "ab")
            build(whole)
            n_once, once = requests.total(), requests.of_pictures()
            dice = Random(20160212)
            for _ in range(KILLS):
                killed_after(killed, requests, dice.randrange(1, n_once // KILLS))
            build(killed)
    twice = requests.of_pictures() - once
    for step in ("collect", "clean", "dedupe"):
        left, right = (rows(one, step) for one in (whole, killed))
        assert left.drop("found_at").equals(right.drop("found_at")), step
    assert rows(whole, "sample").equals(rows(killed, "sample"))
    assert len(shelf(whole)) > 1
    assert shelf(killed) == shelf(whole)
    assert set(twice) == set(once)
    # Begun anew each time, ten runs would ask for about five times as many.
    assert (twice - once).total() < len(once)
