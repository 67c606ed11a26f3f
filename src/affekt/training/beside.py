"""A process beside the first one of a run: started by `affekt.training.together`, never by hand.

It reads the run from a folder, and ends when its standard input does. What it cannot do it says in
a file before its connections close, so that the first one finds the reason there.
"""

import os
import sys
from pathlib import Path
from threading import Thread

from affekt.training.device import lies_on
from affekt.training.group import join
from affekt.training.job import read
from affekt.training.tuned import tuned

READY = b"ready\n"
CUT = 3  # exit code of a process whose first one is gone, or wants it to end
MEETING = "meeting"  # the file through which all find each other


def words_of(folder: Path, rank: int) -> Path:
    """Give the file in which a process says what it cannot do."""
    return folder / f"words-{rank}.txt"


def main(folder: Path, rank: int) -> None:
    """Train with the others until the run is over."""
    Thread(target=_end_with_the_first, daemon=True).start()
    try:
        job = read(folder)
        net = tuned(job.recipe, job.lesson.targets.shape[1], job.held, rank=rank)
        run = job.run(net)
        sys.stdout.buffer.write(READY)
        sys.stdout.buffer.flush()
        meeting, size = folder / MEETING, job.recipe.processes
        run.learn(group=join(meeting, rank, size, lies_on(net.net)))
        os._exit(0)  # to leave the group in order would wait for the first one to leave it
    except Exception as trouble:
        text = f"{type(trouble).__name__}: {trouble}"
        words_of(folder, rank).write_text(text, encoding="utf-8")
        raise


def _end_with_the_first() -> None:
    os.read(sys.stdin.fileno(), 1)  # nobody writes there: it returns when the other end is closed
    os._exit(CUT)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
