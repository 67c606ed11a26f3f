"""How many pictures a second a net learns from, against the bare loop over the same net.

    python -m benchmarks.fine_tuning [--pictures 128] [--batch 32] [--rounds 3] [--threads 1]

The contenders take turns in one process: `affekt.training.loop.Run` as the stage `train` uses it
(squares on the disk, random parts, mirroring, targets, clipping, averaged weights, one validation
picture, a checkpoint at the end), and ten plain lines of PyTorch over arrays that lie ready (AdamW,
cross entropy). Both run in the layout channels last with batch normalisation in evaluation mode.
Then the modes `last` and `head` of the loop on what frozen layers made before, whose cost is told
for a picture and epoch, and the bare loop in PyTorch's usual layout.

Target: at most 1.1 × the clock and the CPU seconds of the bare loop. A round is one epoch.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from affekt.nets.efficientnet_lite0 import NET
from affekt.nets.session import session
from affekt.training import lite0
from affekt.training.checkpoints import Checkpoints
from affekt.training.finetune import Finetune
from affekt.training.loop import Lesson, Run
from affekt.training.tuned import tuned
from affekt.training.views import Kept, Pictures, Views
from benchmarks._turns import ratio, tell

CLASSES = 8
SQUARE_PX = 256


class Spent(NamedTuple):
    """What one epoch took, for one picture, ms."""

    cpu: float
    clock: float


def main() -> None:
    """Run the rounds and print the table."""
    given = _arguments()
    torch.set_num_threads(given.threads)
    pixels = np.random.default_rng(0).integers(
        0, 255, (given.pictures + 1, SQUARE_PX, SQUARE_PX, 3), dtype=np.uint8
    )
    framed = np.ascontiguousarray(pixels[:, :224, :224])
    with tempfile.TemporaryDirectory() as folder:
        contenders = {
            "loop": lambda: _loop(given, Path(folder), pixels, framed),
            "bare": lambda: _bare(given, framed, torch.channels_last),
            "bare, usual layout": lambda: _bare(given, framed, torch.contiguous_format),
            "loop, mode last": lambda: _end(given, Path(folder), framed, "last"),
            "loop, mode head": lambda: _end(given, Path(folder), framed, "head"),
        }
        _tell(given, {name: [] for name in contenders}, contenders)


def _tell(
    given: Any, spent: dict[str, list[Spent]], contenders: dict[str, Callable[[], Spent]]
) -> None:
    tell("contender, ms a picture and epoch", "CPU", "clock")
    for _ in range(given.rounds):
        for name, run in contenders.items():
            spent[name].append(run())
            tell(name, *(f"{one:.1f}" for one in spent[name][-1]))
    for at, what in enumerate(Spent._fields):
        ours, bare, usual = (
            [one[at] for one in spent[name]] for name in ("loop", "bare", "bare, usual layout")
        )
        tell(f"loop / bare, {what}", ratio(ours, bare))
        tell(f"usual layout / channels last, {what}", ratio(usual, bare))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    tell("peak memory, GB; load", f"{peak:.2f}", f"{os.getloadavg()[0]:.1f}")


def _recipe(given: Any, mode: str) -> Finetune:
    return Finetune.model_validate(
        {
            "mode": mode,
            "epochs": 1,
            "batch": given.batch,
            "threads": given.threads,
            "device": "cpu",
        }
    )


def _loop(given: Any, folder: Path, pixels: NDArray[Any], framed: NDArray[Any]) -> Spent:
    recipe = _recipe(given, "full")
    return _run(given, folder, recipe, Pictures(pixels, framed, NET.side_px, recipe))


def _end(given: Any, folder: Path, framed: NDArray[Any], mode: str) -> Spent:
    recipe, layer = _recipe(given, mode), {"last": "stage6", "head": "features"}[mode]
    plain = np.concatenate([session(NET).run(one[None], layer) for one in framed])
    return _run(given, folder, recipe, Kept(np.stack([plain, plain], axis=1), recipe))


def _run(given: Any, folder: Path, recipe: Finetune, views: Views) -> Spent:
    targets = np.eye(CLASSES, dtype=np.float32)[np.arange(given.pictures + 1) % CLASSES]
    every = np.arange(given.pictures)
    lesson = Lesson(views, targets, every, np.array([given.pictures]))
    keep = Checkpoints(Path(tempfile.mkdtemp(dir=folder)))
    run = Run(tuned(recipe, CLASSES), lesson, recipe, keep)
    return _timed(given, run.learn)


def _bare(given: Any, framed: NDArray[Any], layout: Any) -> Spent:
    net = lite0.with_classes(CLASSES, seed=0).to(memory_format=layout)
    net.eval()
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-4)
    codes = torch.arange(given.pictures) % CLASSES
    batches = [
        lite0.normalised(framed[at : at + given.batch]).contiguous(memory_format=layout)
        for at in range(0, given.pictures, given.batch)
    ]

    def train() -> None:
        for at, batch in enumerate(batches):
            wanted = codes[at * given.batch :][: len(batch)]
            found = torch.nn.functional.cross_entropy(net(batch[: len(wanted)]), wanted)
            optimiser.zero_grad(set_to_none=True)
            found.backward()
            optimiser.step()

    return _timed(given, train)


def _timed(given: Any, work: Callable[[], Any]) -> Spent:
    cpu, clock = time.process_time(), time.perf_counter()
    work()
    spent = time.process_time() - cpu, time.perf_counter() - clock
    return Spent(*(1000 * one / given.pictures for one in spent))


def _arguments() -> Any:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    for name, usual in (("pictures", 128), ("batch", 32), ("rounds", 3), ("threads", 1)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    return parser.parse_args()


if __name__ == "__main__":
    main()
