"""Transfer between data sets as matrices, tables and sentences (G18, P7, P12)."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from affekt import report
from affekt.plan import Result
from affekt.report import bench, transferred
from affekt.report.exhibits import Exhibit, Figure
from affekt.taxonomy import VALENCE2
from tests.report import made
from tests.report.made import World
from tests.report.scored import NO, YES, column

TRUTH = [YES, NO] * 10


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "work")


def result(
    world: World, right: int, on: str, trained: str = "", truth: list[str] = TRUTH, **more: Any
) -> Result:
    """A result that answers the first so many pictures rightly."""
    is_yes = np.array([one == YES for one in truth]) == (np.arange(len(truth)) < right)
    said = np.where(is_yes, 0.9, 0.1)
    rows = np.stack([said, 1 - said], axis=1)[None]
    name = f"trained on {trained}, tested on {on}" if trained else on
    protocol = "transfer" if trained else "kfold"
    about = {"entry": "net", "dataset": name, "protocol": protocol, "taxonomy": VALENCE2, **more}
    cell = made.cell(world, truth, rows, **about)
    return cell._replace(trained_on=trained)


def drawn(world: World, *results: Result) -> Exhibit:
    given = made.whole(world, results)
    return transferred.exhibit(given, bench.read(given))


def figure(exhibit: Exhibit) -> Figure:
    (block,) = exhibit.blocks
    assert isinstance(block, Figure)
    return block


def both_ways(world: World) -> tuple[Result, ...]:
    return (
        result(world, 16, "one"),
        result(world, 18, "two"),
        result(world, 12, "two", trained="one"),
        result(world, 14, "one", trained="two"),
    )


def test_rows_are_what_was_trained_on_and_columns_what_was_tested(world: World) -> None:
    """G18, P7"""
    found = figure(drawn(world, *both_ways(world)))
    table = found.table
    assert list(zip(column(table, "trained on"), column(table, "tested on"), strict=True)) == [
        ("one", "one"), ("one", "two"), ("two", "one"), ("two", "two")
    ]  # fmt: skip
    assert column(table, "macro recall") == pytest.approx([0.8, 0.6, 0.7, 0.9])
    assert column(table, "protocol") == ["kfold", "transfer", "transfer", "kfold"]
    assert column(table, "n") == [20] * 4
    assert all(low < high for low, high in column(table, "macro recall 95 %"))
    (grid,) = found.grids
    assert [row.name for row in grid.rows] == list(grid.columns) == ["one", "two"]
    assert [[cell.large for cell in row.cells] for row in grid.rows] == [["80", "60"], ["70", "90"]]
    assert "trained on one, has a macro recall of 60.0 % on two (guessing 50.0 %)" in found.text
    assert "trained there 90.0 %" in found.text
    assert len(found.scene.marks) == 4


def test_a_data_set_alone_is_shown_by_folds_that_keep_groups_whole(world: World) -> None:
    """M65"""
    torn = result(world, 20, "two")._replace(protocol="by picture")
    crossed = result(world, 12, "two", trained="one")
    panels = bench.read(made.whole(world, (torn, result(world, 18, "two"), crossed))).panels
    (cell,) = panels[0].cells
    about = cell.about._replace(remarks=cell.remarks._replace(torn_groups=3))
    marked = [panels[0]._replace(cells=(replace(cell, about=about),)), *panels[1:]]
    (sheet,) = transferred.sheets(marked)
    assert {cell.protocol for *_, cell in sheet.crossed} == {"kfold", "transfer"}


def test_what_was_not_tested_is_an_empty_square(world: World) -> None:
    """P12"""
    found = figure(drawn(world, result(world, 12, "two", trained="one")))
    (grid,) = found.grids
    assert [[cell.large for cell in row.cells] for row in grid.rows] == [["–", "60"], ["–", "–"]]
    assert len(found.table.rows) == 1
    assert "trained there" not in found.text


@pytest.mark.parametrize("truth", [[YES], [YES, YES], [NO, YES]])
def test_one_picture_or_one_emotion_is_drawn(world: World, truth: list[str]) -> None:
    """P12"""
    found = figure(drawn(world, result(world, 1, "two", trained="one", truth=truth)))
    assert column(found.table, "n") == [len(truth)]


def test_without_a_second_data_set_there_is_nothing_to_show(world: World) -> None:
    assert drawn(world, result(world, 12, "one")).blocks == ()


def test_the_page_shows_matrices_of_names_that_others_chose(world: World, tmp_path: Path) -> None:
    """P4, P6"""
    nasty = "</td><script>alert(1)</script>"
    results = [result(world, 12, nasty, trained="one"), result(world, 12, "one", trained=nasty)]
    page = report.write(made.whole(world, tuple(results)), tmp_path / "report", only="G18")
    text = page.read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert {one.suffix for one in page.parent.rglob("g18*")} == {".pdf", ".svg", ".csv", ".tex"}
