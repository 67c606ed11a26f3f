"""Pleasant or unpleasant: what each entry knows of the side of an emotion alone."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from affekt.foreign import clean
from affekt.report import sides
from affekt.report.bench import Bench, Panel, gaps
from affekt.report.exhibits import Column, Exhibit, Figure, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.rates import whiskers
from affekt.report.scene import (
    Box,
    Item,
    Paint,
    Scene,
    Stroke,
    Words,
    layered,
    shortened,
    width_of,
)
from affekt.report.scores import Cell, Score
from affekt.report.sides import Sided
from affekt.report.text import count, percent, show

TITLE = "Pleasant or unpleasant"
SCORES = ("side", "recall, pleasant", "recall, unpleasant", "mean recall", "wrong, same side")
COLUMNS = (
    Column("entry", "text"),
    Column("n"),
    *(
        one
        for name in SCORES
        for one in (Column(name, "percent"), Column(f"{name} 95 %", "percent", "95 %"))
    ),
)
DRAWN = ("side right", "pleasant found", "unpleasant found")
BAR, GAP, LINE, TOP, WIDEST = 160, 64, 22, 46, 220  # px: a scale, the room beside it, a row, names


def exhibit(given: ReportInput, bench: Bench) -> Exhibit:
    """One figure a data set and protocol whose emotions lie on both sides; no block for others."""
    return Exhibit(
        "G21",
        TITLE,
        "The answers of each entry, taken for pleasant against unpleasant alone.",
        (
            *(figure(one) for one in bench.panels if sides.has_both(one.cells[0])),
            *gaps(given, bench, TITLE),
        ),
    )


def figure(panel: Panel) -> Figure:
    """Draw one row an entry: the side, and what is found of either."""
    found = {cell.entry: sides.sided(cell) for cell in panel.cells}
    name = f"g21-{panel.slug}"
    level = found[panel.cells[0].entry].level
    return Figure(
        name=name,
        title=f"{TITLE} on {panel.name}",
        text=_text(panel, found),
        scene=_scene(panel, found),
        table=_table(panel, name, found),
        notes=(
            f"Bars: shares. Lines: 95 %, {panel.cells[0].share_method}. Dashed: always naming the "
            f"more frequent side, {show(level, 'percent')}; of one side alone, a coin.",
        ),
    )


def _text(panel: Panel, found: dict[str, Sided]) -> str:
    told = [
        f"{clean(cell.entry)} has the side of {percent(one.right.value)} right, of pleasant "
        f"pictures {show(one.recalls[0].value, 'percent')} and of unpleasant ones "
        f"{show(one.recalls[1].value, 'percent')}."
        for cell in panel.contenders
        if (one := found[cell.entry]).n
    ]
    n = found[panel.cells[0].entry].n
    return f"On {panel.name}, n = {count(n)} pictures with a side. {' '.join(told)}".strip()


def _table(panel: Panel, name: str, found: dict[str, Sided]) -> Table:
    cell = panel.cells[0]
    even = sides.evenly(cell)
    return Table(
        name=name,
        title=f"{TITLE} on {panel.name}",
        columns=COLUMNS,
        rows=tuple(_row(one, found[one.entry]) for one in panel.cells),
        notes=(
            "Side: the answer lies on the side of the label. An answer's side is the one whose "
            "emotions are most probable together; a tie counts in part. Wrong, same side: of the "
            f"wrong answers among {len(cell.emotions)} emotions, those on the side of the label; "
            f"if they fell evenly on the others, {show(even, 'percent')}.",
            f"n: pictures whose label has a side. Intervals, 95 %: {cell.method}.",
        ),
        apart=panel.floors,
    )


def _row(cell: Cell, one: Sided) -> Row:
    scores = (one.right, *one.recalls, one.mean, one.stayed)
    return (cell.entry, one.n, *(value for score in scores for value in score[:2]))


class _Column(NamedTuple):
    """Where one scale begins, what it tells, and the level to beat on it."""

    left: float
    name: str
    level: float

    def head(self, bottom: float) -> Iterator[Item]:
        """Draw its name, its scale and the level to beat."""
        yield Words(self.left, 14, self.name, bold=True)
        for tick in (0, 0.5, 1):
            x = self.left + BAR * tick
            yield Stroke(x, TOP - 6, x, bottom)
            yield Words(x, TOP - 12, f"{100 * tick:.0f} %", "middle", "soft", 10)
        if math.isfinite(self.level):
            x = self.left + BAR * self.level
            yield Stroke(x, TOP - 6, x, bottom, "soft", dashed=True)

    def bar(self, cell: Cell, score: Score, y: float) -> Iterator[Item]:
        """Draw the bar of an entry, its interval and its number."""
        if not math.isfinite(score.value):
            yield Words(self.left + 6, y + 4, "no picture", tone="soft", size=11)
            return
        value, ends = percent(score.value), show(score.interval, "percent")
        says = f"{clean(cell.entry)}, {self.name}: {value}, 95 % {ends}"
        width = max(BAR * score.value, 0.5)
        yield Box(self.left, y - 6, width, 12, Paint(slot=-1), says)
        low, high = score.interval
        yield from whiskers(self.left + BAR * low, self.left + BAR * high, y)
        yield Words(self.left + BAR + GAP - 14, y + 4, value, "end", size=11)


def _scene(panel: Panel, found: dict[str, Sided]) -> Scene:
    names = [clean(cell.entry) for cell in panel.contenders]
    left = 24.0 + min(WIDEST, max(map(width_of, names)))
    levels = (found[panel.cells[0].entry].level, 0.5, 0.5)
    columns = [
        _Column(left + at * (BAR + GAP), name, level)
        for at, (name, level) in enumerate(zip(DRAWN, levels, strict=True))
    ]
    bottom = TOP + LINE * len(names)
    items: list[Item] = []
    for row, cell in enumerate(panel.contenders):
        y, one = TOP + LINE * (row + 0.5), found[cell.entry]
        items.append(Words(left - 10, y + 4, shortened(names[row], WIDEST), "end"))
        for column, score in zip(columns, (one.right, *one.recalls), strict=True):
            items += column.bar(cell, score, y)
    axes = layered([item for one in columns for item in one.head(bottom)], Stroke, Words)
    drawn = layered(items, Box, Stroke, Words)
    return Scene(left + len(columns) * (BAR + GAP), bottom + 8, (*axes, *drawn))
