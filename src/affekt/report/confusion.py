"""Figure 3: confusion matrices, each row a label and its shares, all on one scale."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from affekt.foreign import clean
from affekt.report.bench import Bench, Panel, gaps
from affekt.report.colours import heat
from affekt.report.exhibits import Column, Exhibit, Figure, Grid, GridRow, Row, Shade, Table
from affekt.report.inputs import ReportInput
from affekt.report.scene import Box, Item, Paint, Scene, Stroke, Words, shortened, width_of
from affekt.report.scores import Cell
from affekt.report.text import count, percent

MOST_WIDE = 9  # emotions whose cells are so large that the count fits, too
SIDE, SMALL_SIDE = 44, 27  # px of a cell, and of one above `MOST_WIDE`
LONGEST = 120  # px for the name of an emotion
ACROSS = 1010  # px of a row of panels


def exhibit(given: ReportInput, bench: Bench) -> Exhibit:
    """One figure a data set and protocol, one matrix an entry."""
    return Exhibit(
        "G3",
        "Confusion matrices",
        "Row: the label a picture has. Column: the answer it got. Every row sums to 100 %.",
        (*map(figure, bench.panels), *gaps(given, bench, "Confusion matrices")),
    )


def figure(panel: Panel) -> Figure:
    """Draw the matrices of one data set side by side."""
    name = f"g3-{panel.slug}"
    floors = len(panel.cells) - len(panel.contenders)
    note = f" The {floors} floors, which look at no picture, are left out." if floors else ""
    return Figure(
        name=name,
        title=f"Confusion on {panel.name}",
        text=_text(panel),
        scene=_scene(panel),
        table=_table(panel, name),
        notes=(
            "Large: share of the row, %. Small: pictures, mean over repeats where there are any. "
            f"One scale, 0 to 100 %.{note}",
        ),
        grids=tuple(map(_grid, panel.contenders)),
        is_told=len(panel.emotions) <= MOST_WIDE,
    )


def _text(panel: Panel) -> str:
    sentences = [_sentence(cell) for cell in panel.contenders]
    return f"On {panel.name}, n = {panel.cells[0].n:,} pictures. {' '.join(sentences)}".strip()


def _sentence(cell: Cell) -> str:
    wrong = [
        (cell.matrix[row, column], -row, -column)
        for row in range(len(cell.emotions))
        for column in range(len(cell.emotions))
        if row != column
    ]
    most, row, column = max(wrong, default=(0.0, 0, 0))
    right = f"{clean(cell.entry)} answers {count(cell.correct)} of {cell.n:,} rightly"
    if most == 0:
        return f"{right} and confuses nothing."
    label, answer = cell.emotions[-row], cell.emotions[-column]
    wrongly = f"{label} taken for {answer} ({count(most)} pictures)"
    return f"{right}; its most frequent confusion is {wrongly}."


def _grid(cell: Cell) -> Grid:
    """Give the matrix as the page shows it."""
    names, is_close = tuple(map(clean, cell.emotions)), len(cell.emotions) > MOST_WIDE
    rows = []
    for name, numbers in zip(names, cell.matrix.tolist(), strict=True):
        n = sum(numbers)
        shades = (_shade(number, n, is_close) for number in numbers)
        rows.append(GridRow(name, tuple(shades), count(n)))
    return Grid(clean(cell.entry), names, tuple(rows), "answered as", is_close)


def _shade(number: float, n: float, is_close: bool) -> Shade:
    if not n:
        return Shade(0, "–")
    share = number / n
    below = count(number) if number and not is_close else ""
    return Shade(heat(share), f"{100 * share:.0f}", below)


class _Plan(NamedTuple):
    """Sizes that all matrices of a figure share."""

    side: float
    left: float
    top: float
    width: float
    height: float


def _plan(panel: Panel) -> _Plan:
    k = len(panel.emotions)
    side, size = (SIDE, 12) if k <= MOST_WIDE else (SMALL_SIDE, 10)
    longest = min(LONGEST, max(width_of(clean(name), size) for name in panel.emotions))
    titles = max(width_of(clean(cell.entry), 13) for cell in panel.contenders)
    left, top = longest + 12, longest + 44
    width = max(left + k * side, min(titles, 330) + 8) + 28
    return _Plan(side, left, top, width, top + k * side + 26)


def _scene(panel: Panel) -> Scene:
    plan = _plan(panel)
    across = max(1, min(len(panel.contenders), int(ACROSS // plan.width)))
    items: list[Item] = []
    for at, cell in enumerate(panel.contenders):
        items += _matrix(cell, at % across * plan.width, at // across * plan.height, plan)
    bottom = math.ceil(len(panel.contenders) / across) * plan.height
    items += _key(plan.left, bottom)
    return Scene(max(across * plan.width, 330), bottom + 40, tuple(items))


def _matrix(cell: Cell, x: float, y: float, plan: _Plan) -> Iterator[Item]:
    size, side = (12 if plan.side == SIDE else 10), plan.side
    left, top = x + plan.left, y + plan.top
    yield Words(x, y + 16, shortened(clean(cell.entry), plan.width - 28, 13), size=13, bold=True)
    for at, emotion in enumerate(cell.emotions):
        name, middle = shortened(clean(emotion), LONGEST, size), (at + 0.5) * side
        yield Words(left - 8, top + middle + 4, name, "end", size=size)
        yield Words(left + middle + 4, top - 8, name, angle=-90, size=size)
    for row in range(len(cell.emotions)):
        yield from _cells(cell, row, left, top, side)
    yield from _frame(left, top, len(cell.emotions) * side, len(cell.emotions) * side)


def _cells(cell: Cell, row: int, x: float, y: float, side: float) -> Iterator[Item]:
    n = float(cell.matrix[row].sum())
    for column, name in enumerate(cell.emotions):
        number = float(cell.matrix[row, column])
        share = number / n if n else 0.0
        step = heat(share)
        left, top = x + column * side, y + row * side
        says = f"{clean(cell.entry)}: {clean(cell.emotions[row])} answered as {clean(name)}, "
        says += f"{percent(share)}, {count(number)} of {count(n)}" if n else "no picture"
        yield Box(left, top, side, side, Paint(heat=step), says)
        middle = left + side / 2
        if not n:
            yield Words(middle, top + side / 2 + 4, "–", "middle", "soft", on_heat=step)
        elif side == SIDE:
            yield Words(middle, top + 20, f"{100 * share:.0f}", "middle", size=14, on_heat=step)
            if number:
                yield Words(middle, top + 35, count(number), "middle", size=10, on_heat=step)
        else:
            yield Words(middle, top + 17, f"{100 * share:.0f}", "middle", size=10, on_heat=step)


def _frame(x: float, y: float, width: float, height: float) -> Iterator[Item]:
    for x1, y1, x2, y2 in (
        (x, y, x + width, y),
        (x, y + height, x + width, y + height),
        (x, y, x, y + height),
        (x + width, y, x + width, y + height),
    ):
        yield Stroke(x1, y1, x2, y2, "soft")


def _key(x: float, y: float) -> Iterator[Item]:
    for step in range(11):
        yield Box(x + step * 16, y + 4, 16, 10, Paint(heat=heat(step / 10)))
    yield from _frame(x, y + 4, 176, 10)
    yield Words(x, y + 28, "0 %", tone="soft", size=11)
    yield Words(x + 176, y + 28, "100 %", "end", "soft", 11)


def _table(panel: Panel, name: str) -> Table:
    rows: list[Row] = [
        (cell.entry, clean(emotion), float(cell.matrix[at].sum()), *map(float, cell.matrix[at]))
        for cell in panel.contenders
        for at, emotion in enumerate(cell.emotions)
    ]
    answers = tuple(Column(f"as {clean(emotion)}") for emotion in panel.emotions)
    return Table(
        name=name,
        title=f"Confusion counts on {panel.name}",
        columns=(Column("entry", "text"), Column("label", "text"), Column("n"), *answers),
        rows=tuple(rows),
        notes=("Pictures by label (row) and answer (column), mean over repeats, ties shared.",),
    )
