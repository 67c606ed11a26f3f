"""A net small enough to be trained in a test, and pictures that it can tell apart."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from affekt.training.checkpoints import Checkpoints
from affekt.training.finetune import Finetune
from affekt.training.loop import Learned, Lesson, Run, Tuned
from affekt.training.views import Pictures

SIDE_PX, CLASSES = 8, 3


class Tiny(nn.Module):
    """Convolution, norm, dropout, classifier: one of each kind of layer that holds a state."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Conv2d(3, 6, 3, bias=False)
        self.norm = nn.BatchNorm2d(6)
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(6, CLASSES)

    def forward(self, x: Any) -> Any:
        x = torch.relu(self.norm(self.trunk(x))).mean((2, 3))
        return self.head(self.dropout(x))


def tiny(moving: tuple[str, ...] = ("trunk", "norm", "head"), seed: int = 0) -> Tuned:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = Tiny()
    names = [name for name, _ in net.named_parameters()]
    return Tuned(
        net=net,
        answer=Tiny.__call__,
        prepare=lambda shown: shown.permute(0, 3, 1, 2).float() / 255,
        moving=frozenset(name for name in names if name.startswith(moving)),
        new=frozenset(name for name in names if name.startswith("head")),
    )


def lesson(recipe: Finetune, rows: int = 30, validate: int = 6, seed: int = 0) -> Lesson:
    """Give noisy pictures whose strongest channel is their class."""
    draw = np.random.default_rng(seed)
    codes = np.arange(rows) % CLASSES
    squares = draw.integers(0, 120, (rows, SIDE_PX + 2, SIDE_PX + 2, 3), dtype=np.uint8)
    squares[np.arange(rows), :, :, codes] += 90
    targets = np.eye(CLASSES, dtype=np.float32)[codes]
    views = Pictures(squares, squares[:, 1:-1, 1:-1], SIDE_PX, recipe)
    every = np.arange(rows)
    return Lesson(views, targets, every[validate:], every[:validate])


def trained(
    folder: Path,
    recipe: Finetune,
    given: Lesson | None = None,
    tuned: Tuned | None = None,
    **options: Any,
) -> Learned:
    """Train the tiny net; ``stop_at`` breaks off behind that step, as a crash would."""
    stop_at = options.pop("stop_at", None)

    def watch(done: int, steps: int) -> None:
        if done == stop_at:
            raise KeyboardInterrupt

    keep = Checkpoints(folder)
    run = Run(tuned or tiny(), given or lesson(recipe), recipe, keep, **options)
    return run.learn(watch)


def quick(**settings: Any) -> Finetune:
    """Give settings under which the tiny net learns in a few steps."""
    return Finetune(**{"epochs": 3, "batch": 8, "rate": 0.01, "threads": 1, **settings})


def same(one: Learned, other: Learned) -> bool:
    """Tell whether two runs gave the same, bit for bit."""
    return (
        one.history == other.history
        and one.chosen == other.chosen
        and one.weights.keys() == other.weights.keys()
        and all(torch.equal(array, other.weights[name]) for name, array in one.weights.items())
    )
