"""Trained on one data set, tested on another: what of an entry's skill goes with it.

References:
    Torralba and Efros (2011), Unbiased look at dataset bias, CVPR.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from affekt.foreign import clean
from affekt.report.bench import Bench, Panel
from affekt.report.colours import heat
from affekt.report.exhibits import Column, Exhibit, Figure, Grid, GridRow, Row, Shade, Table
from affekt.report.inputs import ReportInput
from affekt.report.scene import Box, Item, Paint, Scene, Words, shortened, width_of
from affekt.report.scores import Cell
from affekt.report.text import percent, slug

SIDE = 64  # px of a square
LONGEST = 170  # px for the name of a data set
ACROSS = 1010  # px of a row of matrices
COLUMNS = (
    Column("entry", "text"),
    Column("trained on", "text"),
    Column("tested on", "text"),
    Column("protocol", "text"),
    Column("n"),
    Column("emotions"),
    Column("macro recall", "percent"),
    Column("macro recall 95 %", "percent", "95 %"),
    Column("guessing", "percent"),
    Column("accuracy", "percent"),
    Column("accuracy 95 %", "percent", "95 %"),
)


class Crossed(NamedTuple):
    """One entry: its cells by the data sets that were trained and tested on."""

    entry: str
    cells: dict[tuple[str, str], Cell]


class Sheet(NamedTuple):
    """All entries under one protocol that trains on one data set and tests on another."""

    protocol: str
    datasets: tuple[str, ...]
    entries: tuple[Crossed, ...]

    @property
    def crossed(self) -> Iterator[tuple[Crossed, str, str, Cell]]:
        """Give every cell there is, entry by entry, with both of its data sets."""
        for one in self.entries:
            for trained in self.datasets:
                for asked in self.datasets:
                    if (trained, asked) in one.cells:
                        yield one, trained, asked, one.cells[trained, asked]


def exhibit(given: ReportInput, bench: Bench) -> Exhibit:
    """One figure a protocol; no block where no protocol trains on one set and tests another."""
    return Exhibit(
        "G18",
        "Transfer",
        "Row: the data set that was trained on. Column: the one that was tested.",
        tuple(map(figure, sheets(bench.panels))),
    )


def sheets(panels: Sequence[Panel]) -> Iterator[Sheet]:
    """Put together what was trained on one data set and tested on another, and on itself."""
    away = [panel for panel in panels if _trained_on(panel)]
    for protocol in dict.fromkeys(panel.protocol for panel in away):
        pairs = {_pair(panel): panel for panel in away if panel.protocol == protocol}
        names = tuple(dict.fromkeys(name for pair in pairs for name in pair))
        for name in names:
            at_home = _at_home(panels, name)
            if at_home:
                pairs[name, name] = at_home
        entries = dict.fromkeys(cell.entry for panel in pairs.values() for cell in panel.contenders)
        yield Sheet(protocol, names, tuple(_crossed(entry, pairs) for entry in entries))


def _trained_on(panel: Panel) -> str:
    return panel.cells[0].remarks.trained_on


def _pair(panel: Panel) -> tuple[str, str]:
    """Give the data sets that were trained and tested on; tables name a panel after both."""
    trained = _trained_on(panel)
    return trained, panel.dataset.removeprefix(f"trained on {trained}, tested on ")


def _at_home(panels: Sequence[Panel], name: str) -> Panel | None:
    """Give the panel of a data set alone; of several the first that keeps groups together."""
    own = [panel for panel in panels if panel.dataset == name and not _trained_on(panel)]
    whole = (one for one in own if not any(cell.remarks.torn_groups for cell in one.cells))
    return next(whole, own[0] if own else None)


def _crossed(entry: str, pairs: dict[tuple[str, str], Panel]) -> Crossed:
    found = {
        pair: cell for pair, panel in pairs.items() for cell in panel.cells if cell.entry == entry
    }
    return Crossed(entry, found)


def figure(sheet: Sheet) -> Figure:
    """Draw one matrix an entry."""
    name = f"g18-{slug(sheet.protocol)}"
    return Figure(
        name=name,
        title=f"Trained on one data set, tested on another, {clean(sheet.protocol)}",
        text=_text(sheet),
        scene=_scene(sheet),
        table=_table(sheet, name),
        notes=(
            "Large: macro recall, %, which does not depend on how frequent each emotion is. Small: "
            "pictures tested. One scale, 0 to 100 %. On the diagonal the same data set, by the "
            "protocol that the table names, among all its emotions; beside it the emotions that "
            "both sets name, so that guessing differs, too.",
        ),
        grids=tuple(_grid(sheet, one) for one in sheet.entries),
    )


def _text(sheet: Sheet) -> str:
    told = []
    for one, trained, asked, cell in sheet.crossed:
        if trained == asked or not cell.n:
            continue
        said = (
            f"{clean(one.entry)}, trained on {clean(trained)}, has a macro recall of "
            f"{percent(cell.macro_recall.value)} on {clean(asked)} (guessing {_guessing(cell)})"
        )
        own = one.cells.get((asked, asked))
        if own is not None and own.n:
            said += f", trained there {percent(own.macro_recall.value)}"
        told.append(f"{said}.")
    return " ".join(told) or "No picture was tested."


def _guessing(cell: Cell) -> str:
    return percent(1 / len(cell.emotions))


def _grid(sheet: Sheet, one: Crossed) -> Grid:
    names = tuple(map(clean, sheet.datasets))
    rows = tuple(
        GridRow(name, tuple(_shade(one.cells.get((trained, asked))) for asked in sheet.datasets))
        for name, trained in zip(names, sheet.datasets, strict=True)
    )
    return Grid(clean(one.entry), names, rows, "tested on")


def _shade(cell: Cell | None) -> Shade:
    value = _value(cell)
    if cell is None or math.isnan(value):
        return Shade(0, "–")
    return Shade(heat(value), f"{100 * value:.0f}", f"{cell.n:,}")


def _value(cell: Cell | None) -> float:
    return cell.macro_recall.value if cell is not None and cell.n else math.nan


def _scene(sheet: Sheet) -> Scene:
    left = min(LONGEST, max(width_of(clean(name), 12) for name in sheet.datasets)) + 12
    top, k = left + 32, len(sheet.datasets)
    titles = max(width_of(clean(one.entry), 13) for one in sheet.entries)
    width = max(left + k * SIDE, min(titles, 330) + 8) + 28
    height = top + k * SIDE + 26
    across = max(1, min(len(sheet.entries), int(ACROSS // width)))
    items: list[Item] = []
    for at, one in enumerate(sheet.entries):
        x, y = at % across * width, at // across * height
        title = shortened(clean(one.entry), width - 28, 13)
        items.append(Words(x, y + 16, title, size=13, bold=True))
        items += _squares(sheet, one, x + left, y + top)
    return Scene(across * width, -(-len(sheet.entries) // across) * height, tuple(items))


def _squares(sheet: Sheet, one: Crossed, x: float, y: float) -> Iterator[Item]:
    for row, trained in enumerate(sheet.datasets):
        name, middle = shortened(clean(trained), LONGEST, 12), (row + 0.5) * SIDE
        yield Words(x - 8, y + middle + 4, name, "end", size=12)
        yield Words(x + middle + 4, y - 8, name, angle=-90, size=12)
        for column, asked in enumerate(sheet.datasets):
            cell, left, top = one.cells.get((trained, asked)), x + column * SIDE, y + row * SIDE
            shade = _shade(cell)
            says = f"{clean(one.entry)}: trained on {clean(trained)}, tested on {clean(asked)}, "
            says += f"macro recall {shade.large} %" if shade.small else "nothing was tested"
            yield Box(left, top, SIDE, SIDE, Paint(heat=shade.step), says)
            for words, down, size in ((shade.large, 32, 15), (shade.small, 50, 10)):
                if words:
                    yield Words(
                        left + SIDE / 2, top + down, words, "middle", size=size, on_heat=shade.step
                    )


def _table(sheet: Sheet, name: str) -> Table:
    drawing = dict.fromkeys(cell.drawing for *_, cell in sheet.crossed)
    return Table(
        name=name,
        title=f"Scores by data sets trained and tested on, {clean(sheet.protocol)}",
        columns=COLUMNS,
        rows=tuple(_row(one, trained, asked, cell) for one, trained, asked, cell in sheet.crossed),
        notes=(f"Intervals, 95 %, of macro recall: {', '.join(drawing)}.",) if drawing else (),
    )


def _row(one: Crossed, trained: str, asked: str, cell: Cell) -> Row:
    recall, right = cell.macro_recall, cell.accuracy
    return (
        one.entry, clean(trained), clean(asked), cell.protocol, cell.n, len(cell.emotions),
        recall.value, recall.interval, 1 / len(cell.emotions), right.value, right.interval,
    )  # fmt: skip
