"""Runs the real command: in a process of its own, as a user's shell would, or in this one."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from affekt.cli import main
from affekt.cli.log import LOG
from tests import patience

AFFEKT = (sys.executable, "-c", "from affekt.cli import main; main()")


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


Command = Callable[..., Ran]


def affekt(*words: str | Path, cwd: Path, **environment: str) -> Ran:
    """Run ``affekt WORDS`` in a folder."""
    done = subprocess.run(
        [*AFFEKT, *map(str, words)],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=patience.SECONDS,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def here(*words: str | Path, cwd: Path, **environment: str) -> Ran:
    """Run ``affekt WORDS`` in a folder and in this process, so that nothing is imported again."""
    handlers = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(cwd)
        patch.setattr(sys, "argv", ["affekt", *map(str, words)])
        patch.setattr(sys, "path", [*sys.path])
        patch.setattr(LOG, "printed", False)
        for name, value in environment.items():
            patch.setenv(name, value)
        with pytest.raises(SystemExit) as end:
            main()
    for one, handler in handlers.items():
        signal.signal(one, handler)
    assert isinstance(end.value.code, int)
    return Ran(end.value.code, *(one.buffer.getvalue().decode() for one in (out, err)))
