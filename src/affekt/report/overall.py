"""What accuracy hides: one number an entry for the worst emotion, for order, and for valence."""

import math

from affekt.measures import ranking
from affekt.measures import scores as measures
from affekt.measures.intervals import UNKNOWN
from affekt.report import resample, sides
from affekt.report.bench import Bench, Panel, gaps
from affekt.report.exhibits import Column, Exhibit, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.scores import Cell, Score

COLUMNS = (
    Column("entry", "text"),
    Column("worst recall", "score"),
    Column("worst recall 95 %", "score", "95 %"),
    Column("MCC", "score"),
    Column("MCC 95 %", "score", "95 %"),
    Column("mean AP", "score"),
    Column("mean AP 95 %", "score", "95 %"),
    Column("top 2", "percent"),
    Column("top 2 95 %", "percent", "95 %"),
    Column("polarity", "percent"),
    Column("polarity 95 %", "percent", "95 %"),
)


def exhibit(given: ReportInput, bench: Bench) -> Exhibit:
    """One table a data set and protocol."""
    return Exhibit(
        "T4",
        "What accuracy hides",
        "The emotion that is found least, agreement beyond chance, order, and valence alone.",
        (*map(table, bench.panels), *gaps(given, bench, "What accuracy hides")),
    )


def table(panel: Panel) -> Table:
    """Give the rows of one data set and protocol, floors last."""
    cell = panel.cells[0]
    return Table(
        name=f"t4-{panel.slug}",
        title=f"What accuracy hides on {panel.name}",
        columns=COLUMNS,
        rows=tuple(_row(one) for one in panel.cells),
        notes=(
            "Worst recall: of the emotion that is found least, of those with pictures; its draws "
            "take the least of each, so that the interval leans downwards. MCC: correlation of "
            "labels and answers, 0 for guessing. Mean AP: average precision against the rest, mean "
            "over the emotions. Top 2: the label is among the two most probable emotions. "
            "Polarity: the side whose emotions are most probable together is that of the label.",
            f"n = {cell.n:,} pictures. Intervals, 95 %: {cell.drawing}; "
            f"of mean AP {cell.thinned:,} draws, of polarity "
            f"{cell.share_method}. A tie counts in part.",
        ),
        apart=panel.floors,
    )


def _row(cell: Cell) -> Row:
    scores = (worst(cell), correlation(cell), mean_ap(cell), first_two(cell), polarity(cell))
    return (cell.entry, *(value for one in scores for value in (one.value, one.interval)))


def worst(cell: Cell) -> Score:
    """Give the recall of the emotion that is found least."""
    return cell.of_matrix(lambda matrices: measures.worst(cell.meant(measures.recalls(matrices))))


def correlation(cell: Cell) -> Score:
    """Give Matthews' correlation among several emotions."""
    return cell.of_matrix(measures.correlation)


def mean_ap(cell: Cell) -> Score:
    """Give the mean of the average precisions of the emotions with pictures, but scarce ones."""
    values, rounds = (cell.meant(one) for one in cell.average_precisions)
    return Score(float(measures.macro(values)), resample.ends(measures.macro(rounds)), cell.n)


def first_two(cell: Cell) -> Score:
    """Give how often the label is among the two most probable emotions."""
    if not cell.n:
        return Score(math.nan, UNKNOWN, 0)
    return cell.mean_of_rows(ranking.among_first(cell.tested.truth, cell.tested.probabilities))


def polarity(cell: Cell) -> Score:
    """Give how often the answer lies on the side of the label, by `affekt.report.sides`."""
    return sides.right(cell)
