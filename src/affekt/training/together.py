"""Several processes on this machine train one net: this one is the first and starts the others.

They share every step as `affekt.training.group` says. What one of them cannot do ends all. The
others live as long as their standard input is open, so that a first process which ends, is
interrupted or is killed leaves none behind.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from affekt.errors import AffektError
from affekt.training.beside import CUT, MEETING, READY, words_of
from affekt.training.device import lies_on
from affekt.training.group import join, leave
from affekt.training.job import Job
from affekt.training.loop import Learned, Tuned, Watch

GRACE_S = 60  # that a process which is to end is waited for


def learn(tuned: Tuned, job: Job, watch: Watch = lambda done, steps: None) -> Learned:
    """Train a net in as many processes as its recipe says, this one among them.

    Args:
        tuned: What `affekt.training.tuned.tuned` gives for the recipe; left as the last step made
            it.
        job: What it learns from and how; told to the others.
        watch: Told by this process alone.

    Raises:
        AffektError: Another process ended before its time; the sentence has its reason.
        UsageError: This process belongs to a group that somebody else made.
    """
    run, size = job.run(tuned), job.recipe.processes
    if size == 1:
        return run.learn(watch)
    with tempfile.TemporaryDirectory(prefix="affekt-train-") as made:
        folder, others = Path(made), _Others(Path(made))
        job.write(folder)
        try:
            others.begin(size)
            return run.learn(watch, join(folder / MEETING, 0, size, lies_on(tuned.net)))
        except Exception as trouble:
            if lost := others.end():
                raise AffektError(_sentence(lost, size)) from trouble
            raise
        finally:
            others.end()
            leave()


class Lost(NamedTuple):
    """A process that ended by itself; its own words are empty where it could say none."""

    rank: int
    code: int
    words: str


class _Others:
    """All processes but the first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: dict[int, subprocess.Popen[bytes]] = {}

    def begin(self, size: int) -> None:
        """Start them, and wait until each has read the run."""
        for rank in range(1, size):
            self._started[rank] = subprocess.Popen(  # noqa: S603  (our own program, no shell)
                [sys.executable, "-P", "-m", "affekt.training.beside", self._folder, str(rank)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # an interrupt from the keyboard is for the first alone
            )
        for rank, process in self._started.items():
            assert process.stdout is not None
            if process.stdout.readline() != READY:
                raise RuntimeError(f"process {rank + 1} ended before it began")

    def end(self) -> Lost | None:
        """End those that still run; give the first that had ended by itself, None without any.

        One that was killed comes before those that noticed; of these the earliest does.
        """
        for process in self._started.values():
            assert process.stdin is not None
            process.stdin.close()
        lost = []
        for rank, process in self._started.items():
            code = _waited(process)
            path = words_of(self._folder, rank)
            words = path.read_text(encoding="utf-8") if path.exists() else ""
            when = path.stat().st_mtime_ns if words else 0
            if code not in (0, CUT):
                lost.append((code >= 0, when, Lost(rank, code, words)))
        return min(lost)[2] if lost else None


def _waited(process: "subprocess.Popen[bytes]") -> int:
    """Give the exit code of a process that is to end; one that does not is made to."""
    assert process.stdout is not None
    try:
        return process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return CUT
    finally:
        process.stdout.close()


def _sentence(lost: Lost, size: int) -> str:
    killed = f"signal {-lost.code} killed it, perhaps for want of memory"
    why = killed if lost.code < 0 else lost.words or f"it ended with exit code {lost.code}"
    return (
        f"train: process {lost.rank + 1} of {size} failed and all were ended: {why.rstrip('.')}; "
        "run again to go on behind the last checkpoint, with fewer `processes` if memory is short"
    )
