"""Weak against strong labels: how much each more of them helps, and what one is worth in others."""

from affekt.foreign import clean
from affekt.report import curve_chart, worth
from affekt.report.bench import Bench
from affekt.report.curve import Curve, Pair, Sheet, sheets
from affekt.report.exhibits import Column, Exhibit, Figure, Gap, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.text import count, percent

COLUMNS = (
    Column("entry", "text"),
    Column("kind", "text"),
    Column("labels"),
    Column("draws"),
    Column("n"),
    Column("accuracy", "percent"),
    Column("accuracy 95 %", "percent", "95 %"),
    Column("worst draw", "percent"),
    Column("best draw", "percent"),
    Column("macro recall", "percent"),
    Column("macro recall 95 %", "percent", "95 %"),
)


def exhibit(given: ReportInput, bench: Bench) -> Exhibit:
    """A figure and a table of worth a data set; no block where the plan has no learning curve."""
    blocks: list[Figure | Table | Gap] = []
    for sheet in sheets(bench.curves, given.seed):
        told = worth.table(sheet)
        blocks += [figure(sheet), *([told] if told else [])]
    blocks += [
        Gap(lost.title, clean(lost.failure.reason, 600), given.bench_command)
        for lost in bench.lost_curves
    ]
    return Exhibit(
        "G24",
        "Learning curves of strong and weak labels",
        "How often each entry is right on the same test pictures after ever more labels.",
        tuple(blocks),
    )


def figure(sheet: Sheet) -> Figure:
    """Draw accuracy and macro recall of all entries over the number of labels."""
    return Figure(
        name=f"g24-{sheet.slug}",
        title=f"Ever more labels, tested on {sheet.name}",
        text=_text(sheet),
        scene=curve_chart.scene(sheet),
        table=table(sheet),
        notes=(
            "Whole line: strong labels, the data set's own. Broken line: weak labels, "
            "of pictures that nobody was asked about. Lines up and down: 95 %. Dashed across: "
            "guessing.",
        ),
    )


def table(sheet: Sheet) -> Table:
    """Give one row an entry, kind and number of labels."""
    return Table(
        name=f"g24-{sheet.slug}",
        title=f"Scores by number of labels on {sheet.name}",
        columns=COLUMNS,
        rows=tuple(
            row for pair in sheet.pairs for curve in pair.curves for row in _rows(pair, curve)
        ),
        notes=(
            "Each size holds the smaller ones of its draw, every emotion as often as all labels "
            "do; a picture counts with the mean over the draws.",
            f"Intervals, 95 %: {sheet.cell.drawing} that were tested, and in each of the subsets "
            "learned from, which are few. All labels are one subset, so the last interval tells "
            "of tested pictures alone.",
            *sheet.remarks,
        ),
    )


def _rows(pair: Pair, curve: Curve) -> list[Row]:
    return [
        (
            pair.entry,
            curve.kind,
            step.labels,
            step.draws,
            step.cell.n,
            step.accuracy.value,
            step.accuracy.interval,
            float(step.each.min()),
            float(step.each.max()),
            step.macro_recall.value,
            step.macro_recall.interval,
        )
        for step in curve.steps
    ]


def _text(sheet: Sheet) -> str:
    told = []
    for pair in sheet.pairs:
        ends = [
            f"from {percent(curve.steps[0].accuracy.value)} with {count(curve.steps[0].labels)} "
            f"{curve.kind} labels to {percent(curve.steps[-1].accuracy.value)} with "
            f"{count(curve.steps[-1].labels)}"
            for curve in pair.curves
        ]
        words = f"{clean(pair.entry)} goes {', and '.join(ends)}. {worth.sentences(pair)}"
        told.append(words.strip())
    return f"On {sheet.name}, n = {sheet.cell.n:,} pictures. {' '.join(told)}"
