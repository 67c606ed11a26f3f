"""The entry that sees shortcuts alone against all others, and against levels to beat."""

import math

from affekt.foreign import clean
from affekt.report.bench import Panel
from affekt.report.differences import Difference, difference
from affekt.report.exhibits import Column, Row, Table
from affekt.report.scores import Cell, Score
from affekt.report.text import show

COLUMNS = (
    Column("entry", "text"),
    Column("sees", "text"),
    Column("accuracy", "percent"),
    Column("accuracy 95 %", "percent", "95 %"),
    Column("macro recall", "score"),
    Column("macro recall 95 %", "score", "95 %"),
    Column("shortcuts ahead", "points"),
    Column("shortcuts ahead 95 %", "points", "95 %"),
    Column("n"),
)


def table(panel: Panel, seeing: list[Cell]) -> Table:
    """Hold the best entry that sees shortcuts alone against all others and the levels."""
    best = _leader(seeing)
    gaps = {one.entry: difference(best, one) for one in panel.cells if one.entry != best.entry}
    rows: list[Row] = []
    for one in panel.cells:
        gap = gaps.get(one.entry)
        rows.append(
            (
                one.entry,
                "shortcuts" if one in seeing else "level" if one.is_floor else "pictures",
                *(part for score in (one.accuracy, one.macro_recall) for part in score[:2]),
                *((gap.value, gap.interval) if gap else (None, None)),
                one.n,
            )
        )
    return Table(
        name=f"g22-scores-{panel.slug}",
        title=f"Shortcuts against all else on {panel.name}",
        columns=COLUMNS,
        rows=tuple(rows),
        notes=(
            _verdict(panel, best, seeing, gaps),
            f"Shortcuts ahead: accuracy of {clean(best.entry)} less that of the entry on the same "
            f"pictures, in points. 95 %: {best.method}; of differences paired {best.drawing}.",
        ),
        apart=panel.floors,
    )


def _verdict(panel: Panel, best: Cell, seeing: list[Cell], gaps: dict[str, Difference]) -> str:
    """Say how far shortcuts come alone, past the levels, and how far the best other entry."""
    past = [
        f"against {clean(one.entry)} {_points(gaps[one.entry])}"
        for one in panel.cells
        if one.is_floor
    ]
    told = (
        f"Size, brightness, colour and sharpness alone reach {_reached(best.accuracy)} of "
        f"{best.n:,} pictures by {clean(best.entry)}{''.join(f', {one}' for one in past)}."
    )
    others = [one for one in panel.contenders if one not in seeing]
    if not others:
        return f"{told} No entry of the plan sees more."
    other = _leader(others)
    return (
        f"{told} The best other entry, {clean(other.entry)}, reaches {_reached(other.accuracy)}, "
        f"against shortcuts {_points(difference(other, best))}."
    )


def _leader(cells: list[Cell]) -> Cell:
    """Give the one of highest accuracy; one without any only where there is no other."""
    return max(cells, key=lambda one: (math.isfinite(one.accuracy.value), one.accuracy.value))


def _reached(score: Score) -> str:
    return f"{show(score.value, 'percent')} (95 % {show(score.interval, 'percent')})"


def _points(gap: Difference) -> str:
    return f"{show(gap.value, 'points')} points (95 % {show(gap.interval, 'points')})"
