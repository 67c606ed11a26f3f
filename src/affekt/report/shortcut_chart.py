"""Quartiles of the strongest shortcuts: a line an emotion, a column a shortcut."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from affekt.foreign import clean
from affekt.report.colours import looks
from affekt.report.scene import Box, Item, Paint, Scene, Sign, Stroke, Words, shortened, width_of
from affekt.report.shortcut import Sheet
from affekt.report.text import show

MOST = 4  # shortcuts drawn, the strongest; the table has all
BAR, GAP, LINE, TOP, FOOT = 150, 28, 22, 44, 24  # px: a column, the room beside it, a line, around
WIDEST = 150  # px for the names of emotions
MARGIN = 0.04  # of the scale, on both sides


def scene(sheet: Sheet) -> Scene:
    """Draw every emotion on one line."""
    names = [clean(name) for name in sheet.emotions]
    left = 42.0 + min(WIDEST, max(map(width_of, names), default=0))
    styles = looks(sheet.emotions)
    items: list[Item] = []
    for at, emotion in enumerate(sheet.emotions):
        y = TOP + LINE * (at + 0.5)
        items.append(Sign(16, y, styles[emotion].slot))
        items.append(Words(30, y + 4, shortened(names[at], WIDEST)))
    drawn = sheet.order[:MOST]
    for place, number in enumerate(drawn):
        column = _Column(left + place * (BAR + GAP), sheet, number)
        items += column.head()
        for at in range(len(names)):
            items += column.bar(at)
    return Scene(left + len(drawn) * (BAR + GAP), TOP + LINE * len(names) + FOOT, tuple(items))


class _Column(NamedTuple):
    """Where the bars of one shortcut begin, and which one it is."""

    left: float
    sheet: Sheet
    number: int

    @property
    def ends(self) -> tuple[float, float]:
        """Give the lowest and the highest quartile of any emotion."""
        told = self.sheet.quartiles[:, self.number]
        told = told[np.isfinite(told)]
        return (float(told.min()), float(told.max())) if told.size else (0.0, 0.0)

    def x(self, value: float) -> float:
        """Give the place of a value; the middle where there is only one."""
        low, high = self.ends
        share = (value - low) / (high - low) if high > low else 0.5
        return self.left + BAR * (MARGIN + (1 - 2 * MARGIN) * share)

    def head(self) -> Iterator[Item]:
        """Draw the name, unit and strength of the shortcut, and its scale."""
        value, strength = self.sheet.values[self.number], self.sheet.strengths[self.number]
        name = self.sheet.names[self.number] + (f", {value.unit}" if value.unit else "")
        yield Words(self.left, 14, shortened(name, BAR + GAP), bold=True)
        text = f"ε² {show(strength.value, 'score')} ({show(strength.interval, 'score')})"
        yield Words(self.left, 30, text, tone="soft", size=11)
        bottom = TOP + LINE * len(self.sheet.emotions)
        for end in sorted(set(self.ends)):
            x = self.x(end)
            yield Stroke(x, TOP, x, bottom)
            yield Words(x, bottom + 14, _short(end), "middle", "soft", 10)

    def bar(self, at: int) -> Iterator[Item]:
        """Draw the quartiles of one emotion."""
        y = TOP + LINE * (at + 0.5)
        if not self.sheet.sizes[at]:
            yield Words(self.left + 6, y + 4, "no picture", tone="soft", size=11)
            return
        low, median, high = (float(one) for one in self.sheet.quartiles[at, self.number])
        name = f"{clean(self.sheet.emotions[at])}, {self.sheet.names[self.number]}"
        says = f"{name}: median {_short(median)}, quartiles {_short(low)} and {_short(high)}"
        start, end = self.x(low), self.x(high)
        # Plain, for the line says which emotion it is.
        yield Box(start - 1, y - 5, end - start + 2, 10, Paint(slot=-1), says)
        yield Stroke(self.x(median), y - 9, self.x(median), y + 9, "ink", 2)


def _short(value: float) -> str:
    """Give three digits, and whole thousands: a width of 1,024 px is no 1,020."""
    return show(value if abs(value) >= 1000 else float(f"{value:.3g}"), "number")
