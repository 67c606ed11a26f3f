"""Figures 5 to 7: the true positive rate of every emotion and entry, with its interval."""

import math
from collections.abc import Iterator

from affekt.report.bench import Bench, Panel, gaps
from affekt.report.colours import looks
from affekt.report.exhibits import Column, Exhibit, Figure, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.scene import Box, Item, Paint, Scene, Sign, Stroke, Words, shortened
from affekt.report.scores import Cell, Score
from affekt.report.text import clean, count, listed, percent, slug

LEFT, BAR, RIGHT = 176, 330, 164  # px: names, the scale from 0 to 1, numbers
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
    both = {cell.entry: cell.of_emotion("two_sided_recalls") for cell in panel.contenders}
    name = f"g5-7-{slug(panel.dataset)}-{slug(panel.protocol)}"
    return Figure(
        name=name,
        title=f"True positive rate by emotion on {panel.name}",
        text=_text(panel, scored),
        scene=_scene(panel, scored),
        table=_table(panel, name, scored, both),
        notes=(
            f"Bars: recall in the choice among {len(panel.emotions)} emotions. Lines: 95 %, {panel.cells[0].method}. "
            f"Dashed: guessing, {1 / len(panel.emotions):.3f}.",
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
                f"{clean(cell.entry)} finds {best[1]} best ({percent(best[0])}) and {worst[1]} worst ({percent(worst[0])})."
            )
    cell = panel.cells[0]
    small = [name for at, name in enumerate(cell.emotions) if cell.silence(at)]
    silent = f" Not reported: {listed(small)}." if small else ""
    return f"On {panel.name}, n = {cell.n:,} pictures. {' '.join(sentences)}{silent}".strip()


def _scene(panel: Panel, scored: Scored) -> Scene:
    items: list[Item] = []
    y = float(TOP)
    styles = looks(panel.emotions)
    for at, emotion in enumerate(panel.emotions):
        items += _head(panel.contenders[0], at, y, styles[emotion].slot)
        y += HEAD
        for cell in panel.contenders:
            items += _bar(cell, at, scored[cell.entry][at], y, styles[emotion].slot)
            y += LINE
        y += 8
    return Scene(LEFT + BAR + RIGHT, y + 4, (*_axis(y, len(panel.emotions)), *items))


def _axis(bottom: float, emotions: int) -> Iterator[Item]:
    for tick in (0, 0.25, 0.5, 0.75, 1):
        x = LEFT + BAR * tick
        yield Stroke(x, TOP - 8, x, bottom)
        yield Words(x, TOP - 14, f"{100 * tick:.0f} %", "middle", "soft", 11)
    x = LEFT + BAR / emotions
    yield Stroke(x, TOP - 8, x, bottom, "soft", dashed=True)


def _head(cell: Cell, at: int, y: float, slot: int) -> Iterator[Item]:
    n = count(float(cell.matrix[at].sum()))
    yield Sign(10, y + 12, slot)
    yield Words(24, y + 16, shortened(clean(cell.emotions[at]), LEFT - 90), size=13, bold=True)
    yield Words(LEFT - 8, y + 16, f"n = {n}", "end", "soft", 11)


def _bar(cell: Cell, at: int, score: Score, y: float, slot: int) -> Iterator[Item]:
    name, middle = clean(cell.entry), y + LINE / 2
    yield Words(LEFT - 8, middle + 4, shortened(name, LEFT - 32), "end")
    silence = cell.silence(at)
    if silence or not math.isfinite(score.value):
        yield Words(LEFT + 6, middle + 4, silence or "not reported", tone="soft", size=11)
        return
    says = f"{clean(cell.emotions[at])}, {name}: {percent(score.value)}, 95 % {_ends(score)}"
    yield Box(LEFT, y + 3, max(BAR * score.value, 0.5), LINE - 6, Paint(slot=slot), says)
    low, high = (LEFT + BAR * end for end in score.interval)
    if math.isfinite(low + high):
        yield Stroke(low, middle, high, middle, "paper", 4)
        yield Stroke(low, middle, high, middle, "ink", 1.5)
        for end in (low, high):
            yield Stroke(end, middle - 3.5, end, middle + 3.5, "ink", 1.5)
    yield Words(LEFT + BAR + 52, middle + 4, percent(score.value), "end")
    yield Words(LEFT + BAR + RIGHT - 4, middle + 4, _ends(score), "end", "soft", 11)


def _ends(score: Score) -> str:
    low, high = score.interval
    return f"{100 * low:.0f} – {100 * high:.0f} %" if math.isfinite(low + high) else "no interval"


def _table(panel: Panel, name: str, scored: Scored, both: Scored) -> Table:
    return Table(
        name=name,
        title=f"True positive rate by emotion on {panel.name}",
        columns=(
            Column("emotion", "text"),
            Column("entry", "text"),
            Column("n"),
            Column("recall", "score"),
            Column("recall 95 %", "score", "95 %"),
            Column("two-sided recall", "score"),
            Column("two-sided recall 95 %", "score", "95 %"),
        ),
        rows=tuple(
            _row(cell, at, scored[cell.entry][at], both[cell.entry][at])
            for at in range(len(panel.emotions))
            for cell in panel.contenders
        ),
        notes=(
            f"Recall: among {len(panel.emotions)} emotions. Two-sided: mean recall of an emotion and of its absence.",
        ),
    )


def _row(cell: Cell, at: int, one: Score, both: Score) -> Row:
    head: Row = (clean(cell.emotions[at]), cell.entry, float(cell.matrix[at].sum()))
    silence = cell.silence(at)
    if silence:
        return (*head, silence, None, None, None)
    return (*head, one.value, one.interval, both.value, both.interval)
