"""Limits of this machine and of patience: few open files, slow answers, big ones."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from affekt.fetch.fetcher import Fetcher
from affekt.fetch.manners import Manners
from affekt.fetch.words import Link
from tests import patience
from tests.servers import _deeds as do
from tests.servers._wire import Server, head
from tests.servers.faults import serving
from tests.servers.pictures import picture

OWN = ("127.0.0.0/8",)
FEW_FILES = """
import json, resource, sys
from pathlib import Path
from affekt.fetch.fetcher import Fetcher
from affekt.fetch.manners import Manners
from affekt.fetch.words import Link

resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
base, folder = sys.argv[1:]
manners = Manners(
    contact="test@example.org", allowed_networks=("127.0.0.0/8",), at_once=500, per_host=256
)
links = [Link(str(number), f"{base}/ok/{number}.jpg") for number in range(1000)]
ends = [end.reason for end in Fetcher(manners, Path(folder)).pictures(links)]
print(json.dumps(ends))
"""


def end_of(
    url: str, tmp_path: Path, *, max_bytes: int = 20_000_000, **manners: object
) -> str | None:
    given = {"contact": "test@example.org", "allowed_networks": OWN, "tries": 1, **manners}
    fetcher = Fetcher(Manners.model_validate(given), tmp_path / "ledger", max_bytes=max_bytes)
    (end,) = fetcher.pictures([Link("one", url)])
    return end.reason


@pytest.mark.slow
def test_few_open_files_make_downloads_slower_but_fail_none(tmp_path: Path) -> None:
    """B80: a thousand downloads with 64 descriptors, and settings that want far more."""
    with serving() as host:
        done = subprocess.run(
            [sys.executable, "-c", FEW_FILES, host.base, str(tmp_path / "ledger")],
            capture_output=True, text=True, check=False, timeout=patience.SECONDS,
        )  # fmt: skip
    assert not done.stderr
    assert json.loads(done.stdout) == [None] * 1000


@pytest.mark.slow
def test_a_drip_is_given_up_before_its_time_is_over(tmp_path: Path) -> None:
    """B22: after five seconds of less than the least speed."""
    with serving() as host:
        drip = f"{host.base}/drip.jpg"
        assert end_of(drip, tmp_path, total_seconds=60, answer_seconds=20) == "too-slow"


@pytest.mark.parametrize(
    ("size", "reason"), [(-1, None), (0, None), (1, "too-many-bytes")], ids=["below", "at", "above"]
)
@pytest.mark.parametrize("way", ["announced", "chunks", "until the end"])
def test_the_limit_of_bytes_is_exact(
    way: str, size: int, reason: str | None, tmp_path: Path
) -> None:
    """B22: however long a body is said to be, its bytes are counted."""
    data = picture("/exact")
    answers = {
        "announced": do.send(data),
        "chunks": do.chunks(data[:1000], data[1000:]),
        "until the end": do.raw(head(200) + data),
    }
    with Server(answers[way]) as server:
        assert end_of(f"{server.base}/a.jpg", tmp_path, max_bytes=len(data) - size) == reason


def test_a_body_announced_too_big_is_not_read(tmp_path: Path) -> None:
    """B22: the server could not even send a tenth of it."""
    with serving() as host:
        vast = f"{host.base}/vast.jpg"
        assert end_of(vast, tmp_path, total_seconds=60) == "too-many-bytes"


@pytest.mark.parametrize("tries", [1, 2, 4])
def test_as_many_tries_are_made_as_wanted(tries: int, tmp_path: Path) -> None:
    """B25."""
    with serving() as host:
        failing = f"{host.base}/status/500.jpg"
        assert end_of(failing, tmp_path, tries=tries, pause_seconds=0.01) == "server-error"
        assert host.server.asked["/status/500.jpg"] == tries


def test_three_failures_and_then_a_picture(tmp_path: Path) -> None:
    """B25, word by word."""
    fails = do.send(b"", status=500)
    with Server(do.turns(fails, fails, fails, do.send(picture("/late")))) as server:
        manners = Manners(
            contact="test@example.org", allowed_networks=OWN, tries=4, pause_seconds=0.01
        )
        (end,) = Fetcher(manners, tmp_path / "ledger").pictures([Link("a", f"{server.base}/a.jpg")])
        assert (end.reason, end.attempts, end.data) == (None, 4, picture("/late"))


def test_nothing_of_a_picture_is_kept_when_it_breaks_off(tmp_path: Path) -> None:
    """B21."""
    with serving() as host:
        (end,) = Fetcher(
            Manners(contact="test@example.org", allowed_networks=OWN, tries=1), tmp_path / "ledger"
        ).pictures([Link("a", f"{host.base}/reset.jpg")])
        assert (end.reason, end.data) == ("cut-off", None)


@pytest.mark.parametrize(
    "data",
    [b"SSH-2.0-OpenSSH_9.6\r\n", b"\x00" * 100, b"HTTP/9.9 999 Odd\r\n\r\n", b"", b"<html></html>"],
)
def test_what_is_no_http_ends_all_the_same(data: bytes, tmp_path: Path) -> None:
    with Server(do.raw(data)) as server:
        end = end_of(f"{server.base}/a.jpg", tmp_path)
    assert end in ("http-error", "cut-off", "server-error")
