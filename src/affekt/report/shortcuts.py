"""What can be told without a look at content: size, brightness, colour and source by emotion."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from affekt.features.shortcuts import VALUES, Shortcuts
from affekt.foreign import clean
from affekt.measures.intervals import Interval, wilson
from affekt.report import shortcut, shortcut_chart, shortcut_scores
from affekt.report.bench import Bench, gaps
from affekt.report.exhibits import Column, Exhibit, Figure, Gap, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.scores import Cell
from affekt.report.shortcut import Origins, Sheet
from affekt.report.text import count, listed, percent, show, slug
from affekt.store import Failure

if TYPE_CHECKING:
    from affekt.plan import Result

TITLE = "Shortcuts"
UNASKED = (
    "no entry of the plan sees shortcuts alone; add under a new [[bench.entries]] the lines "
    'name = "shortcuts, logistic", feature = "shortcuts" and model = "logistic"'
)
STRENGTH = (
    Column("shortcut", "text"),
    Column("ε²", "score"),
    Column("ε² 95 %", "score", "95 %"),
    Column("n"),
    Column("unit", "text"),
    Column("as in", "text"),
)
UNKNOWN = "The data set does not say where its pictures are from."


def exhibit(given: ReportInput, bench: Bench) -> Exhibit:
    """A figure, strengths and sources a data set; scores a data set and protocol."""
    names = [one.name for one in given.entries if isinstance(one.feature, Shortcuts)]
    blocks: list[Figure | Table | Gap] = []
    if bench.panels and not names:
        blocks = [Gap(TITLE, UNASKED, given.bench_command)]
    for result in _one_a_dataset(given, names):
        blocks += _of_dataset(given, result)
    for panel in bench.panels:
        if seeing := [one for one in panel.cells if _is_one_of(one, names)]:
            blocks.append(shortcut_scores.table(panel, seeing))
    return Exhibit(
        "G22",
        TITLE,
        "What size, brightness, colour and source tell of an emotion, and how far a model comes "
        "that sees nothing else.",
        (*blocks, *gaps(given, bench, TITLE)),
    )


def _is_one_of(cell: Cell, names: list[str]) -> bool:
    return cell.entry in map(cell.remarks.stamped, names)


def _one_a_dataset(given: ReportInput, names: list[str]) -> "list[Result]":
    """Give one result of each data set that shows its vectors, made or not."""
    found: dict[str, Result] = {}
    for one in given.results:
        if one.entry in names and one.vectors is not None:
            found.setdefault(one.dataset, one)
    return list(found.values())


def _of_dataset(given: ReportInput, result: "Result") -> Iterator[Figure | Table | Gap]:
    for made in (result.pictures, result.vectors):
        if isinstance(made, Failure):
            title = f"{TITLE} on {clean(result.dataset)}"
            yield Gap(title, clean(made.reason, 400), given.bench_command)
            return
    sheet = shortcut.sheet(result, VALUES, given.seed)
    yield figure(sheet)
    yield strengths(sheet)
    if sheet.origins:
        yield sources(sheet, sheet.origins)


def figure(sheet: Sheet) -> Figure:
    """Draw quartiles of the strongest shortcuts by emotion; the table has all."""
    name = f"g22-{slug(sheet.dataset)}"
    return Figure(
        name=name,
        title=f"Shortcuts by emotion on {clean(sheet.dataset)}",
        text=_text(sheet),
        scene=shortcut_chart.scene(sheet),
        table=_quartiles(sheet, name),
        notes=(
            f"The {shortcut_chart.MOST} shortcuts of {len(sheet.values)} that tell emotions apart "
            "best. Bars: from the first to the third quartile of the emotion's pictures; lines: "
            "medians. Each scale runs from the lowest to the highest quartile of any emotion.",
        ),
    )


def _text(sheet: Sheet) -> str:
    told = [at for at in sheet.order if math.isfinite(sheet.strengths[at].value)]
    here = f"On {clean(sheet.dataset)}, n = {sheet.n:,} pictures"
    if not told:
        return f"{here}: no shortcut can be held against emotions."
    best = sheet.strengths[told[0]]
    if best.value <= 0:
        return f"{here}: no shortcut tells emotions apart better than chance."
    return (
        f"{here}, {sheet.names[told[0]]} tells emotions apart best: they explain "
        f"{percent(best.value)} (95 % {show(best.interval, 'percent')}) of the variance of its "
        f"ranks. {' '.join(_medians(sheet, at) for at in told[:2])}"
    )


def _medians(sheet: Sheet, at: int) -> str:
    """Say for which emotions the median of a shortcut is highest and lowest; ties are all told."""
    names: dict[float, list[str]] = {}
    for code in np.flatnonzero(sheet.sizes):
        names.setdefault(float(sheet.quartiles[code, at, 1]), []).append(
            clean(sheet.emotions[code])
        )
    low, high = min(names), max(names)
    if low == high:
        return f"The median of {sheet.names[at]} is the same for all ({show(low, 'number')})."
    return (
        f"The median of {sheet.names[at]} is highest for {listed(names[high])} "
        f"({show(high, 'number')}) and lowest for {listed(names[low])} ({show(low, 'number')})."
    )


def _quartiles(sheet: Sheet, name: str) -> Table:
    heads = [
        column
        for at in sheet.order
        for column in (
            Column(sheet.names[at], "number"),
            Column(f"{sheet.names[at]} quartiles", "number", "quartiles"),
        )
    ]
    rows: list[Row] = []
    for code, emotion in enumerate(sheet.emotions):
        quartiles = sheet.quartiles[code, sheet.order].tolist()
        told = [one for low, median, high in quartiles for one in (median, Interval(low, high))]
        rows.append((clean(emotion), int(sheet.sizes[code]), *told))
    return Table(
        name=name,
        title=f"Shortcuts by emotion on {clean(sheet.dataset)}",
        columns=(Column("emotion", "text"), Column("n"), *heads),
        rows=tuple(rows),
        notes=("Medians and quartiles of the emotion's pictures; the CSV has all shortcuts.",),
        across=2 + 2 * shortcut_chart.MOST,
    )


def strengths(sheet: Sheet) -> Table:
    """Give one row a shortcut, the strongest first; the file tells of each emotion besides."""
    rows: list[Row] = []
    for at in sheet.order:
        value, strength = sheet.values[at], sheet.strengths[at]
        above = [part for of_emotion in sheet.above for part in of_emotion[at][:2]]
        numbers = (strength.value, strength.interval, sheet.n)
        rows.append((sheet.names[at], *numbers, value.unit, value.source, *above))
    of_emotions = [
        column
        for name in map(clean, sheet.emotions)
        for column in (Column(f"AUC {name}", "score"), Column(f"AUC {name} 95 %", "score"))
    ]
    left_out = f" {sheet.unseen:,} pictures without label or numbers are left out."
    return Table(
        name=f"g22-strength-{slug(sheet.dataset)}",
        title=f"How strongly shortcuts go with emotions on {clean(sheet.dataset)}",
        columns=(*STRENGTH, *of_emotions),
        rows=tuple(rows),
        notes=(
            "ε²: share of the variance of the shortcut's ranks that emotions explain, less what "
            "chance explains (Kelley 1935, of the test of Kruskal and Wallis 1952): 0 tells "
            "nothing, 1 everything. – stands for a shortcut that is the same in all pictures.",
            f"95 %: {sheet.drawing}, ranks kept and moved onto the value, which drawing inflates. "
            f"All pictures count, tested or not.{left_out if sheet.unseen else ''}",
            "The CSV has the AUC besides: how often a picture of an emotion has more of the "
            "shortcut than one of another (Hanley and McNeil 1982).",
            *(() if sheet.origins else (UNKNOWN,)),
        ),
        across=len(STRENGTH),
    )


def sources(sheet: Sheet, origins: Origins) -> Table:
    """Give the share of each source in the pictures of every emotion."""
    rows: list[Row] = []
    for code, emotion in enumerate(sheet.emotions):
        of_emotion = origins.counts[:, code]
        whole = float(of_emotion.sum())
        for source, n in zip(origins.sources, of_emotion.tolist(), strict=True):
            share = n / whole if whole else None
            rows.append((clean(emotion), clean(source), n, whole, share, wilson(n, whole)))
    if len(origins.sources) == 1:
        verdict = "All pictures are from one source, which therefore tells nothing."
    else:
        tie = shortcut.association(origins, sheet.seed)
        verdict = (
            f"Cramér's V of source and emotion: {show(tie.value, 'score')} (95 % "
            f"{show(tie.interval, 'score')}; {count(tie.n)} pictures, drawn one by one; Bergsma "
            "2013): 0 tells nothing, 1 says that the source tells the emotion."
        )
    return Table(
        name=f"g22-sources-{slug(sheet.dataset)}",
        title=f"Sources of every emotion on {clean(sheet.dataset)}",
        columns=(
            Column("emotion", "text"),
            Column("source", "text"),
            Column("pictures"),
            Column("n"),
            Column("share", "percent"),
            Column("share 95 %", "percent", "95 %"),
        ),
        rows=tuple(rows),
        notes=(
            verdict,
            "Share: of the pictures of the emotion whose source is known. 95 %: Wilson.",
        ),
    )
