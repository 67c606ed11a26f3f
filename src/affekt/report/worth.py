"""What a strong label is worth in weak ones: where the two curves of an entry are equally high."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from affekt.measures import exchange
from affekt.measures.intervals import Interval
from affekt.report import resample
from affekt.report.curve import STRONG, WEAK, Curve, Pair, Sheet, Step
from affekt.report.exhibits import Column, Row, Table
from affekt.report.text import count, percent

COLUMNS = (
    Column("entry", "text"),
    Column("strong labels"),
    Column("less as many weak", "points"),
    Column("less as many weak 95 %", "points", "95 %"),
    Column("rising accuracy", "percent"),
    Column("weak labels for it"),
    Column("weak for one strong", "score"),
    Column("weak for one strong 95 %", "text", "95 %"),
    Column("no equality", "text"),
)


class Rate(NamedTuple):
    """One number of strong labels, and as many weak ones as reach the same.

    Attributes:
        level: Accuracy with the strong ones, of the rising curve.
        weak: Weak labels for it; 0 below the fewest that were tried, infinity above the most.
        interval: Ends of `weak`.
    """

    strong: int
    level: float
    weak: float
    interval: Interval


def table(sheet: Sheet) -> Table | None:
    """Give one row an entry and number of strong labels; None where no entry has both curves."""
    rows: list[Row] = []
    for pair in sheet.pairs:
        strong, weak = pair.of(STRONG), pair.of(WEAK)
        if strong and weak:
            rows += _rows(pair.entry, strong, weak)
    if not rows:
        return None
    return Table(
        name=f"g24-worth-{sheet.slug}",
        title=f"Strong labels in weak ones on {sheet.name}",
        columns=COLUMNS,
        rows=tuple(rows),
        notes=(
            "Both curves are made to rise (nearest rising curve, steps alike), and between two "
            "steps accuracy is a straight line over the logarithm of the number of labels. Outside "
            "of what was tried nothing is said. Less as many weak: accuracy as measured, with "
            "so many strong labels and with so many weak ones. No equality: none of so many weak "
            "labels reaches it, or the fewest that were tried are better.",
            f"n = {sheet.cell.n:,} pictures. Intervals, 95 %: {sheet.cell.drawing}, the same for "
            "both curves, and in each of the subsets learned from.",
        ),
    )


def rates(strong: Curve, weak: Curve) -> Iterator[Rate]:
    """Give the exchange rate at each number of strong labels that was tried."""
    sizes = np.array([step.labels for step in weak.steps], dtype=float)
    scores, levels = _scores(weak), exchange.rising(_scores(strong))
    for at, step in enumerate(strong.steps):
        found = exchange.worth(sizes, scores, levels[:, at])
        yield Rate(step.labels, float(levels[0, at]), found.needed, found.interval)


def sentences(pair: Pair) -> str:
    """Say in words what a strong label is worth, at the most strong labels and where both meet."""
    strong, weak = pair.of(STRONG), pair.of(WEAK)
    if not (strong and weak):
        return ""
    tried = weak.steps[0].labels, weak.steps[-1].labels
    found = list(rates(strong, weak))
    met = [one for one in found if 0 < one.weak < math.inf]
    told = [met[-1]] if met else []
    if not met or met[-1] is not found[-1]:
        told.append(found[-1])
    return " ".join(f"{_meaning(one, *tried)}." for one in told)


def _scores(curve: Curve) -> Float[np.ndarray, "round size"]:
    """Give accuracies as measured, then those of each bootstrap round."""
    return np.stack(
        [np.concatenate([[step.cell.accuracy.value], step.rounds]) for step in curve.steps], axis=1
    )


def _rows(entry: str, strong: Curve, weak: Curve) -> Iterator[Row]:
    tried = weak.steps[0].labels, weak.steps[-1].labels
    as_many = {step.labels: step for step in weak.steps}
    for step, one in zip(strong.steps, rates(strong, weak), strict=True):
        is_met = 0 < one.weak < math.inf
        yield (
            entry,
            one.strong,
            *_less(step, as_many.get(step.labels)),
            one.level,
            round(one.weak) if is_met else None,
            one.weak / one.strong if is_met else None,
            _ends(one, *tried),
            _why_none(one, *tried),
        )


def _less(strong: Step, weak: Step | None) -> Row:
    """Give how much better so many strong labels are, and the interval; of the same pictures."""
    if weak is None:
        return (None, None)
    gap = strong.cell.accuracy.value - weak.cell.accuracy.value
    return (gap, resample.ends(strong.rounds - weak.rounds))


def _ends(one: Rate, fewest: int, most: int) -> str:
    low, high = one.interval
    if math.isnan(low):
        return ""
    ends = [_end(weak, one.strong, fewest, most) for weak in (low, high)]
    return ends[0] if low == high else " to ".join(ends)


def _end(weak: float, strong: int, fewest: int, most: int) -> str:
    if weak == 0:
        return f"less than {fewest / strong:.2f}"
    return f"more than {most / strong:.2f}" if weak == math.inf else f"{weak / strong:.2f}"


def _why_none(one: Rate, fewest: int, most: int) -> str:
    if one.weak == math.inf:
        return f"none up to {count(most)}"
    return f"{count(fewest)} are better" if one.weak == 0 else ""


def _meaning(one: Rate, fewest: int, most: int) -> str:
    level = percent(one.level)
    if one.weak == math.inf:
        return (
            f"No number of weak labels up to {count(most)} reaches the {level} of "
            f"{count(one.strong)} strong ones"
        )
    if one.weak == 0:
        return (
            f"The fewest weak labels tried, {count(fewest)}, are better than the {level} of "
            f"{count(one.strong)} strong ones"
        )
    return (
        f"{count(round(one.weak))} weak labels reach the {level} of {count(one.strong)} strong "
        f"ones: {one.weak / one.strong:.2f} for one [{_ends(one, fewest, most)}]"
    )
