"""A process that trains the tiny net and can be killed: run with a folder, tells every step."""

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

from affekt.training.checkpoints import Checkpoints
from affekt.training.loop import Run
from tests.training.tiny import lesson, quick, tiny


def run(folder: Path, workers: int, tell: Callable[[str], None]) -> str:
    """Train, and give the digest of the weights, the chosen epoch and the history."""
    recipe = quick(epochs=4, balance="sampling")
    kept = Checkpoints(folder)
    made = Run(tiny(), lesson(recipe), recipe, kept, workers=workers, every=1)
    learned = made.learn(lambda done, _: tell(f"step {done}"))
    digest = hashlib.sha256()
    for name, one in sorted(learned.weights.items()):
        digest.update(name.encode() + one.numpy().tobytes())
    return json.dumps([digest.hexdigest(), learned.chosen, learned.history])


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _tell(run(Path(sys.argv[1]), int(sys.argv[2]), _tell))
