"""Cells of small two-sided sets, for the tests of single exhibits."""

from typing import Any

import numpy as np
import polars as pl

from affekt.plan import Result
from affekt.report import leaks, tested
from affekt.report.bench import Panel
from affekt.report.cell import cell_of
from affekt.report.exhibits import Table
from affekt.report.scores import Cell
from affekt.taxonomy import VALENCE2
from tests.report import made
from tests.report.made import World

YES, NO = "positive", "negative"


def cell(result: Result) -> Cell:
    """Score one result."""
    tests = tested.rows(result, leaks.Memory())
    assert isinstance(tests, pl.DataFrame)
    return cell_of(tested.about(result), tests, seed=1)


def scored(world: World, truth: list[str], rows: list[float] | np.ndarray, **changes: Any) -> Cell:
    """Score a two-sided set; each row is the probability of `positive`."""
    said = np.asarray(rows, dtype=float)
    said = said[None] if said.ndim == 1 else said
    result = made.cell(
        world, truth, np.stack([said, 1 - said], axis=2), taxonomy=VALENCE2, **changes
    )
    return cell(result)


def panel(*cells: Cell) -> Panel:
    return Panel(cells[0].dataset, cells[0].protocol, cells)


def column(table: Table, name: str) -> list[Any]:
    """The values under a head."""
    at = [one.name for one in table.columns].index(name)
    return [row[at] for row in table.rows]
