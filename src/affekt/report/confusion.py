"""Figure 3: confusion matrices, each row a label and its shares, all on one scale and in one order."""

import math
from collections.abc import Iterator

from affekt.report.bench import Bench, Panel, gaps
from affekt.report.colours import heat
from affekt.report.exhibits import Column, Exhibit, Figure, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.scene import Box, Item, Paint, Scene, Stroke, Words, shortened
from affekt.report.scores import Cell
from affekt.report.text import clean, count, percent, slug

SIDE, SMALL_SIDE = 44, 27  # px of a cell; small above nine emotions, where the count no longer fits
LEFT, TOP = 100, 122  # px for the names of labels and answers
ACROSS = 860  # px of a row of panels


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
    name = f"g3-{slug(panel.dataset)}-{slug(panel.protocol)}"
    floors = len(panel.cells) - len(panel.contenders)
    note = f" The {floors} floors, which look at no picture, are left out." if floors else ""
    return Figure(
        name=name,
        title=f"Confusion on {panel.name}",
        text=_text(panel),
        scene=_scene(panel),
        table=_table(panel, name),
        notes=(
            f"Large: share of the row, %. Small: pictures, mean over repeats where there are any. One scale, 0 to 100 %.{note}",
        ),
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
    return f"{right}; its most frequent confusion is {label} taken for {answer} ({count(most)} pictures)."


def _scene(panel: Panel) -> Scene:
    k = len(panel.emotions)
    side = SIDE if k <= 9 else SMALL_SIDE
    width, height = LEFT + max(k * side, 110) + 24, TOP + k * side + 26
    across = max(1, min(len(panel.contenders), int(ACROSS // width)))
    items: list[Item] = []
    for at, cell in enumerate(panel.contenders):
        x, y = (at % across) * width, (at // across) * height
        items += _matrix(cell, x, y, side)
    down = math.ceil(len(panel.contenders) / across)
    items += _key(0, down * height)
    return Scene(max(across * width, 330), down * height + 40, tuple(items))


def _matrix(cell: Cell, x: float, y: float, side: float) -> Iterator[Item]:
    k = len(cell.emotions)
    size = 12 if side == SIDE else 10
    yield Words(x + LEFT, y + 16, shortened(clean(cell.entry), max(k * side, 110), 13), size=13, bold=True)
    for at, emotion in enumerate(cell.emotions):
        name, middle = clean(emotion), (at + 0.5) * side
        yield Words(x + LEFT - 8, y + TOP + middle + 4, shortened(name, LEFT - 14, size), "end", size=size)
        yield Words(x + LEFT + middle + 4, y + TOP - 8, shortened(name, TOP - 40, size), angle=-90, size=size)
    for row in range(k):
        yield from _cells(cell, row, x + LEFT, y + TOP, side)
    yield from _frame(x + LEFT, y + TOP, k * side)


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
            yield Words(middle, top + 35, count(number), "middle", size=10, on_heat=step)
        else:
            yield Words(middle, top + 17, f"{100 * share:.0f}", "middle", size=10, on_heat=step)


def _frame(x: float, y: float, side: float) -> Iterator[Item]:
    for x1, y1, x2, y2 in (
        (x, y, x + side, y),
        (x, y + side, x + side, y + side),
        (x, y, x, y + side),
        (x + side, y, x + side, y + side),
    ):
        yield Stroke(x1, y1, x2, y2, "soft")


def _key(x: float, y: float) -> Iterator[Item]:
    for step in range(11):
        yield Box(x + LEFT + step * 16, y + 4, 16, 10, Paint(heat=heat(step / 10)))
    yield Words(x + LEFT, y + 28, "0 %", tone="soft", size=11)
    yield Words(x + LEFT + 176, y + 28, "100 %", "end", "soft", 11)


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
