"""Risk and coverage as drawn and told (issue 6, item 5)."""

from pathlib import Path

import numpy as np
import pytest

from affekt.report import selective
from tests.report.made import World
from tests.report.scored import NO, YES, column, panel, scored


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_the_area_is_that_made_by_hand(world: World) -> None:
    one = scored(world, [YES, YES, NO, NO], [0.9, 0.2, 0.3, 0.4])
    # From sure to unsure: right, wrong, right, right.
    assert selective.area(one).value == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 4) / 4)
    assert selective.at(selective.curve(one), 0.5) == (0.5, 0.8)


def test_the_floor_keeps_its_share_wrong_at_every_coverage(world: World) -> None:
    net = scored(world, [YES, NO] * 10, np.linspace(0.3, 0.9, 20), entry="net")
    floor = scored(world, [YES, NO] * 10, [0.6] * 20, entry="majority")
    table = selective.table(panel(net, floor))
    assert column(table, "AURC")[1] == pytest.approx(0.5)
    assert column(table, "wrong of surest half")[1] == pytest.approx(0.5)
    assert column(table, "excess")[0] >= 0


def test_the_interval_agrees_with_drawing_pictures(world: World) -> None:
    dice = np.random.default_rng(1)
    said = dice.random(50)
    truth = [YES if one else NO for one in dice.random(50) < said]
    one = scored(world, truth, said)
    drawn = []
    for _ in range(400):
        rows = dice.integers(50, size=50)
        sure, right = one.said[rows], one.right[rows]
        drawn.append(np.mean([1 - right[sure >= level].mean() for level in sure]))
    assert selective.area(one).interval == pytest.approx(
        np.quantile(drawn, [0.025, 0.975]), abs=0.04
    )


def test_the_drawing_says_its_numbers(world: World) -> None:
    one = scored(world, [YES, NO] * 30, np.linspace(0.2, 0.95, 60), entry="net")
    figure = selective.figure(panel(one))
    assert len(figure.scene.marks) == len(figure.table.rows) == 10
    assert "net is wrong in" in figure.text
    assert column(figure.table, "answered") == pytest.approx(np.arange(1, 11) / 10)


def test_nothing_tested_draws_nothing(world: World) -> None:
    one = scored(world, [], [])
    assert selective.figure(panel(one)).scene.marks == ()
    assert np.isnan(selective.area(one).value)
