"""A run that processes share, small and of the real net; as a program it waits to be killed."""

import hashlib
import json
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np

from affekt.training.finetune import Finetune
from affekt.training.job import Job
from affekt.training.loop import Learned, Lesson, Watch
from affekt.training.together import learn
from affekt.training.tuned import tuned
from affekt.training.views import Kept

CLASSES, VALIDATE, ROWS = 3, 5, 14


def job(folder: Path, **settings: Any) -> Job:
    """Give a run on noise with a trace of the class in it, its activations in a file.

    Nine rows to learn from make batches of 4, 4 and 1; five to judge by 4 and 1.
    """
    folder.mkdir(parents=True, exist_ok=True)
    recipe = Finetune(
        **{"mode": "last", "epochs": 1, "batch": 4, "rate": 0.01, "threads": 1, **settings}
    )
    codes = np.arange(ROWS) % CLASSES
    values = np.random.default_rng(1).random((ROWS, 2, 192, 7, 7), np.float32)
    values[np.arange(ROWS), :, codes] += 3
    kept = np.memmap(folder / "kept.raw", np.float16, "w+", shape=values.shape)
    kept[:] = values
    every = np.arange(ROWS)
    targets = np.eye(CLASSES, dtype=np.float32)[codes]
    lesson = Lesson(Kept(kept, recipe), targets, every[VALIDATE:], every[:VALIDATE])
    return Job(recipe, lesson, folder / "checkpoints", every=2)


def learned(job: Job, watch: Watch = lambda done, steps: None) -> Learned:
    return learn(tuned(job.recipe, CLASSES), job, watch)


def digest(found: Learned) -> str:
    """Give one text for the weights, the chosen epoch and the history."""
    digest = hashlib.sha256()
    for name, one in sorted(found.weights.items()):
        digest.update(name.encode() + one.numpy().tobytes())
    return json.dumps([digest.hexdigest(), found.chosen, found.history])


def _wait_behind(step: int, done: int) -> None:
    if done == step:
        sys.stdout.write(f"step {step}\n")
        sys.stdout.flush()
        signal.pause()


if __name__ == "__main__":
    settings = json.loads(sys.argv[2])
    learned(job(Path(sys.argv[1]), **settings), lambda done, _: _wait_behind(3, done))
