"""Figures 5 to 7: the true positive rate of every emotion and entry, with its interval."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from affekt.foreign import clean
from affekt.report.bench import Bench, Panel, gaps
from affekt.report.colours import Look, looks
from affekt.report.exhibits import Column, Exhibit, Figure, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.scene import (
    Box,
    Item,
    Paint,
    Scene,
    Sign,
    Stroke,
    Words,
    layered,
    shortened,
    width_of,
)
from affekt.report.scores import Cell, Score
from affekt.report.text import count, listed, percent

BAR, RIGHT = 400, 164  # px: the scale from 0 to 1, numbers
WIDEST = 270  # px for the names of entries; longer ones are cut on the drawing, not in the table
LINE, HEAD, TOP = 20, 30, 34


def exhibit(given: ReportInput, bench: Bench) -> Exhibit:
    """One figure a data set and protocol."""
    return Exhibit(
        "G5-7",
        "True positive rates",
        "Of the pictures that carry an emotion's label, the share each entry gives that label.",
        (*map(figure, bench.panels), *gaps(given, bench, "True positive rates")),
    )


def figure(panel: Panel) -> Figure:
    """Draw the bars of one data set, grouped by emotion."""
    scored = {cell.entry: cell.of_emotion("recalls") for cell in panel.contenders}
    name = f"g5-7-{panel.slug}"
    return Figure(
        name=name,
        title=f"True positive rate by emotion on {panel.name}",
        text=_text(panel, scored),
        scene=_scene(panel, scored),
        table=_table(panel, name),
        notes=(
            f"Bars: recall in the choice among {len(panel.emotions)} emotions. "
            f"Lines: 95 %, {panel.cells[0].share_method}. "
            f"Dashed: guessing among the emotions that occur, {panel.cells[0].guessing:.3f}.",
        ),
    )


Scored = dict[str, list[Score]]


def _text(panel: Panel, scored: Scored) -> str:
    sentences = []
    for cell in panel.contenders:
        told = [
            (scored[cell.entry][at].value, emotion)
            for at, emotion in enumerate(cell.emotions)
            if not cell.silence(at)
        ]
        if told:
            best, worst = max(told), min(told)
            sentences.append(
                f"{clean(cell.entry)} finds {best[1]} best ({percent(best[0])}) "
                f"and {worst[1]} worst ({percent(worst[0])})."
            )
    cell = panel.cells[0]
    small = [name for at, name in enumerate(cell.emotions) if cell.silence(at)]
    silent = f" Not reported: {listed(small)}." if small else ""
    return f"On {panel.name}, n = {cell.n:,} pictures. {' '.join(sentences)}{silent}".strip()


class _Pen(NamedTuple):
    """Where the names end and the bars begin, and how the emotions look."""

    left: float
    looks: dict[str, Look]

    def head(self, cell: Cell, at: int, y: float) -> Iterator[Item]:
        """Draw the name of an emotion and its pictures."""
        name, n = cell.emotions[at], count(float(cell.matrix[at].sum()))
        yield Sign(10, y + 12, self.looks[name].slot)
        yield Words(24, y + 16, shortened(clean(name), self.left - 90), size=13, bold=True)
        yield Words(self.left - 8, y + 16, f"n = {n}", "end", "soft", 11)
        if cell.silence(at):
            yield Words(self.left + 6, y + 16, cell.silence(at), tone="soft", size=11)

    def bar(self, cell: Cell, at: int, score: Score, y: float) -> Iterator[Item]:
        """Draw one entry's bar, interval and numbers."""
        name, middle, left = clean(cell.entry), y + LINE / 2, self.left
        yield Words(left - 8, middle + 4, shortened(name, left - 32), "end")
        emotion = cell.emotions[at]
        says = f"{clean(emotion)}: {name}, {percent(score.value)}, 95 % {_ends(score)}"
        width = max(BAR * score.value, 0.5)
        yield Box(left, y + 3, width, LINE - 6, Paint(slot=self.looks[emotion].slot), says)
        low, high = score.interval
        yield from whiskers(left + BAR * low, left + BAR * high, middle)
        yield Words(left + BAR + 56, middle + 4, percent(score.value), "end")
        yield Words(left + BAR + RIGHT - 4, middle + 4, _ends(score), "end", "soft", 11)

    def axis(self, bottom: float, guessing: float) -> Iterator[Item]:
        """Draw the scale and the level of guessing."""
        for tick in (0, 0.25, 0.5, 0.75, 1):
            x = self.left + BAR * tick
            yield Stroke(x, TOP - 8, x, bottom)
            yield Words(x, TOP - 14, f"{100 * tick:.0f} %", "middle", "soft", 11)
        x = self.left + BAR * guessing
        yield Stroke(x, TOP - 8, x, bottom, "soft", dashed=True)


def _scene(panel: Panel, scored: Scored) -> Scene:
    names = [clean(cell.entry) for cell in panel.contenders]
    pen = _Pen(
        min(WIDEST, max(160.0, *(32 + width_of(name) for name in names))), looks(panel.emotions)
    )
    items: list[Item] = []
    y = float(TOP)
    for at in range(len(panel.emotions)):
        items += pen.head(panel.contenders[0], at, y)
        y += HEAD
        for cell in panel.contenders:
            if not cell.silence(at):
                items += pen.bar(cell, at, scored[cell.entry][at], y)
                y += LINE
        y += 8
    axis = layered(pen.axis(y, panel.cells[0].guessing), Stroke, Words)
    inside = layered(items, Sign, Box, Stroke, Words)
    return Scene(pen.left + BAR + RIGHT, y + 4, (*axis, *inside))


def whiskers(low: float, high: float, y: float) -> Iterator[Item]:
    """Draw an interval over a bar; nothing where it cannot be told."""
    if not math.isfinite(low + high):
        return
    yield Stroke(low, y, high, y, "paper", 4)
    yield Stroke(low, y, high, y, "ink", 1.5)
    for end in (low, high):
        yield Stroke(end, y - 3.5, end, y + 3.5, "ink", 1.5)


def _ends(score: Score) -> str:
    low, high = score.interval
    return f"{100 * low:.0f} – {100 * high:.0f} %" if math.isfinite(low + high) else "no interval"


COLUMNS = (
    Column("emotion", "text"),
    Column("entry", "text"),
    Column("n"),
    Column("recall", "score"),
    Column("recall 95 %", "score", "95 %"),
    Column("two-sided recall", "score"),
    Column("two-sided recall 95 %", "score", "95 %"),
)
ALONE = (
    Column("recall alone", "score"),
    Column("recall alone 95 %", "score", "95 %"),
    Column("two-sided recall alone", "score"),
    Column("two-sided recall alone 95 %", "score", "95 %"),
)
READINGS = ("recalls", "two_sided_recalls")


def _table(panel: Panel, name: str) -> Table:
    """Give both readings of each decision: of the choice and, where there are such, of claims."""
    alone = any(cell.has_claims for cell in panel.contenders)
    rows = [_rows(cell, alone) for cell in panel.contenders]
    means = [_mean(cell, alone) for cell in panel.contenders]
    by_emotion = [row for of_emotion in zip(*rows, strict=True) for row in of_emotion]
    notes = (
        f"Recall: among {len(panel.emotions)} emotions. Two-sided: mean recall of an emotion "
        "and of its absence. Mean: over the emotions that are reported.",
        "Alone: the same of the decisions of classifiers of one emotion against the rest, which "
        "may claim several emotions or none (guessing by a coin: 0.5).",
    )
    return Table(
        name=name,
        title=f"True positive rate by emotion on {panel.name}",
        columns=COLUMNS + (ALONE if alone else ()),
        rows=(*by_emotion, *means),
        notes=notes if alone else notes[:1],
        strong=frozenset(range(len(by_emotion), len(by_emotion) + len(means))),
    )


def _rows(cell: Cell, alone: bool) -> list[Row]:
    """Give one row an emotion."""
    scores = [cell.of_emotion(reading) for reading in READINGS]
    if alone and cell.has_claims:
        scores += [cell.of_claims(reading) for reading in READINGS]
    width = 8 if alone else 4
    rows: list[Row] = []
    for at, emotion in enumerate(cell.emotions):
        silence = cell.silence(at)
        told: Row = (silence,) if silence else _flat([score[at] for score in scores])
        head: Row = (clean(emotion), cell.entry, float(cell.matrix[at].sum()))
        rows.append((*head, *told, *([None] * (width - len(told)))))
    return rows


def _mean(cell: Cell, alone: bool) -> Row:
    means = [cell.mean_of(reading) for reading in READINGS]
    if alone and cell.has_claims:
        means += [cell.mean_of(reading, claims=True) for reading in READINGS]
    told = _flat(means)
    return ("mean", cell.entry, cell.n, *told, *([None] * ((8 if alone else 4) - len(told))))


def _flat(scores: list[Score]) -> Row:
    return tuple(value for score in scores for value in (score.value, score.interval))
