"""What an entry would get wrong if it answered only where it is sure."""

import math
from collections.abc import Iterator

import numpy as np

from affekt.foreign import clean
from affekt.measures import selective as measures
from affekt.report import resample, squares
from affekt.report.bench import Bench, Panel, gaps
from affekt.report.exhibits import Column, Exhibit, Figure, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.scene import Curve, Item, Stroke
from affekt.report.scores import Cell, Score
from affekt.report.squares import Square
from affekt.report.text import percent

STEPS = 10  # shares of pictures answered that are marked
MOST_BENDS = 90  # of the line that is drawn, one in 2 px


def exhibit(given: ReportInput, bench: Bench) -> Exhibit:
    """One figure and one table a data set and protocol."""
    blocks = [block for panel in bench.panels for block in (figure(panel), table(panel))]
    return Exhibit(
        "G25",
        "Risk and coverage",
        "The share of wrong answers when only the surest pictures are answered.",
        (*blocks, *gaps(given, bench, "Risk and coverage")),
    )


def figure(panel: Panel) -> Figure:
    """Draw one curve an entry."""
    name = f"g25-{panel.slug}"
    return Figure(
        name=name,
        title=f"Risk and coverage on {panel.name}",
        text=_text(panel),
        scene=squares.scene(panel.contenders, _drawn, across="answered", up="wrong"),
        table=_numbers(panel, name),
        notes=(
            "Pictures are answered from the most probable top answer down; equal ones together. "
            "Dashed: the share wrong of all, which an order that tells nothing would keep.",
        ),
    )


def table(panel: Panel) -> Table:
    """Give the area under the curve of every entry, floors last."""
    cell = panel.cells[0]
    return Table(
        name=f"g25-areas-{panel.slug}",
        title=f"Area under risk and coverage on {panel.name}",
        columns=(
            Column("entry", "text"),
            Column("wrong of all", "percent"),
            Column("wrong of surest half", "percent"),
            Column("AURC", "score"),
            Column("AURC 95 %", "score", "95 %"),
            Column("least possible", "score"),
            Column("excess", "score"),
        ),
        rows=tuple(_row(one) for one in panel.cells),
        notes=(
            "AURC: area under the curve, mean share wrong over all shares answered (Geifman and "
            "El-Yaniv 2017); smaller is better, and an order that tells nothing gives the share "
            "wrong of all. Least possible: of the same answers, right ones first. Excess: the "
            "rest.",
            f"n = {cell.n:,} pictures. Intervals, 95 %: bootstrap ({cell.thinned:,} draws of "
            f"{resample.unit(cell.n, cell.n_groups)}).",
        ),
        apart=panel.floors,
    )


def curve(cell: Cell) -> measures.RiskCoverage:
    """Give the curve of one entry; sureness is the probability of its top answer."""
    return measures.risk_coverage(cell.said, 1 - cell.right, cell.tested.weight)


def area(cell: Cell) -> Score:
    """Give the area under the curve of one entry."""
    wrong = 1 - cell.right
    drawn = [measures.areas(cell.said, wrong, weights) for weights in cell.row_weights()]
    return Score(measures.area(curve(cell)), resample.ends(np.concatenate(drawn)), cell.n)


def at(found: measures.RiskCoverage, coverage: float) -> tuple[float, float]:
    """Give share wrong and least confidence when at least this share is answered; NaN if none."""
    level = int(np.searchsorted(found.coverage, coverage - 1e-9))
    if level >= found.coverage.size:
        return math.nan, math.nan
    return float(found.risk[level]), float(found.confidence[level])


def _row(cell: Cell) -> Row:
    score, found = area(cell), curve(cell)
    wrong = 1 - cell.accuracy.value
    least = measures.least_area(min(1.0, wrong)) if cell.n else math.nan
    half, _ = at(found, 0.5)
    return (cell.entry, wrong, half, score.value, score.interval, least, score.value - least)


def _drawn(cell: Cell, square: Square) -> Iterator[Item]:
    found = curve(cell)
    if not cell.n:
        return
    wrong = float(found.risk[-1])
    yield Stroke(square.x(0), square.y(wrong), square.x(1), square.y(wrong), "soft", dashed=True)
    bends = np.unique(np.linspace(0, found.risk.size - 1, MOST_BENDS).astype(int))
    yield Curve(
        tuple((square.x(found.coverage[one]), square.y(found.risk[one])) for one in bends),
        width=1.5,
    )
    for coverage, risk, confidence in _steps(found):
        says = f"{clean(cell.entry)}: {percent(coverage)} answered, {percent(risk)} wrong, "
        yield square.point((coverage, risk), f"{says}surer than {confidence:.3f}")


def _steps(found: measures.RiskCoverage) -> list[tuple[float, float, float]]:
    """Give coverage, risk and confidence at the marks; where confidences tie there are fewer."""
    wanted = np.arange(1, STEPS + 1) / STEPS
    levels = np.unique(np.searchsorted(found.coverage, wanted - 1e-9))
    levels = levels[levels < found.coverage.size]
    columns = (found.coverage[levels], found.risk[levels], found.confidence[levels])
    return [(float(a), float(b), float(c)) for a, b, c in zip(*columns, strict=True)]


def _text(panel: Panel) -> str:
    told = []
    for cell in panel.contenders:
        found = curve(cell)
        half, _ = at(found, 0.5)
        if cell.n:
            told.append(
                f"{clean(cell.entry)} is wrong in {percent(float(found.risk[-1]))} of all answers "
                f"and in {percent(half)} of its surest half."
            )
    return f"On {panel.name}, n = {panel.cells[0].n:,} pictures. {' '.join(told)}".strip()


def _numbers(panel: Panel, name: str) -> Table:
    rows: list[Row] = [
        (cell.entry, coverage, risk, confidence)
        for cell in panel.contenders
        for coverage, risk, confidence in _steps(curve(cell))
    ]
    columns = (
        Column("entry", "text"),
        Column("answered", "percent"),
        Column("wrong", "percent"),
        Column("least probability", "score"),
    )
    return Table(
        name=name, title=f"Risk and coverage on {panel.name}", columns=columns, rows=tuple(rows)
    )
