"""Two charts an entry, accuracy and macro recall, over the logarithm of the number of labels."""

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from affekt.foreign import clean
from affekt.measures.intervals import Interval
from affekt.report.curve import STRONG, WEAK, Pair, Sheet, Step
from affekt.report.scene import Box, Item, Paint, Scene, Stroke, Words, layered, shortened
from affekt.report.scene import Curve as Line
from affekt.report.scores import Score
from affekt.report.text import count, percent

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, RIGHT = 260, 176, 48, 48, 44, 60  # px: a chart, room around it
WIDE, HIGH = LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM
MARKS = {STRONG: 8, WEAK: 5}  # px of a point
NICE = (1, 2, 5)  # times a power of ten: where the axis across has a scale
MEASURES = ("accuracy", "macro recall")


class Chart(NamedTuple):
    """Where one chart begins, and places on it.

    Attributes:
        fewest: Labels at the left end.
        most: Labels at the right end.
    """

    left: float
    top: float
    fewest: int
    most: int

    def x(self, labels: float) -> float:
        """Give the place of a number of labels on the axis across."""
        whole = math.log(self.most / self.fewest)
        return self.left + WIDTH * (math.log(labels / self.fewest) / whole if whole else 0.5)

    def y(self, share: float) -> float:
        """Give the place of a share on the axis up."""
        return self.top + HEIGHT * (1 - share)


def scene(sheet: Sheet) -> Scene:
    """Draw all entries, one below the other."""
    steps = [one for pair in sheet.pairs for curve in pair.curves for one in curve.steps]
    fewest, most = min(one.labels for one in steps), max(one.labels for one in steps)
    items: list[Item] = []
    for at, pair in enumerate(sheet.pairs):
        name = shortened(clean(pair.entry), 2 * WIDE - 16, 13)
        items.append(Words(0, at * HIGH + 14, name, size=13, bold=True))
        for place, measure in enumerate(MEASURES):
            chart = Chart(place * WIDE + LEFT, at * HIGH + TOP, fewest, most)
            inside = [*_scales(chart, measure), *_drawn(pair, measure, chart)]
            items += layered(inside, Stroke, Line, Box, Words)
    return Scene(len(MEASURES) * WIDE, len(sheet.pairs) * HIGH, tuple(items))


def score_of(step: Step, measure: str) -> Score:
    """Give one of the measures that are drawn; every interval is drawn from rounds."""
    return step.accuracy if measure == MEASURES[0] else step.macro_recall


def _drawn(pair: Pair, measure: str, chart: Chart) -> Iterator[Item]:
    guess = pair.curves[0].steps[-1].cell.guessing
    yield Stroke(
        chart.left, chart.y(guess), chart.left + WIDTH, chart.y(guess), "soft", dashed=True
    )
    ends = [score_of(curve.steps[-1], measure).value for curve in pair.curves]
    for curve, end in zip(pair.curves, ends, strict=True):
        scores = [score_of(step, measure) for step in curve.steps]
        places = [
            (chart.x(step.labels), chart.y(score.value))
            for step, score in zip(curve.steps, scores, strict=True)
        ]
        yield from _line(places, dashed=curve.kind != STRONG)
        for step, score, place in zip(curve.steps, scores, places, strict=True):
            about = f"{clean(pair.entry)}, {count(step.labels)} {curve.kind} labels"
            says = f"{about}: {measure} {percent(score.value)}"
            yield from _point(place, score.interval, chart, MARKS[curve.kind], says)
        x, y = places[-1]
        above = end >= max(ends)
        yield Words(x + 8, y + (-4 if above else 12), curve.kind, "start", "ink", 11)


def _line(places: list[tuple[float, float]], *, dashed: bool) -> Iterator[Item]:
    if not dashed:
        yield Line(tuple(places), width=1.5)
        return
    for one, other in pairwise(places):
        yield Stroke(*one, *other, "ink", 1.5, dashed=True)


def _point(
    place: tuple[float, float], interval: Interval, chart: Chart, side: float, says: str
) -> Iterator[Item]:
    x, y = place
    if math.isfinite(interval.low) and math.isfinite(interval.high):
        yield Stroke(x, chart.y(interval.low), x, chart.y(interval.high), "ink", 1)
    yield Box(x - side / 2, y - side / 2, side, side, Paint(slot=-1), says)


def _scales(chart: Chart, measure: str) -> Iterator[Item]:
    for share in (0.0, 0.5, 1.0):
        y = chart.y(share)
        yield Stroke(chart.left, y, chart.left + WIDTH, y)
        yield Words(chart.left - 6, y + 4, f"{100 * share:.0f}", "end", "soft", 10)
    for labels in ticks(chart.fewest, chart.most):
        x = chart.x(labels)
        yield Stroke(x, chart.top, x, chart.top + HEIGHT)
        yield Words(x, chart.top + HEIGHT + 14, f"{labels:,}", "middle", "soft", 10)
    middle = chart.left + WIDTH / 2
    yield Words(middle, chart.top + HEIGHT + 30, "labels", "middle", "soft", 11)
    up = chart.top + HEIGHT / 2 + 30
    yield Words(chart.left - 34, up, f"{measure}, %", "start", "soft", 11, angle=-90)


def ticks(fewest: int, most: int) -> list[int]:
    """Give the numbers that the axis names, at most eight.

    >>> ticks(16, 600)
    [20, 50, 100, 200, 500]
    >>> ticks(1, 1_000_000)
    [1, 10, 100, 1000, 10000, 100000, 1000000]
    >>> ticks(3, 3)
    [3]
    """
    powers = [10**at for at in range(len(str(most)))]
    fine = [nice * power for power in powers for nice in NICE if fewest <= nice * power <= most]
    coarse = [power for power in powers if fewest <= power <= most]
    return (fine if len(fine) <= 8 else coarse) or [fewest]
