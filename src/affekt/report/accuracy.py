"""Table 3: how often each entry is right, with every level it has to beat."""

from affekt.foreign import clean
from affekt.report.bench import Bench, Panel, gaps
from affekt.report.exhibits import Column, Exhibit, Gap, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.scores import Cell, Score
from affekt.report.text import listed

COLUMNS = (
    Column("entry", "text"),
    Column("correct", "count"),
    Column("total", "count"),
    Column("accuracy", "percent"),
    Column("accuracy 95 %", "percent", "95 %"),
    Column("macro recall", "score"),
    Column("macro recall 95 %", "score", "95 %"),
    Column("macro F1", "score"),
    Column("macro F1 95 %", "score", "95 %"),
    Column("calibration error", "score"),
    Column("calibration error 95 %", "score", "95 %"),
)


def exhibit(given: ReportInput, bench: Bench) -> Exhibit:
    """One table a data set and protocol; a failed cell is a box with its reason."""
    failed = tuple(
        Gap(
            f"{clean(lost.entry)} on {clean(lost.dataset)}, {clean(lost.protocol)}",
            clean(lost.failure.reason, 600),
            given.bench_command,
        )
        for lost in bench.lost
    )
    return Exhibit(
        "T3",
        "Accuracy",
        "How often each entry names the label of a picture it was not trained on.",
        (
            *(table(panel, _beside(panel, bench)) for panel in bench.panels),
            *failed,
            *gaps(given, bench, "Accuracy of every entry"),
        ),
    )


def table(panel: Panel, beside: str = "") -> Table:
    """Give the rows of one data set and protocol, floors last.

    Args:
        panel: What is shown.
        beside: What else has to be shown, one sentence; ``""`` when nothing has.
    """
    return Table(
        name=f"t3-{panel.slug}",
        title=f"Accuracy on {panel.name}",
        columns=COLUMNS,
        rows=tuple(_row(cell) for cell in panel.cells),
        notes=(*_notes(panel), *_remarks(panel), *([beside] if beside else [])),
        apart=panel.floors,
    )


def _row(cell: Cell) -> Row:
    scores = (cell.macro_recall, cell.macro_f1, cell.calibration)
    return (
        cell.entry,
        cell.correct,
        cell.n,
        *_two(cell.accuracy),
        *(value for score in scores for value in _two(score)),
    )


def _two(score: Score) -> Row:
    return (score.value, score.interval)


def _remarks(panel: Panel) -> tuple[str, ...]:
    """Give what the cells have to say, each sentence once."""
    said = [sentence for cell in panel.cells for sentence in cell.remarks.said]
    return tuple(dict.fromkeys(said))


def _beside(panel: Panel, bench: Bench) -> str:
    """Ask for folds by group where a data set has groups and no protocol keeps them together."""
    if not any(cell.remarks.torn_groups for cell in panel.cells):
        return ""
    whole = [
        one.protocol
        for one in bench.panels
        if one.dataset == panel.dataset and not any(cell.remarks.torn_groups for cell in one.cells)
    ]
    if whole:
        return f"Read it beside {listed([clean(name) for name in whole])}, by group."
    return (
        "No protocol of this plan keeps the groups of this data set together: add "
        '{ kind = "kfold", grouped = true } and read this table beside that one only.'
    )


def _notes(panel: Panel) -> tuple[str, ...]:
    cell = panel.cells[0]
    rounds = (
        f"{cell.repeats} × {cell.folds} folds"
        if cell.folds > 1
        else f"{cell.repeats} round of testing"
    )
    outcome = "; a picture's outcome is its mean over the repeats" if cell.repeats > 1 else ""
    notes = [
        f"n = {cell.n:,} pictures in {cell.n_groups:,} groups, {rounds}{outcome}. "
        f"Intervals, 95 %: {cell.method}.",
        "Calibration error: expected, of the top answer, 15 bins of equal mass; biased upwards in "
        "small samples, and so are its draws, which is why its interval is centred on it. A tie "
        "between m answers counts 1/m.",
    ]
    if len(panel.cells) == len([one for one in panel.cells if not one.is_floor]):
        chance = 100 * cell.guessing
        notes.append(
            f"No majority or chance entry was run; guessing is right {chance:.1f} % of the time."
        )
    unusable = max(one.unusable for one in panel.cells)
    if unusable:
        notes.append(
            f"Up to {unusable:,} tests without a finite probability or a known label were left out."
        )
    return tuple(notes)
