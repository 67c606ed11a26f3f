"""Tested pictures that have a near copy among those trained on, and what that does to accuracy."""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from affekt.measures.intervals import wilson
from affekt.report import resample
from affekt.report.bench import Bench, Panel, gaps
from affekt.report.exhibits import Column, Exhibit, Gap, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.leaks import NEAR_BITS
from affekt.report.scores import Cell, Score
from affekt.report.text import percent

STEPS = ((0, 0), (1, 4), (5, NEAR_BITS), (NEAR_BITS + 1, 16), (17, 64))
BITS = (
    Column("bits", "text"),
    Column("pictures"),
    Column("share", "percent"),
    Column("share 95 %", "percent", "95 %"),
)
OF_BITS = (
    "Bits: the least limit at which the stage dedupe would call the two copies; one of two "
    "64-bit hashes differs in at most so many, the other in at most twice as many. "
    "Pictures without hashes are flat. Intervals: Wilson, 95 %."
)
COLUMNS = (
    Column("entry", "text"),
    Column("n leaked"),
    Column("accuracy, leaked", "percent"),
    Column("accuracy, leaked 95 %", "percent", "95 %"),
    Column("n clean"),
    Column("accuracy, clean", "percent"),
    Column("accuracy, clean 95 %", "percent", "95 %"),
    Column("difference", "points"),
    Column("difference 95 %", "points", "95 %"),
)


def exhibit(given: ReportInput, bench: Bench, weak: tuple[Table, ...] = ()) -> Exhibit:
    """Two tables a data set and protocol; one where none leaks, a box where nothing is known.

    What is known of weakly labelled pictures comes last.
    """
    blocks: list[Table | Gap] = []
    for panel in bench.panels:
        if (panel.cells[0].near_bits >= 0).any():
            leak = any(is_leaked(cell).any() for cell in panel.cells)
            blocks += [distances(panel), *([table(panel)] if leak else [])]
        elif panel.cells[0].n:
            reason = (
                "no distance between tested and trained pictures is known: there are no pictures "
                "but values, they are flat or too many, or nobody can tell what was trained on"
            )
            blocks.append(Gap(f"Near copies on {panel.name}", reason, given.bench_command))
    return Exhibit(
        "G23",
        "Near copies across the split",
        "Tested pictures that a training picture resembles so much that it may be remembered.",
        (*blocks, *weak, *gaps(given, bench, "Near copies across the split")),
    )


def distances(panel: Panel) -> Table:
    """Give how many tests have their nearest training picture at which distance."""
    cell = panel.cells[0]
    return Table(
        name=f"g23-distances-{panel.slug}",
        title=f"Bits to the nearest training picture on {panel.name}",
        columns=BITS,
        rows=steps(cell.near_bits, cell.tested.weight),
        notes=(OF_BITS,),
    )


def steps(bits: Int[np.ndarray, " row"], weight: Float[np.ndarray, " row"]) -> tuple[Row, ...]:
    """Give the rows of a table with the columns `BITS`: how many tests lie at which distance."""
    whole = round(float(weight.sum()))
    rows: list[Row] = []
    for low, high in STEPS:
        n = float(weight[(bits >= low) & (bits <= high)].sum())
        rows.append((str(low) if low == high else f"{low} to {high}", *_share(n, whole)))
    unknown = float(weight[bits < 0].sum())
    return (*rows, ("not known", *_share(unknown, whole)))


def table(panel: Panel) -> Table:
    """Give the accuracy of every entry on both kinds of tests, floors last."""
    cell = panel.cells[0]
    share = float(cell.tested.weight[is_leaked(cell)].sum()) / cell.n
    return Table(
        name=f"g23-{panel.slug}",
        title=f"Accuracy on leaked and clean pictures of {panel.name}",
        columns=COLUMNS,
        rows=tuple(_row(one) for one in panel.cells),
        notes=(
            f"Leaked: a training picture within {NEAR_BITS} bits; {percent(share)} of the tested "
            "pictures. An accuracy that is higher there may be memory. Counts are means over "
            "repeats.",
            f"Intervals, 95 %: {cell.drawing}.",
        ),
        apart=panel.floors,
    )


def is_leaked(cell: Cell) -> Bool[np.ndarray, " row"]:
    """Tell which tests have a near copy among the pictures trained on."""
    return np.asarray((cell.near_bits >= 0) & (cell.near_bits <= NEAR_BITS))


class Sides(NamedTuple):
    """Accuracy on leaked tests, on clean ones, and the first less the second."""

    leaked: Score
    clean: Score
    difference: Score


def sides(cell: Cell) -> Sides:
    """Score leaked and clean tests apart, on the same draws of groups."""
    leaked = is_leaked(cell)
    parts = np.zeros((cell.n_groups, 4))
    brought = [values * side for side in (leaked, ~leaked) for values in (cell.right, 1.0)]
    np.add.at(parts, cell.tested.group, np.stack(brought, axis=1) * cell.tested.weight[:, None])
    sums = np.vstack([parts.sum(axis=0), cell.draws.sums(parts)])
    one, other = _ratio(sums[:, 0], sums[:, 1]), _ratio(sums[:, 2], sums[:, 3])
    scores = [
        Score(float(values[0]), resample.ends(values[1:]), float(n))
        for values, n in ((one, sums[0, 1]), (other, sums[0, 3]), (one - other, sums[0, 1]))
    ]
    return Sides(*scores)


def _ratio(
    part: Float[np.ndarray, " round"], whole: Float[np.ndarray, " round"]
) -> Float[np.ndarray, " round"]:
    found: Float[np.ndarray, " round"] = np.full(whole.shape, math.nan)
    np.divide(part, whole, out=found, where=whole > 0)
    return found


def _share(n: float, whole: int) -> Row:
    return (n, n / whole, wilson(min(n, whole), whole)) if whole else (n, None, None)


def _row(cell: Cell) -> Row:
    leaked, clean, gap = sides(cell)
    head = (cell.entry, leaked.n, leaked.value, leaked.interval)
    return (*head, clean.n, clean.value, clean.interval, gap.value, gap.interval)
