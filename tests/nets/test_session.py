"""Graphs are made once, checked when read, and run on one thread a call."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from affekt.nets.cache import cache_folder, kept
from affekt.nets.efficientnet_lite0 import NET
from affekt.nets.session import PROVIDERS, provider, session

DIGEST = "ab" * 32


class Maker:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> bytes:
        self.asked += 1
        return b"a graph"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "affekt"


def test_a_graph_is_made_once(cache: Path) -> None:
    """M17."""
    make = Maker()
    assert [kept("net", DIGEST, make) for _ in range(3)] == [b"a graph"] * 3
    assert make.asked == 1
    assert [path.suffix for path in cache.iterdir()] == [".onnx"]


def test_another_builder_gets_another_file(cache: Path) -> None:
    make = Maker()
    kept("net", DIGEST, make)
    kept("net", "cd" * 32, make)
    assert (make.asked, len(list(cache.iterdir()))) == (2, 2)


@pytest.mark.parametrize("left", [b"", b"a grap", b"a graph "])
def test_a_damaged_file_is_made_again(
    cache: Path, left: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    make = Maker()
    kept("net", DIGEST, make)
    (path,) = cache.iterdir()
    path.write_bytes(left)
    assert kept("net", DIGEST, make) == b"a graph"
    assert path.read_bytes() == b"a graph"
    assert "made again" in caplog.text


def test_a_folder_that_cannot_be_written_is_no_failure(
    cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache.write_text("a file where the folder should be")
    assert kept("net", DIGEST, Maker()) == b"a graph"
    assert "cannot be kept" in caplog.text


def test_a_relative_cache_folder_is_ignored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "affekt"


def test_two_threads_share_one_session_and_get_the_same(
    cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """M31, M33."""
    pictures = np.random.default_rng(5).integers(0, 256, (8, 1, 224, 224, 3), np.uint8)
    with ThreadPoolExecutor(2) as threads:
        opened = list(threads.map(lambda _: session(NET), range(4)))
        together = list(threads.map(lambda one: opened[0].run(one, "features"), pictures))
    assert len(set(map(id, opened))) == 1
    np.testing.assert_array_equal(
        np.stack(together), np.stack([opened[0].run(one, "features") for one in pictures])
    )


def test_the_provider_is_one_of_the_precise_ones_and_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """M5."""
    caplog.set_level(logging.INFO)
    assert provider() in PROVIDERS
    assert session(NET).provider in PROVIDERS
