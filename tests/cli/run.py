"""Runs the real command in a process of its own, as a user's shell would."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

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


class Ended(NamedTuple):
    """How a command ended that ran in this process; see the fixture ``affekt``."""

    code: object
    out: str
    err: str


Command = Callable[..., Ended]


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
