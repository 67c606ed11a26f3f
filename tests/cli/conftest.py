"""Commands in this process: quick enough for every edit."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from affekt.cli import main
from affekt.cli.log import LOG
from tests.cli.run import Command, Ended


@pytest.fixture
def affekt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """Runs ``affekt WORDS`` in an empty folder."""

    def run(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["affekt", *words])
        monkeypatch.setattr(LOG, "printed", False)
        with pytest.raises(SystemExit) as end:
            main()
        return Ended(end.value.code, *capsys.readouterr())

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    handlers = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    yield run
    for one, handler in handlers.items():
        signal.signal(one, handler)
