"""What a step is shown: pictures drawn anew each epoch, or what frozen layers made of them once.

Whatever is drawn depends on the seed, the epoch and the place in its order alone, so the number of
workers that prepare batches changes nothing.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Shaped, UInt8
from PIL import Image

from affekt.training.chance import Rows, generator
from affekt.training.finetune import Finetune

Shown = Shaped[np.ndarray, "picture ..."]
EVERY = slice(None)
LEAST_ASPECT, MOST_ASPECT = 3 / 4, 4 / 3  # of a random part, as Inception's training had them


class Views(ABC):
    """Pictures by row number, as arrays that a net's `prepare` takes as tensors."""

    @abstractmethod
    def moving(self, rows: Rows, epoch: int, first: int, own: slice = EVERY) -> Shown:
        """Give the views of a batch to learn from, or of one process's own part of it.

        ``first`` is the place of the batch's first row in the epoch.
        """

    @abstractmethod
    def still(self, rows: Rows) -> Shown:
        """Give the one view to be judged by."""


@dataclass(frozen=True)
class Pictures(Views):
    """Squares of one size, from which parts are cut that the net takes.

    Attributes:
        squares: uint8 (row, side, side, 3), larger than the net's input; may lie on the disk.
        framed: uint8 (row, input, input, 3), framed as in prediction; only validation rows count.
        side_px: Side of the net's input.
    """

    squares: UInt8[np.ndarray, "row side side 3"]
    framed: UInt8[np.ndarray, "row input input 3"]
    side_px: int
    recipe: Finetune

    def moving(self, rows: Rows, epoch: int, first: int, own: slice = EVERY) -> Shown:
        if self.recipe.views == "none":
            return self.still(rows[own])
        placed = list(enumerate(rows.tolist(), first))[own]
        return np.stack([self._drawn(row, epoch, place) for place, row in placed])

    def still(self, rows: Rows) -> Shown:
        return np.asarray(self.framed[rows])

    def _drawn(self, row: int, epoch: int, place: int) -> UInt8[np.ndarray, "input input 3"]:
        draw = generator(self.recipe.seed, "view", epoch, place)
        is_mirrored = draw.random() < 0.5
        if self.recipe.views == "crop":
            square = self.squares[row]
            box = part(draw, len(square), self.recipe.least_area)
            image = Image.fromarray(square)
            size = (self.side_px, self.side_px)
            seen = np.asarray(image.resize(size, Image.Resampling.BICUBIC, box=box))
        else:
            seen = np.asarray(self.framed[row])
        return seen[:, ::-1] if is_mirrored else seen


@dataclass(frozen=True)
class Kept(Views):
    """What frozen layers made of every picture, plain and mirrored.

    Attributes:
        values: (row, view, ...), one view or two, float16 or float32; may lie on the disk.
    """

    values: Shaped[np.ndarray, "row view ..."]
    recipe: Finetune

    def moving(self, rows: Rows, epoch: int, first: int, own: slice = EVERY) -> Shown:
        if self.recipe.views == "none":
            return self.still(rows[own])
        coins = generator(self.recipe.seed, "view", epoch, first).integers(0, 2, len(rows))
        return np.asarray(self.values[rows[own], coins[own]], np.float32)

    def still(self, rows: Rows) -> Shown:
        return np.asarray(self.values[rows, 0], np.float32)


class Box(NamedTuple):
    """A part of a square, px."""

    left: float
    upper: float
    right: float
    lower: float


def part(draw: np.random.Generator, side_px: int, least_area: float) -> Box:
    """Draw a part of a square: area uniform, aspect between 3:4 and 4:3, inside the square.

    References:
        Szegedy et al. (2015), Going Deeper with Convolutions, CVPR, section 6.
    """
    area = draw.uniform(least_area, 1.0)
    aspect = np.exp(draw.uniform(np.log(LEAST_ASPECT), np.log(MOST_ASPECT)))
    width, height = (min(np.sqrt(area * ratio), 1.0) for ratio in (aspect, 1 / aspect))
    left, upper = draw.uniform(0, 1 - width), draw.uniform(0, 1 - height)
    box = np.array([left, upper, left + width, upper + height]) * side_px
    return Box(*np.clip(box, 0, side_px).tolist())


def ahead(
    make: Callable[[int, Rows], Any], cut: Sequence[Rows], first: int, workers: int
) -> Iterator[Any]:
    """Give what ``make(number, rows)`` gives for batches from ``first`` on, in order.

    A few are made before they are asked for, by so many threads.
    """
    with ThreadPoolExecutor(workers, thread_name_prefix="views") as pool:
        waiting: deque[Future[Any]] = deque()
        try:
            for number in range(first, len(cut)):
                waiting.append(pool.submit(make, number, cut[number]))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
