"""The exhibit of the choices: the plan's own stands out, shares have intervals (C8–C11, K16)."""

import csv
from pathlib import Path

import pytest

from affekt import report
from affekt.report import choices
from affekt.report.exhibits import Gap, Table
from affekt.store import Failure
from affekt.tables import CLEAN
from tests.report import made
from tests.report.made import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "work")


def test_the_row_of_the_plan_is_marked(world: World) -> None:
    clean = made.build(world)["clean"]
    table = choices.conflicts(clean)
    assert table is not None
    assert table.strong == {3}
    assert [at for at, row in enumerate(table.rows) if row[1] == "yes"] == [3]


def test_files_hold_every_way_with_its_interval(world: World, tmp_path: Path) -> None:
    report.write(made.whole(world, build=made.build(world)), tmp_path, only="c")
    with (tmp_path / "tables" / "c-conflicts.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 25
    assert float(rows[3]["95 % low"]) < float(rows[3]["share"]) < float(rows[3]["95 % high"])
    assert (tmp_path / "tables" / "c-copies.tex").stat().st_size


def test_a_share_of_groups_is_not_told(world: World) -> None:
    table = choices.copies(made.build(world)["dedupe"])
    assert table is not None
    rows = {str(row[0]): row for row in table.rows}
    assert rows["groups of several pictures"][2:] == (None, None)
    assert rows["near copies that removing equal bytes leaves"][2] == pytest.approx(10 / 144)


def test_a_line_that_is_not_done_shows_what_stands(world: World) -> None:
    build = made.build(world)
    del build["dedupe"]
    blocks = choices.exhibit(made.whole(world, build=build)).blocks
    assert [type(one) for one in blocks] == [Table, Gap]


def test_a_failed_stage_is_told(world: World) -> None:
    broken = Failure("clean", "the disk is full", "MachineError")
    (gap,) = choices.exhibit(made.whole(world, build={"clean": broken})).blocks
    assert isinstance(gap, Gap)
    assert "the disk is full" in gap.reason


def test_a_product_without_counts_is_told(world: World) -> None:
    clean = world.product("clean", CLEAN, [])
    gap = choices.exhibit(made.whole(world, build={"clean": clean})).blocks[0]
    assert isinstance(gap, Gap)
    assert "has no such counts" in gap.reason
