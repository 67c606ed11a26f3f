"""Table 1 says where a copy of a data set is unlike the published one."""

import json
from pathlib import Path

import numpy as np
import pytest

from affekt.plan import Result
from affekt.report import datasets
from affekt.report.exhibits import Table
from affekt.store import Product, product
from affekt.taxonomy import MIKELS8
from tests.report import made
from tests.report.made import World

SAID = f"this copy names 23,185 pictures, 23,308 are published; {', '.join(['awe 1 of 2'] * 40)}"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def result(world: World, name: str, said: str = "") -> Result:
    """Two pictures of a data set, loaded with that note."""
    one = made.cell(world, ["awe", "fear"], np.full((1, 2, 8), 1 / 8), dataset=name)
    assert isinstance(one.pictures, Product)
    path = one.pictures.folder / "manifest.json"
    given = product.read_note(path)
    notes = {"difference": said} if said else {}
    path.write_text(json.dumps({**given, "notes": notes}), encoding="utf-8")
    return one._replace(pictures=product.read(one.pictures.folder))


def notes(world: World, *results: Result) -> tuple[str, ...]:
    (block,) = datasets.exhibit(made.whole(world, results)).blocks
    assert isinstance(block, Table)
    return block.notes


def test_a_difference_is_told_below_the_counts_by_the_name_of_the_set(world: World) -> None:
    found = notes(world, result(world, "fi", SAID), result(world, "own"))
    assert [note for note in found if "published" in note] == [f"fi: {SAID}."]


def test_nothing_is_said_of_a_copy_as_published(world: World) -> None:
    assert len(notes(world, result(world, "fi"))) == 1


def test_a_difference_stands_at_the_table_of_its_taxonomy(world: World) -> None:
    two = result(world, "halves", SAID)._replace(
        taxonomy=MIKELS8.model_copy(update={"emotions": MIKELS8.emotions[:2]})
    )
    whole, half = datasets.exhibit(made.whole(world, (result(world, "own"), two))).blocks
    assert isinstance(whole, Table)
    assert isinstance(half, Table)
    assert (SAID in " ".join(whole.notes), SAID in " ".join(half.notes)) == (False, True)
