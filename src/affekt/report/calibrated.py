"""How far probabilities are from labels and from votes, and what one temperature mends."""

import math
from typing import NamedTuple

import numpy as np

from affekt.measures import calibration as measures
from affekt.report.bench import Panel
from affekt.report.exhibits import Column, Row, Table
from affekt.report.scores import BINS, Cell, Score
from affekt.report.voted import voted

COLUMNS = (
    Column("entry", "text"),
    Column("calibration error", "score"),
    Column("calibration error 95 %", "score", "95 %"),
    Column("class-wise", "score"),
    Column("Brier", "score"),
    Column("Brier 95 %", "score", "95 %"),
    Column("log loss", "score"),
    Column("log loss 95 %", "score", "95 %"),
)
OF_VOTES = (Column("class-wise, votes", "score"), Column("Brier, votes", "score"))
COOLED = (
    Column("temperature", "score"),
    Column("n apart"),
    Column("log loss before", "score"),
    Column("log loss after", "score"),
    Column("error before", "score"),
    Column("error after", "score"),
    Column("Brier before", "score"),
    Column("Brier after", "score"),
)


def table(panel: Panel) -> Table:
    """Give one row an entry, floors last; columns about votes and temperature where there are."""
    votes = [_of_votes(cell) for cell in panel.cells]
    has_votes, is_cooled = any(votes), any(cell.cooled for cell in panel.cells)
    rows = [
        (
            *_of_labels(cell),
            *(v or (None,) * 2 if has_votes else ()),
            *(_cooled(cell) if is_cooled else ()),
        )
        for cell, v in zip(panel.cells, votes, strict=True)
    ]
    return Table(
        name=f"g14-sums-{panel.slug}",
        title=f"Calibration on {panel.name}",
        columns=(*COLUMNS, *(OF_VOTES if has_votes else ()), *(COOLED if is_cooled else ())),
        rows=tuple(rows),
        notes=_notes(panel, has_votes=has_votes, is_cooled=is_cooled),
        apart=panel.floors,
    )


def brier(cell: Cell) -> Score:
    """Give the squared distance of probabilities to the label, 0 to 2."""
    return cell.mean_of_rows(measures.briers(cell.tested.probabilities, cell.tested.truth))


def log_loss(cell: Cell) -> Score:
    """Give the surprise at the label, in nats."""
    return cell.mean_of_rows(measures.surprises(cell.tested.probabilities, cell.tested.truth))


def _of_labels(cell: Cell) -> Row:
    classwise = measures.classwise_calibration_error(
        cell.tested.probabilities, cell.tested.truth, BINS
    )
    error, square, loss = cell.calibration, brier(cell), log_loss(cell)
    told = float(classwise.mean()) if cell.n else math.nan
    return (
        cell.entry, error.value, error.interval, told, square.value, square.interval,
        loss.value, loss.interval,
    )  # fmt: skip


def _of_votes(cell: Cell) -> Row | None:
    """Give class-wise error and Brier against shares of votes; None where there are none."""
    rows, votes = voted(cell)
    if not rows.any():
        return None
    said = cell.tested.probabilities[rows]
    errors = [
        measures.calibration_error(measures.reliability(one, share, BINS))
        for one, share in zip(said.T, votes.T, strict=True)
    ]
    return float(np.mean(errors)), float(((said - votes) ** 2).sum(axis=1).mean())


class Change(NamedTuple):
    """Sums over the tests that a temperature was not fitted on, before it and after."""

    loss: tuple[float, float]
    error: tuple[float, float]
    brier: tuple[float, float]


def change(cell: Cell) -> Change | None:
    """Give what a temperature changes; None where there is nothing to fit one on."""
    one = cell.cooled
    if one is None:
        return None
    plain, truth = cell.tested.probabilities[one.rest], cell.tested.truth[one.rest]
    sums = (measures.log_loss, _error, measures.brier)
    return Change(*((measure(plain, truth), measure(one.said, truth)) for measure in sums))


def _error(said: measures.Probabilities, truth: measures.Codes) -> float:
    return measures.calibration_error(measures.top_label(said, truth, BINS))


def _cooled(cell: Cell) -> Row:
    one, found = cell.cooled, change(cell)
    if one is None or found is None:
        return (None,) * len(COOLED)
    return (one.temperature, one.n, *found.loss, *found.error, *found.brier)


def _notes(panel: Panel, *, has_votes: bool, is_cooled: bool) -> tuple[str, ...]:
    guessing = math.log(len(panel.emotions))
    notes = [
        "Calibration error: of the top answer; class-wise: mean over the emotions, each by its "
        f"own probability; both with {BINS} bins of equal mass. Brier: squared distance to the "
        f"label, 0 to 2. Log loss: surprise at the label in nats, {guessing:.3f} for saying the "
        "same of all.",
        f"Intervals, 95 %: {panel.cells[0].drawing}; n = {panel.cells[0].n:,} pictures.",
    ]
    if has_votes:
        notes.append(
            "Votes: the same against the shares of people's votes, which a perfect entry would "
            "say, on pictures whose votes are known for every emotion."
        )
    if is_cooled:
        notes.append(
            "Temperature: above 1 for an entry that is too sure; fitted on pictures of the part "
            "“validate” alone (n apart: how many), by which a net's epoch was chosen, too. Without "
            "that part each fold has its own, fitted on the tests of the other folds: their mean, "
            "and the fewest pictures. Before and after are of all other tests, one by one."
        )
    return tuple(notes)
