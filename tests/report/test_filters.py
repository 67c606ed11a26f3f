"""Filters on the page: as they were, as they are, and how far every layer moved (G4, M86)."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from affekt import report
from affekt.durable import file_sha256
from affekt.features.backbone import Backbone
from affekt.models.prior import Prior
from affekt.nets import filters as kernels_of
from affekt.nets.filters import Kernels
from affekt.parts import Place
from affekt.plan import Entry
from affekt.report import filters
from affekt.report.exhibits import Figure, Gap, Table
from affekt.report.scene import Tile, Words
from affekt.store import Failure, Product
from affekt.store.product import OWN
from tests.nets.test_filters import written
from tests.report import made
from tests.report.made import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "work")


def kernels(by: float = 1.0, n: int = 40, classes: int = 8) -> Kernels:
    dice = np.random.default_rng(3)
    first = dice.normal(size=(n, 3, 5, 5)) * by
    layers = {"stem": first, "middle": np.ones((4, 4)), "classes": np.ones((classes, 4))}
    return Kernels(first, layers)


def entry(**settings: Any) -> Entry:
    return Entry(name="one", feature=Backbone(**settings), model=Prior(strategy="majority"))


def test_all_filters_of_a_net_are_marks_with_their_numbers_in_a_table() -> None:
    figure = filters.frozen("net", kernels())
    tiles = [one for one in figure.scene.items if isinstance(one, Tile)]
    assert [(one.column, one.row) for one in tiles[30:34]] == [(30, 0), (31, 0), (0, 1), (1, 1)]
    assert len(tiles) == len(figure.table.rows) == 40
    assert figure.sprite is not None
    assert figure.sprite.shape == (10, 160, 4)
    assert "40 filters of 5×5 weights" in figure.text


def test_before_after_and_difference_stand_below_each_other() -> None:
    """M86."""
    figure = filters.tuned("net", kernels(), kernels(1.1), "as published")
    words = [one.text for one in figure.scene.items if isinstance(one, Words)]
    assert words == ["before", "after", "difference"]
    tiles = [one for one in figure.scene.items if isinstance(one, Tile)]
    assert [(one.column, one.row) for one in tiles[38:42]] == [(6, 1), (7, 1), (0, 2), (1, 2)]
    assert tiles[0].x == tiles[40].x
    assert "moved them by 10.0 % of their norm" in figure.text
    assert figure.sprite is not None
    assert figure.sprite.shape == (30, 160, 4)


def test_every_layer_tells_how_far_it_moved_and_a_new_one_has_no_start() -> None:
    """M86."""
    rows: dict[Any, Any] = {
        row[0]: row[1:]
        for row in filters.moved("net", kernels(), kernels(0.9, classes=2), "it").rows
    }
    assert rows["stem"][3:] == (pytest.approx(-0.1), pytest.approx(0.1))
    assert rows["middle"] == (16, 4.0, 4.0, 0.0, 0.0)
    assert rows["classes"] == (8, None, pytest.approx(8**0.5), None, None)


def test_a_layer_that_was_zero_has_no_share(world: World) -> None:
    """P12."""
    nothing = Kernels(np.zeros((2, 3, 1, 1)), {"stem": np.zeros((2, 3, 1, 1))})
    (row,) = filters.moved("net", nothing, nothing, "it").rows
    assert row[:5] == ("stem", 6, 0.0, 0.0, None)
    assert "by – of their norm" in filters.tuned("net", nothing, nothing, "it").text


def test_each_net_of_the_entries_is_drawn_once(world: World, tmp_path: Path) -> None:
    entries = (entry(), entry(layer="logits"), entry(weights=Place(written="mine")))
    given = made.whole(world, entries=entries)
    page = report.write(given, tmp_path / "out", only="G4")
    assert page.read_text(encoding="utf-8").count("<figure") == 1
    assert (page.parent / "tables").joinpath("g4-filters-efficientnet-lite0-ae295d.csv").exists()


def test_weights_that_are_not_at_hand_are_a_box(world: World, tmp_path: Path) -> None:
    """P8."""
    lost = entry(net="caffenet", weights=Place(written=str(tmp_path / "no.caffemodel")))
    net = Failure("train", "has not been made; run `affekt bench`", "open")
    blocks = list(filters.blocks(made.whole(world, entries=(lost,), nets={"mine": net})))
    assert [type(one) for one in blocks] == [Gap, Gap]
    assert isinstance(blocks[0], Gap)
    assert isinstance(blocks[1], Gap)
    assert "no.caffemodel" in blocks[0].reason
    assert blocks[1].reason == "has not been made; run `affekt bench`"


def trained(folder: Path, by: float, *inputs: str) -> Product:
    """The product of a net whose stem is the published one times a number."""
    stem = (by * kernels_of.published("efficientnet_lite0", None).first).astype("f4")
    (folder / OWN).mkdir(parents=True)
    path = written(folder / OWN / filters.WEIGHTS, {"conv_stem.weight": stem})
    sums = {filters.WEIGHTS: file_sha256(path)}
    return Product("train", folder.name, folder, {OWN: sums, "inputs": list(inputs)})


def test_a_net_is_held_against_what_it_began_with(world: World, tmp_path: Path) -> None:
    """M86: another net of the plan, or the published one."""
    nets = {"first": trained(tmp_path / "a", 1.5), "second": trained(tmp_path / "b", 3.0, "a")}
    blocks = list(filters.blocks(made.whole(world, nets=nets)))
    figures = [one for one in blocks if isinstance(one, Figure)]
    assert "moved them by 50.0 %" in figures[0].text
    assert "moved them by 100.0 %" in figures[1].text
    assert "Before: efficientnet_lite0 as published." in figures[0].notes[1]
    assert "Before: the net first." in figures[1].notes[1]
    tables = [one for one in blocks if isinstance(one, Table)]
    assert [row[5] for one in tables for row in one.rows] == pytest.approx([0.5, 1.0])
