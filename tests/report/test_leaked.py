"""Near copies across the split, and accuracy with and without them (K16, G23)."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from affekt import tables
from affekt.report import leaked, leaks
from affekt.report.bench import Bench, read
from affekt.report.scores import Cell
from tests.report import made
from tests.report.made import World
from tests.report.scored import NO, YES, column, panel, scored

KFOLD: dict[str, Any] = {"protocol": {"kind": "kfold"}}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def prints(*hashes: tuple[int, int] | None) -> list[dict[str, Any]]:
    return [
        {"phash": None, "dhash": None} if one is None else {"phash": one[0], "dhash": one[1]}
        for one in hashes
    ]


def two_folds(world: World, *hashes: tuple[int, int] | None) -> Cell:
    """Even pictures are tested in the first fold, odd ones in the second."""
    n = len(hashes)
    return scored(world, [YES] * n, [0.9] * n, folds=2, known=prints(*hashes), recipe=KFOLD)


def bits(one: Cell) -> dict[str, int]:
    """Distance by name; names are the first digits of ids."""
    names = one.pictures["name"].to_list()
    return {
        names[at]: int(found) for at, found in zip(one.tested.image, one.near_bits, strict=True)
    }


def name(at: int) -> str:
    return made.sha(f"small {at}")[:6]


def test_the_distance_is_the_least_limit_of_dedupe(world: World) -> None:
    """One hash within so many bits, the other within twice as many."""
    one = two_folds(world, (0, 0), (0b111, 0), (2**63, 0b1111111), (2**63, 2**32 - 1))
    found = bits(one)
    assert found[name(0)] == 2  # to 1: dhash differs in 0, phash in 3
    assert found[name(1)] == 2
    assert found[name(2)] == 4  # to 1: phash differs in 4, dhash in 7
    assert found[name(3)] == 13  # to 2: phash equal, dhash differs in 25


def test_pictures_of_the_same_fold_are_not_looked_at(world: World) -> None:
    one = two_folds(world, (0, 0), (2**64 - 1, 2**64 - 1), (0, 0), (2**64 - 1, 2**64 - 1))
    assert set(bits(one).values()) == {64}


def test_flat_pictures_have_no_distance(world: World) -> None:
    one = two_folds(world, (0, 0), (0, 0), None, (1, 1))
    assert bits(one)[name(2)] == -1
    assert leaked.is_leaked(one).sum() == 3
    assert bits(one)[name(0)] == 0


def test_a_holdout_looks_at_its_training_part_alone(world: World) -> None:
    pictures = made.filled(
        tables.PICTURES,
        [
            {"image_id": "a", "part": "test", "phash": 0, "dhash": 0},
            {"image_id": "b", "part": "train", "phash": 3, "dhash": 3},
            {"image_id": "c", "part": "validate", "phash": 0, "dhash": 0},
            {"image_id": "d", "part": "train", "phash": 0, "dhash": 0, "group_id": "a"},
        ],
    )
    pictures = pictures.with_columns(pl.coalesce("group_id", "image_id"))
    tests = pl.DataFrame({"repeat": [0], "fold": [0], "image_id": ["a"]})

    def found(**settings: bool) -> list[int]:
        return leaks.nearest(
            pictures, tests, {"protocol": {"kind": "holdout", **settings}}
        ).to_list()

    assert found() == [2]
    assert found(with_validation=True) == [0]
    assert found(grouped=False) == [0]


def test_one_round_that_tests_all_tells_nothing_of_its_training(world: World) -> None:
    one = scored(world, [YES] * 4, [0.9] * 4, known=prints(*[(0, 0)] * 4))
    assert set(one.near_bits.tolist()) == {-1}
    (box,) = leaked.exhibit(made.whole(world), Bench((panel(one),), ())).blocks
    assert "no distance" in box.reason  # type: ignore[union-attr]


def test_too_many_pairs_are_not_compared(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "MOST_COMPARED", 7)
    assert set(bits(two_folds(world, *[(0, 0)] * 4)).values()) == {-1}


def test_blocks_of_pictures_give_what_all_at_once_give(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = np.random.default_rng(1)
    hashes = [(int(p), int(d)) for p, d in dice.integers(0, 2**60, (20, 2))]
    whole = bits(two_folds(world, *hashes))
    monkeypatch.setattr(leaks, "CHUNK", 25)
    assert bits(two_folds(world, *hashes)) == whole


def test_accuracy_on_leaked_and_clean_pictures_is_told_apart(world: World) -> None:
    """K16: copies across the split are known by heart, the others guessed."""
    far = [(int(p), int(d)) for p, d in np.random.default_rng(2).integers(0, 2**60, (20, 2))]
    hashes = [*(pair for one in far[:10] for pair in (one, one)), *far[10:]]
    said = [0.9] * 20 + [0.9, 0.1] * 5
    one = scored(world, [YES] * 30, said, folds=2, known=prints(*hashes), recipe=KFOLD)
    found = leaked.sides(one)
    assert (found.leaked.n, found.leaked.value) == (20, 1)
    assert (found.clean.n, found.clean.value) == (10, 0.5)
    assert found.difference.value == 0.5
    table = leaked.table(panel(one))
    assert column(table, "accuracy, clean") == [0.5]
    assert "66.7 % of the tested" in table.notes[0]
    assert sum(column(leaked.distances(panel(one)), "pictures")) == 30


def test_accuracy_without_leaks_is_told_once(world: World) -> None:
    """Where no picture leaks, that on clean ones is that of Table 3."""
    far = two_folds(world, (0, 0), (2**64 - 1, 2**64 - 1))
    near = two_folds(world, (0, 0), (0, 0))
    names = [
        [block.name for block in leaked.exhibit(made.whole(world), Bench((panel(one),), ())).blocks]  # type: ignore[union-attr]
        for one in (far, near)
    ]
    assert names == [
        ["g23-distances-small-kfold"],
        ["g23-distances-small-kfold", "g23-small-kfold"],
    ]


def test_entries_of_one_protocol_share_one_search(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    plain = leaks.nearest

    def counted(*given: Any) -> pl.Series:
        asked.append(1)
        return plain(*given)

    monkeypatch.setattr(leaks, "nearest", counted)
    said = np.full((1, 2, 8), 0.1)
    read(
        made.whole(
            world, tuple(made.cell(world, [YES, NO], said, entry=word) for word in ("a", "b"))
        )
    )
    assert len(asked) == 1


def test_a_pair_of_data_sets_is_looked_at_from_one_to_the_other(world: World) -> None:
    """Train on one, test on another: the column `part` says the side."""
    rows = [
        {"image_id": "a", "group_id": "a", "part": "test", "phash": 0, "dhash": 0},
        {"image_id": "b", "group_id": "b", "part": "train", "phash": 7, "dhash": 0},
    ]
    tests = pl.DataFrame({"repeat": [0], "fold": [0], "image_id": ["a"]})
    recipe = {"protocol": {"kind": "transfer"}}
    assert leaks.nearest(made.filled(tables.PICTURES, rows), tests, recipe).to_list() == [2]
