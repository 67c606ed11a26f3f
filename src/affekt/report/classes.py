"""Scores of every emotion by itself, with both readings of the true positive rate."""

from affekt.foreign import clean
from affekt.report.bench import Bench, Panel, gaps
from affekt.report.exhibits import Column, Exhibit, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.scores import Cell, Score
from affekt.report.text import listed

MEASURES = ("precisions", "recalls", "f1s", "two_sided_recalls")
COLUMNS = (
    Column("emotion", "text"),
    Column("entry", "text"),
    Column("n"),
    Column("precision", "score"),
    Column("precision 95 %", "score", "95 %"),
    Column("recall", "score"),
    Column("recall 95 %", "score", "95 %"),
    Column("F1", "score"),
    Column("F1 95 %", "score", "95 %"),
    Column("two-sided recall", "score"),
    Column("two-sided recall 95 %", "score", "95 %"),
    Column("average precision", "score"),
    Column("average precision 95 %", "score", "95 %"),
)


def exhibit(given: ReportInput, bench: Bench) -> Exhibit:
    """One table a data set and protocol."""
    return Exhibit(
        "G15",
        "Scores of every emotion",
        "Precision, recall and F1 by emotion; means hide the emotions that no entry finds.",
        (*map(table, bench.panels), *gaps(given, bench, "Scores of every emotion")),
    )


def table(panel: Panel) -> Table:
    """Give one row an emotion and entry; an emotion too small to be scored says so."""
    contenders = panel.contenders
    scored = {cell.entry: _scores(cell) for cell in contenders}
    return Table(
        name=f"g15-{panel.slug}",
        title=f"Scores of every emotion on {panel.name}",
        columns=COLUMNS,
        rows=tuple(
            _row(cell, at, scored[cell.entry])
            for at in range(len(panel.emotions))
            for cell in contenders
        ),
        notes=(
            f"Recall is the true positive rate in the choice among {len(panel.emotions)} "
            f"emotions (guessing: {panel.cells[0].guessing:.3f}); two-sided recall is the mean "
            "of the recall of an emotion and of its absence (guessing: 0.5). Earlier work calls "
            "either of them the true positive rate.",
            "Average precision: of the pictures in the order of the emotion's own probability, "
            "against all others; guessing gives the share of the emotion. "
            f"Its 95 %: {panel.cells[0].thinned:,} draws.",
            f"95 %: {panel.cells[0].method}. – stands for a number that does not exist, as the "
            "precision of an answer never given.",
            *_silent(panel),
        ),
    )


def _scores(cell: Cell) -> list[list[Score]]:
    """Give every measure of every emotion, in the order of the columns."""
    return [*(cell.of_emotion(measure) for measure in MEASURES), cell.of_order()]


def _silent(panel: Panel) -> tuple[str, ...]:
    cell = panel.cells[0]
    why = [(name, cell.silence(at)) for at, name in enumerate(cell.emotions) if cell.silence(at)]
    return (
        (f"{listed([f'{clean(name)}: {reason}' for name, reason in why])}.".capitalize(),)
        if why
        else ()
    )


def _row(cell: Cell, at: int, scores: list[list[Score]]) -> Row:
    head: Row = (clean(cell.emotions[at]), cell.entry, float(cell.matrix[at].sum()))
    if cell.silence(at):
        return (*head, "not reported", *([None] * (len(COLUMNS) - 4)))
    return (*head, *(value for score in scores for value in (score[at].value, score[at].interval)))
