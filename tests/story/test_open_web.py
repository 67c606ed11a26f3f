"""From a search at a server to a sample of questions, as a user with a key goes it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from tests.cli.run import AFFEKT, affekt
from tests.servers import pictures
from tests.servers.flickr import KEY, SINCE, UNTIL
from tests.servers.flickr import Host as FlickrHost
from tests.servers.pictures import Host as PictureHost

pytestmark = pytest.mark.slow

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

[sample]
per_emotion = 5

[verify]
crowd = "simulated"

[decide]
rule = "majority"

[release]
name = "web"
"""


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


def test_a_build_that_is_killed_while_it_fetches_ends_as_if_it_had_not_been(
    tmp_path: Path, hosts: tuple[FlickrHost, PictureHost]
) -> None:
    """B11, D3."""
    flickr, files = hosts
    whole, killed = (planned(tmp_path / name, flickr) for name in "ab")
    build(whole)
    wanted = len(files.server.asked)
    environment = {**os.environ, "FLICKR_KEY": KEY}
    with subprocess.Popen(
        [*AFFEKT, "build", "plan.toml", "-q"], cwd=killed, env=environment
    ) as running:
        while sum(files.server.asked.values()) < wanted + wanted // 2:
            assert running.poll() is None
        running.send_signal(signal.SIGKILL)
    build(killed)
    columns = [name for name in rows(whole, "clean").columns if name != "found_at"]
    assert rows(killed, "clean").select(columns).equals(rows(whole, "clean").select(columns))
    assert rows(killed, "sample").equals(rows(whole, "sample"))
    shelves = [
        {path.name for path in one.glob("work/pictures/*.parquet")} for one in (whole, killed)
    ]
    assert shelves[0] == shelves[1]
