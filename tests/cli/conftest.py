"""Commands in this process: quick enough for every edit."""

from functools import partial
from pathlib import Path

import pytest

from tests.cli.run import Command, here


@pytest.fixture
def affekt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs ``affekt WORDS`` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return partial(here, cwd=tmp_path)
