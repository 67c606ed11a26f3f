"""Whether an entry that says 70 % is right in 70 % of such answers."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float

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
SMALL = 4  # px of a point at the temperature
FULL = 25  # pictures of a point; of fewer its interval spans half the diagram
FEWEST = 5  # points that are drawn of however few pictures


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
            f"Points: bins of equally many answers, by the probability of the top answer; {BINS}, "
            f"or as many as hold {FULL} pictures each, but no fewer than {FEWEST}. Lines: 95 %, "
            "Wilson, as if answers were alone. Dashed: said as often as right; below it an entry "
            "is too sure.",
            *(["Small points: the same answers at the temperature."] * _is_cooled(panel)),
        ),
    )


def bins(cell: Cell) -> list[Bin]:
    """Give the bins that hold answers, from unsure to sure."""
    return _bins(cell.said, cell.right, cell.tested.weight)


def cooled_bins(cell: Cell) -> list[Bin]:
    """Give the bins at the temperature, of the tests it was not fitted on; none without one."""
    one = cell.cooled
    if one is None:
        return []
    return _bins(one.said.max(axis=1), cell.right[one.rest], cell.tested.weight[one.rest])


def _bins(
    said: Float[np.ndarray, " row"],
    right: Float[np.ndarray, " row"],
    weight: Float[np.ndarray, " row"],
) -> list[Bin]:
    wanted = min(BINS, max(FEWEST, int(weight.sum() + 0.5) // FULL))
    place = places(said, wanted)
    sums = [
        np.bincount(place, weights=values * weight, minlength=wanted)
        for values in (np.ones_like(said), said, right)
    ]
    return [(n, one / n, right / n) for n, one, right in zip(*sums, strict=True) if n > 0]


def _is_cooled(panel: Panel) -> bool:
    return any(cell.cooled for cell in panel.contenders)


def _drawn(cell: Cell, square: Square) -> Iterator[Item]:
    yield Stroke(square.x(0), square.y(0), square.x(1), square.y(1), "soft", dashed=True)
    for n, said, right in bins(cell):
        low, high = wilson(min(right * n, n), n)
        yield square.line((said, low), (said, high), 1.5)
        says = f"{clean(cell.entry)}: said {percent(said)}, right {percent(right)}"
        yield square.point((said, right), f"{says} of {count(n)}")
    for n, said, right in cooled_bins(cell):
        says = f"{clean(cell.entry)}, at the temperature: said {percent(said)}"
        yield square.point((said, right), f"{says}, right {percent(right)} of {count(n)}", SMALL)


def _text(panel: Panel) -> str:
    told = []
    for cell in panel.contenders:
        if cell.n:
            gap = cell.accuracy.value - cell.sureness
            word = "too unsure" if gap > 0 else "too sure"
            told.append(
                f"{clean(cell.entry)} says {percent(cell.sureness)} on average and is right in "
                f"{percent(cell.accuracy.value)}, {word} by {100 * abs(gap):.1f} points."
                f"{_at_temperature(cell)}"
            )
    return f"On {panel.name}, n = {panel.cells[0].n:,} pictures. {' '.join(told)}".strip()


def _at_temperature(cell: Cell) -> str:
    one, found = cell.cooled, calibrated.change(cell)
    if one is None or found is None:
        return ""
    before, after = found.error
    return (
        f" A temperature of {one.temperature:.2f}, fitted on {count(one.n)} other pictures, takes "
        f"its calibration error from {before:.3f} to {after:.3f}."
    )


def _table(panel: Panel, name: str) -> Table:
    rows: list[Row] = [
        (cell.entry, when, at + 1, n, said, right, wilson(min(right * n, n), n))
        for cell in panel.contenders
        for when, found in (("as said", bins(cell)), ("at the temperature", cooled_bins(cell)))
        for at, (n, said, right) in enumerate(found)
    ]
    columns = (
        Column("entry", "text"),
        Column("answers", "text"),
        Column("bin"),
        Column("n"),
        Column("said", "percent"),
        Column("right", "percent"),
        Column("right 95 %", "percent", "95 %"),
    )
    return Table(name=name, title=f"Reliability on {panel.name}", columns=columns, rows=tuple(rows))
