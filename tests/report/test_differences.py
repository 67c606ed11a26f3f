"""Pairs of entries on the same pictures (G16, M72)."""

from pathlib import Path

import numpy as np
import pytest

from affekt.measures.comparison import corrected_t, mcnemar
from affekt.report import differences
from affekt.report.differences import difference
from tests.report.made import World
from tests.report.scored import NO, YES, column, panel, scored

TRUTH = [YES, NO] * 20
GOOD = [0.9, 0.1] * 20
BAD = [0.9, 0.9] * 20


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_single_pictures_are_held_against_each_other_exactly(world: World) -> None:
    one = difference(scored(world, TRUTH, GOOD, entry="a"), scored(world, TRUTH, BAD, entry="b"))
    assert (one.value, one.only_first, one.only_second, one.test) == (0.5, 20, 0, "McNemar")
    assert one.p == mcnemar(20, 0)
    assert one.interval.low < 0.5 < one.interval.high


def test_pictures_that_belong_together_are_flipped_together(world: World) -> None:
    """M72: two groups can never tell entries apart."""
    groups = ["a"] * 20 + ["b"] * 20
    first = scored(world, TRUTH, GOOD, entry="a", groups=groups)
    second = scored(world, TRUTH, BAD, entry="b", groups=groups)
    one = difference(first, second)
    assert one.test == "flips"
    assert one.p == pytest.approx(0.5, abs=0.02)


def test_only_pictures_that_both_were_tested_on_count(world: World) -> None:
    rows = np.array(GOOD)
    rows[:10] = np.nan
    one = difference(scored(world, TRUTH, rows, entry="a"), scored(world, TRUTH, BAD, entry="b"))
    assert one.n == 30
    assert one.value == 0.5


def test_repeats_of_folds_have_the_corrected_test_too(world: World) -> None:
    dice = np.random.default_rng(2)
    said = np.where(dice.random((2, 40)) < 0.7, GOOD, np.subtract(1, GOOD))
    first = scored(world, TRUTH, said, entry="a", folds=5)
    second = scored(world, TRUTH, np.array([BAD, BAD]), entry="b", folds=5)
    one = difference(first, second)
    right = first.right - second.right
    turns = [right[first.tested.turn == turn].mean() for turn in range(10)]
    assert one.over_folds == pytest.approx(corrected_t(np.array(turns), 1 / 4))
    assert one.test == "flips"


def test_folds_of_other_pictures_are_not_compared(world: World) -> None:
    rows = np.array([GOOD])
    rows[0, :3] = np.nan
    first = scored(world, TRUTH, rows, entry="a", folds=5)
    second = scored(world, TRUTH, np.array([BAD]), entry="b", folds=5)
    assert np.isnan(difference(first, second).over_folds)


def test_chance_is_compared_where_there_is_no_other_floor(world: World) -> None:
    net, chance = (scored(world, TRUTH, GOOD, entry=name) for name in ("net", "chance"))
    assert column(differences.table(panel(net, chance)), "second") == ["chance"]


def test_the_table_says_which_differences_stand(world: World) -> None:
    net, twin = (scored(world, TRUTH, GOOD, entry=name) for name in ("net", "twin"))
    floor, chance = (scored(world, TRUTH, BAD, entry=name) for name in ("majority", "chance"))
    table = differences.table(panel(net, twin, floor, chance))
    assert column(table, "second") == ["twin", "majority", "majority"]
    assert column(table, "stands") == ["no", "yes", "yes"]
    adjusted = column(table, "p, Holm")
    assert adjusted[1] == pytest.approx(3 * mcnemar(20, 0))
    assert table.notes[0] == (
        "At 5 % after Holm's correction over all 3 pairs, these differences stand: "
        "net over majority by 50.0 points; twin over majority by 50.0 points. "
        "The other 1 may be luck."
    )


def test_two_equal_entries_do_not_differ(world: World) -> None:
    both = [scored(world, TRUTH, GOOD, entry=name) for name in ("a", "b")]
    table = differences.table(panel(*both))
    assert column(table, "p") == [1]
    assert table.notes[0] == (
        "No difference stands at 5 % after Holm's correction over the only pair."
    )


def test_no_picture_gives_no_number(world: World) -> None:
    both = [scored(world, [], [], entry=name) for name in ("a", "b")]
    assert np.isnan(difference(*both).p)
    assert differences.table(panel(*both)).cells()[0][4] == "no"


def test_a_tiny_p_value_is_no_zero_on_the_page(world: World) -> None:
    net, floor = (
        scored(world, TRUTH, rows, entry=name) for name, rows in (("a", GOOD), ("b", BAD))
    )
    shown = differences.table(panel(net, floor)).cells()[0]
    assert "< 0.001" in shown
