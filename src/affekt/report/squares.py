"""Small charts side by side, one an entry: both axes from 0 to 100 %, the same in all."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from affekt.foreign import clean
from affekt.report.scene import (
    Box,
    Curve,
    Item,
    Paint,
    Scene,
    Stroke,
    Words,
    layered,
    shortened,
)
from affekt.report.scores import Cell

SIDE, LEFT, TOP, BOTTOM = 176, 44, 30, 44  # px: the square, room for its scales and name
WIDE, HIGH = LEFT + SIDE + 28, TOP + SIDE + BOTTOM
ACROSS = 4  # charts a row
MARK = 7  # px of a point


class Square(NamedTuple):
    """Where one chart begins, and places on it from shares."""

    left: float
    top: float
    side: float = SIDE

    def x(self, share: float) -> float:
        """Give the place of a share on the axis across."""
        return self.left + self.side * share

    def y(self, share: float) -> float:
        """Give the place of a share on the axis up."""
        return self.top + self.side * (1 - share)

    def line(
        self, one: tuple[float, float], other: tuple[float, float], width: float = 1
    ) -> Stroke:
        """Give a line between two places."""
        return Stroke(
            self.x(one[0]), self.y(one[1]), self.x(other[0]), self.y(other[1]), "ink", width
        )

    def point(self, at: tuple[float, float], says: str, side: float = MARK) -> Box:
        """Give a mark at a place, its side in px."""
        x, y = self.x(at[0]) - side / 2, self.y(at[1]) - side / 2
        return Box(x, y, side, side, Paint(slot=-1), says)


def scene(
    cells: tuple[Cell, ...],
    draw: Callable[[Cell, Square], Iterable[Item]],
    *,
    across: str,
    up: str,
) -> Scene:
    """Draw one chart an entry.

    Args:
        cells: Entries, in reading order.
        draw: Gives what stands inside the chart of an entry.
        across: What the axis across tells, in a word or two.
        up: What the axis up tells.
    """
    items: list[Item] = []
    for at, cell in enumerate(cells):
        square = Square(at % ACROSS * WIDE + LEFT, at // ACROSS * HIGH + TOP)
        name = shortened(clean(cell.entry), WIDE - 16, 13)
        items.append(Words(square.left - LEFT, square.top - 14, name, size=13, bold=True))
        inside = [*scales(square, across, up), *draw(cell, square)]
        items += layered(inside, Stroke, Curve, Box, Words)
    rows = math.ceil(len(cells) / ACROSS)
    return Scene(min(len(cells), ACROSS) * WIDE, rows * HIGH, tuple(items))


def scales(square: Square, across: str, up: str) -> Iterator[Item]:
    """Draw the lines of a chart and the names of its axes."""
    bottom, right = square.top + square.side, square.left + square.side
    ticks = {"0": 0.0, "50": 0.5, "100": 1.0}
    for share in ticks.values():
        yield Stroke(square.x(share), square.top, square.x(share), bottom)
        yield Stroke(square.left, square.y(share), right, square.y(share))
    for word, share in ticks.items():
        yield Words(square.x(share), bottom + 14, word, "middle", "soft", 10)
    for word, share in ticks.items():
        yield Words(square.left - 6, square.y(share) + 4, word, "end", "soft", 10)
    yield Words(
        square.left + square.side / 2,
        square.top + square.side + 30,
        f"{across}, %",
        "middle",
        "soft",
        11,
    )
    yield Words(
        square.left - 30,
        square.top + square.side / 2 + 30,
        f"{up}, %",
        "start",
        "soft",
        11,
        angle=-90,
    )
