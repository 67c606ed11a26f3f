"""Whether an entry that says 70 % is right in 70 % of such answers."""

from collections.abc import Iterator

import numpy as np

from affekt.foreign import clean
from affekt.measures.calibration import places
from affekt.measures.intervals import wilson
from affekt.report import calibrated, squares
from affekt.report.bench import Bench, Panel, gaps
from affekt.report.exhibits import Column, Exhibit, Figure, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.scene import Item, Stroke
from affekt.report.scores import BINS, Cell
from affekt.report.squares import Square
from affekt.report.text import count, percent

Bin = tuple[float, float, float]  # pictures, mean probability said, share right


def exhibit(given: ReportInput, bench: Bench) -> Exhibit:
    """One figure and one table a data set and protocol."""
    blocks = [block for panel in bench.panels for block in (figure(panel), calibrated.table(panel))]
    return Exhibit(
        "G14",
        "Reliability",
        "How often the top answer is right, by how probable the entry called it.",
        (*blocks, *gaps(given, bench, "Reliability of probabilities")),
    )


def figure(panel: Panel) -> Figure:
    """Draw one reliability diagram an entry."""
    name = f"g14-{panel.slug}"
    return Figure(
        name=name,
        title=f"Reliability on {panel.name}",
        text=_text(panel),
        scene=squares.scene(panel.contenders, _drawn, across="said", up="right"),
        table=_table(panel, name),
        notes=(
            f"Points: up to {BINS} bins of equally many answers, by the probability of the top "
            "answer. Lines: 95 %, Wilson, as if answers were alone. Dashed: said as often as "
            "right; below it an entry is too sure.",
        ),
    )


def bins(cell: Cell) -> list[Bin]:
    """Give the bins that hold answers, from unsure to sure."""
    said, weight = cell.said, cell.tested.weight
    place = places(said, BINS)
    sums = [
        np.bincount(place, weights=values * weight, minlength=BINS)
        for values in (np.ones_like(said), said, cell.right)
    ]
    return [(n, one / n, right / n) for n, one, right in zip(*sums, strict=True) if n > 0]


def _drawn(cell: Cell, square: Square) -> Iterator[Item]:
    yield Stroke(square.x(0), square.y(0), square.x(1), square.y(1), "soft", dashed=True)
    for n, said, right in bins(cell):
        low, high = wilson(min(right * n, n), n)
        yield square.line((said, low), (said, high), 1.5)
        says = f"{clean(cell.entry)}: said {percent(said)}, right {percent(right)}"
        yield square.point((said, right), f"{says} of {count(n)}")


def _text(panel: Panel) -> str:
    told = []
    for cell in panel.contenders:
        if cell.n:
            gap = cell.accuracy.value - cell.sureness
            word = "too unsure" if gap > 0 else "too sure"
            told.append(
                f"{clean(cell.entry)} says {percent(cell.sureness)} on average and is right in "
                f"{percent(cell.accuracy.value)}, {word} by {100 * abs(gap):.1f} points."
            )
    return f"On {panel.name}, n = {panel.cells[0].n:,} pictures. {' '.join(told)}".strip()


def _table(panel: Panel, name: str) -> Table:
    rows: list[Row] = [
        (cell.entry, at + 1, n, said, right, wilson(min(right * n, n), n))
        for cell in panel.contenders
        for at, (n, said, right) in enumerate(bins(cell))
    ]
    columns = (
        Column("entry", "text"),
        Column("bin"),
        Column("n"),
        Column("said", "percent"),
        Column("right", "percent"),
        Column("right 95 %", "percent", "95 %"),
    )
    return Table(name=name, title=f"Reliability on {panel.name}", columns=columns, rows=tuple(rows))
