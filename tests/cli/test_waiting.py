"""Who waits for hours sees for what, and until when (B23)."""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from affekt.cli.voice import Ticker, describe
from affekt.fetch.news import FORECAST, WAITING
from affekt.stage import Progress
from tests import patience
from tests.cli.plans import UNTIL_RELEASE
from tests.cli.run import AFFEKT, affekt
from tests.servers.flickr import KEY, Host

PLAN = """
[fetch]
contact = "test@example.org"
allowed_networks = ["127.0.0.0/8"]
[collect]
sources = [{{ kind = "flickr", base = "{base}", until = 2014-12-31, calls_per_hour = {calls} }}]
"""
PLAN += UNTIL_RELEASE


def step(folder: Path) -> dict[str, Any]:
    """Give the step that collects as `affekt status` tells it."""
    found: dict[str, Any] = affekt("status", "plan.toml", "--json", cwd=folder).document[0]
    return found


def when_waiting(folder: Path) -> dict[str, Any]:
    """Give that step as soon as it tells that it waits."""
    end = time.monotonic() + patience.SECONDS
    while WAITING not in (told := step(folder))["tallies"]:
        assert time.monotonic() < end, told
    return told


@pytest.mark.slow
def test_a_spent_allowance_is_shown_with_its_end_and_what_is_ahead(tmp_path: Path) -> None:
    host = Host(9000)
    words = [*AFFEKT, "build", "plan.toml"]
    environment = {**os.environ, "FLICKR_KEY": KEY}
    with host.server, (tmp_path / "err").open("w") as err:
        (tmp_path / "plan.toml").write_text(PLAN.format(base=host.base, calls=4))
        process = subprocess.Popen(words, cwd=tmp_path, env=environment, stderr=err)
        try:
            told = when_waiting(tmp_path)
            shown = affekt("status", "plan.toml", cwd=tmp_path).out
        finally:
            process.kill()
            process.wait()
    ((who, seconds),) = told["tallies"][WAITING].items()
    assert who.startswith("flickr, its allowance is used up, until 20")
    assert 3000 < seconds < 3700
    assert who in shown
    ((what, calls),) = told["tallies"][FORECAST].items()
    assert what.startswith("flickr: about 2,835 pictures of 'amusement', ")
    assert what.endswith(" h at 4 calls an hour")
    assert calls >= 2_835 / 500
    said = (tmp_path / "err").read_text()
    assert f"collect: {WAITING}: {who}" in said
    assert f"collect: {FORECAST}: {what} {calls}" in said
    assert KEY not in said + shown + json.dumps(told)


@pytest.mark.slow
def test_a_dry_run_says_what_is_known_of_the_pace(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(PLAN.format(base="https://api.example", calls=3600))
    ran = affekt("build", "plan.toml", "--dry-run", "--json", cwd=tmp_path)
    assert "flickr: 3,600 calls an hour, at most 500 pictures a call" in ran.document[0]["text"]


def test_news_is_told_at_once_and_once(capsys: pytest.CaptureFixture[str]) -> None:
    ticker = Ticker(quiet=False)
    waits = Progress("collect", 10, None, 0, {WAITING: {"flickr, until then": 3600}})
    for _ in range(3):
        ticker(waits)
    assert capsys.readouterr().err == f"collect: {WAITING}: flickr, until then 3,600\n"


def test_who_wants_quiet_hears_no_news(capsys: pytest.CaptureFixture[str]) -> None:
    Ticker(quiet=True)(Progress("collect", 10, None, 0, {WAITING: {"flickr": 3600}}))
    assert capsys.readouterr().err == ""


def test_the_live_line_names_whom_one_waits_for() -> None:
    waits = Progress("collect", 0, None, 0, {WAITING: {"flickr, until then": 3600}})
    assert describe(waits, 1.0) == "collect: 0, waiting for flickr, until then"
