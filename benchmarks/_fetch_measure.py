"""What a command takes: seconds, processor time and memory of it and all processes it starts."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
TICK = os.sysconf("SC_CLK_TCK")
STEP = 0.2  # s between two looks at the processes
LAST_WORDS = 1_000  # characters
MOST_MB = 4_000.0  # memory at which a run is ended, before it takes that of the whole machine


class Took(NamedTuple):
    """What one run took.

    Attributes:
        seconds: On the clock.
        cpu_seconds: Of all its processes.
        memory_mb: The most that all its processes had at a time, shared pages counted once.
        is_finished: Whether it ended by itself within the limit, and well.
        said: Its last words.
    """

    seconds: float
    cpu_seconds: float
    memory_mb: float
    is_finished: bool
    said: str


def measured(
    command: Sequence[str], folder: Path, limit_seconds: float, *, without: Sequence[str] = ()
) -> Took:
    """Run a command; end it and all its processes after so many seconds, or at `MOST_MB`.

    It does not see the variables of the environment named in ``without``.
    """
    variables = {name: text for name, text in environment().items() if name not in without}
    start, most, seen = time.perf_counter(), 0.0, dict[int, float]()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=ROOT, start_new_session=True, env=variables
        )
        while True:
            time.sleep(STEP)
            tree = _tree(process.pid)
            memory = sum(map(_memory_mb, tree))
            most = max(most, memory)
            seen |= {pid: cpu_seconds(pid) for pid in tree}
            is_over = time.perf_counter() - start > limit_seconds or memory > MOST_MB
            if is_over:
                _end(tree)
            pid, status, usage = os.wait4(process.pid, 0 if is_over else os.WNOHANG)
            if pid:
                process.returncode = os.waitstatus_to_exitcode(status)
                break
    whole = usage.ru_utime + usage.ru_stime  # of it and of those that it waited for
    cpu = max(whole, sum(seen.values()))
    is_well = not is_over and process.returncode == 0
    said = (folder / "log").read_text(errors="replace")[-LAST_WORDS:]
    return Took(time.perf_counter() - start, cpu, most, is_well, said)


def environment() -> dict[str, str]:
    """Give the environment of every contender: a name that nobody knows costs a second at most."""
    return os.environ | {
        "RES_OPTIONS": "timeout:1 attempts:1",
        "DAFT_ANALYTICS_ENABLED": "0",
        "NO_ALBUMENTATIONS_UPDATE": "1",
        "WANDB_MODE": "disabled",
    }


def _tree(root: int) -> list[int]:
    """Give the numbers of a process and all that come from it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _fields(int(entry.name))):
            parents[int(entry.name)] = int(fields[1])
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _fields(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def cpu_seconds(pid: int) -> float:
    """Give the processor time that a process has used."""
    fields = _fields(pid)
    return (int(fields[11]) + int(fields[12])) / TICK if fields else 0.0


def _memory_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) / 1000 for line in lines if line.startswith("Pss:"))


def _end(tree: Sequence[int]) -> None:
    """End the processes of a run that took too long, those at the top first."""
    for pid in tree:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
