"""Figure G11: how many said YES, and what a laxer or stricter threshold would keep."""

import math
from collections.abc import Iterator

import numpy as np
import polars as pl

from affekt.foreign import clean
from affekt.measures.intervals import Interval
from affekt.report import crowd
from affekt.report.colours import looks
from affekt.report.crowd import Answers
from affekt.report.exhibits import Column, Exhibit, Figure, Gap, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.scene import Box, Item, Paint, Scene, Sign, Stroke, Words, layered, shortened
from affekt.report.text import count, percent

LEFT, WIDE, BAR, LINE, TOP = 132, 96, 78, 28, 44
MOST = 11  # columns; where a question gets more votes, a column holds several numbers of YES
LEAD = (
    "How many of the people asked about a picture felt the emotion, and how many pictures each "
    "threshold keeps."
)


def exhibit(given: ReportInput) -> Exhibit:
    """The histogram and the thresholds, or a box that tells which stage is missing."""
    found = crowd.answers(given)
    if found is None:
        reason = given.lost("sample", "verify") or "nobody has voted on a picture of the sample"
        return Exhibit("G11", "Votes", LEAD, (Gap("Votes", reason, given.build_command),))
    return Exhibit("G11", "Votes", LEAD, (figure(given, found), thresholds(found)))


def spans(of: int) -> list[tuple[int, int]]:
    """Give the first and last number of YES in each column.

    >>> spans(2)
    [(0, 0), (1, 1), (2, 2)]
    >>> spans(24)[:2], spans(24)[-1]
    ([(0, 2), (3, 5)], (24, 24))
    """
    step = math.ceil((of + 1) / MOST)
    return [(low, min(low + step - 1, of)) for low in range(0, of + 1, step)]


def histogram(questions: pl.DataFrame, of: int) -> list[int]:
    """Count the questions in each column; more YES than ``of`` count as ``of``."""
    yes = np.minimum(questions["yes"].to_numpy(), of)
    return [int(((yes >= low) & (yes <= high)).sum()) for low, high in spans(of)]


def figure(given: ReportInput, found: Answers) -> Figure:
    """Draw one row an emotion and one column a number of YES, bars on one scale."""
    heads = [f"{low}" if low == high else f"{low}–{high}" for low, high in spans(found.of)]
    rows = {name: histogram(found.of_emotion(name), found.of) for name in found.emotions}
    table = Table(
        name="g11",
        title="Questions by number of YES",
        columns=(Column("emotion", "text"), *(Column(f"{head} YES") for head in heads)),
        rows=tuple((clean(name), *counted) for name, counted in rows.items()),
    )
    return Figure(
        name="g11",
        title=f"Questions by number of YES, of up to {found.of} votes",
        text=_text(found),
        scene=_scene(given, heads, rows),
        table=table,
        notes=(*_early(found), *found.notes),
    )


def _early(found: Answers) -> tuple[str, ...]:
    """Tell how many questions were not asked to the end."""
    n = int((found.questions["votes"] < found.of).sum())
    if not n:
        return ()
    return (
        f"{n:,} questions have fewer than {found.of} votes, as their outcome was settled or they "
        "still wait: what they would have got in all is not known.",
    )


def _text(found: Answers) -> str:
    told = []
    for name in found.emotions:
        asked = found.of_emotion(name)
        yes, votes = int(asked["yes"].sum()), int(asked["votes"].sum())
        told.append((yes / votes, clean(name)))
    most, least = max(told), min(told)
    share = int(found.questions["yes"].sum()) / int(found.questions["votes"].sum())
    return (
        f"{percent(share)} of all votes are YES: most for {most[1]} ({percent(most[0])}), fewest "
        f"for {least[1]} ({percent(least[0])})."
    )


def _scene(given: ReportInput, heads: list[str], rows: dict[str, list[int]]) -> Scene:
    styles = looks(given.taxonomy.names)
    scale = BAR / max(1, *(n for counted in rows.values() for n in counted))
    items: list[Item] = []
    for column, head in enumerate(heads):
        x = LEFT + column * WIDE
        total = sum(counted[column] for counted in rows.values())
        items += [Words(x, 14, f"{head} YES", size=13, bold=True)]
        items += [Words(x, 31, count(total), tone="soft", size=12)]
        items += [Stroke(x - 0.5, TOP, x - 0.5, TOP + len(rows) * LINE)]
    for at, (name, counted) in enumerate(rows.items()):
        y, slot = TOP + at * LINE, styles[name].slot
        items += [Sign(10, y + 12, slot), Words(24, y + 16, shortened(clean(name), LEFT - 28))]
        items += _bars(name, heads, counted, y, scale, slot)
    inside = layered(items, Stroke, Sign, Box, Words)
    return Scene(LEFT + len(heads) * WIDE, TOP + len(rows) * LINE + 8, inside)


def _bars(
    name: str, heads: list[str], counted: list[int], y: float, scale: float, slot: int
) -> Iterator[Item]:
    asked = sum(counted)
    for column, (head, n) in enumerate(zip(heads, counted, strict=True)):
        x = LEFT + column * WIDE
        says = f"{clean(name)}: {head} YES, {n:,} of {asked:,} questions"
        yield Box(x, y + 15, max(n * scale, 0.75), 9, Paint(slot=slot), says)
        yield Words(x + 2, y + 12, count(n), size=11)


def thresholds(found: Answers) -> Table:
    """Give what each threshold keeps for sure, and what it might keep if asking went on."""
    levels = sorted({low for low, _ in spans(found.of) if low} | {found.of})
    rows: list[Row] = []
    for name in (*found.emotions, "total"):
        asked = found.questions if name == "total" else found.of_emotion(name)
        kept = [_kept(asked, level, found.of) for level in levels]
        rows.append((clean(name), asked.height, *kept))
    return Table(
        name="g11-thresholds",
        title="Share of questions kept as the threshold moves",
        columns=(
            Column("emotion", "text"),
            Column("asked"),
            *(Column(f"YES at least {level}", "percent", f"≥ {level} YES") for level in levels),
        ),
        rows=tuple(rows),
        notes=(
            "Lower end: kept for sure, by the votes there are. Upper end: kept if every vote "
            f"missing of {found.of} were YES. Shares of the questions asked, no sampling.",
        ),
        strong=frozenset({len(rows) - 1}),
    )


def _kept(asked: pl.DataFrame, level: int, of: int) -> Interval:
    yes = asked["yes"].to_numpy().astype(int)
    missing = np.maximum(0, of - asked["votes"].to_numpy().astype(int))
    return Interval(float((yes >= level).mean()), float((yes + missing >= level).mean()))
