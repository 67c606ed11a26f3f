"""One folder of a net for all tests of this room; those that change it copy it first."""

import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.predicting.made import write_folder


class Made(NamedTuple):
    """A folder, and the net in PyTorch that it was written from."""

    folder: Path
    net: Any


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The folder of an untrained net; not to be changed."""
    pytest.importorskip("torch")
    pytest.importorskip("safetensors")
    folder = tmp_path_factory.mktemp("net") / "net"
    return Made(folder, write_folder(folder))


@pytest.fixture
def copied(made: Made, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(made.folder, tmp_path / "copied")
