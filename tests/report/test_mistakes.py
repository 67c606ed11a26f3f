"""Confused pairs, confident mistakes and quarrels with the crowd (G17, P12)."""

import csv
from pathlib import Path

import numpy as np
import pytest

from affekt import report
from affekt.measures.intervals import wilson
from affekt.report import mistakes
from affekt.report.doubts import doubts
from affekt.report.scores import Cell
from affekt.taxonomy import VALENCE2
from tests.report import made
from tests.report.made import World
from tests.report.scored import NO, YES, column, panel, scored


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def listed(world: World, one: Cell) -> list[int]:
    """Numbers of the pictures answered wrongly, as the exhibit lists them."""
    frame = mistakes.confident(made.whole(world), doubts(panel(one)))
    number = {made.sha(f"small {at}"): at for at in range(one.n)}
    return [number[image_id] for image_id in frame["image_id"]]


def test_pairs_are_counted_of_the_label_with_wilsons_interval(world: World) -> None:
    """G17: by hand, the most frequent first."""
    one = scored(world, [YES, YES, YES, NO, NO], [0.9, 0.2, 0.3, 0.7, 0.1])
    table = mistakes.pairs(panel(one), doubts(panel(one)))
    ends = [wilson(2, 3), wilson(1, 2)]
    assert table.rows == ((YES, NO, 2, 2 / 3, ends[0]), (NO, YES, 1, 1 / 2, ends[1]))


def test_pairs_of_groups_have_an_interval_from_whole_groups(world: World) -> None:
    groups = ["a", "a", "b", "b"]
    one = scored(world, [YES, NO] * 2, [0.1, 0.1, 0.9, 0.1], groups=groups)
    table = mistakes.pairs(panel(one), doubts(panel(one)))
    assert table.rows == ((YES, NO, 1, 1 / 2, (0, 1)),)
    assert "2 groups" in table.notes[0]


def test_the_surest_mistake_comes_first_and_a_tie_is_none(world: World) -> None:
    """P12: the label of picture 2 is as probable as the other."""
    one = scored(world, [YES, NO, YES, YES, NO], [0.4, 0.9, 0.5, 0.8, 0.7])
    assert listed(world, one) == [1, 4, 0]
    rows = mistakes.table(
        panel(one),
        doubts(panel(one)),
        mistakes.confident(made.whole(world), doubts(panel(one))),
    )
    assert column(rows, "p, answer") == pytest.approx([0.9, 0.7, 0.6])
    assert column(rows, "p, label") == pytest.approx([0.1, 0.3, 0.4])
    assert column(rows, "answer") == [YES, YES, NO]
    assert "votes for label" not in [one.name for one in rows.columns]
    assert [one.name for one in rows.heads][-1] == "p, label"  # 64 digits are for the file


def test_several_tests_of_a_picture_are_one_mean(world: World) -> None:
    one = scored(world, [YES, NO], np.array([[0.1, 0.2], [0.95, 0.7]]))
    assert listed(world, one) == []  # 0.525 for yes, and 0.45


@pytest.mark.parametrize("said", [[], [0.9], [np.nan]])
def test_no_mistake_makes_no_table_of_any(world: World, tmp_path: Path, said: list[float]) -> None:
    """P12, B76: nothing tested, one right answer, no number."""
    result = made.cell(
        world,
        [YES] * len(said),
        np.array([[[one, 1 - one] for one in said]]).reshape(1, len(said), 2),
        taxonomy=VALENCE2,
    )
    page = report.write(made.whole(world, (result,)), tmp_path / "out", only="G17")
    names = {path.name for path in (tmp_path / "out" / "tables").glob("g17-*.csv")}
    assert "g17-pairs-small-kfold.csv" in names
    assert not any(name.startswith(("g17-mistakes", "g17-votes")) for name in names)
    assert "most often. 95 %" in page.read_text(encoding="utf-8")


def test_pictures_are_listed_by_their_distance_to_the_votes(world: World) -> None:
    """G17: total variation by hand; picture 3 was asked about one emotion only."""
    shares = [[1.0, 0.0], [0.4, 0.6], [0.2, 0.8], [0.8, None], None]
    known = [{"shares": one} for one in shares]
    one = scored(world, [YES, NO, NO, YES, NO], [0.3, 0.4, 0.1, 0.2, 0.9], known=known)
    found = doubts(panel(one))
    (table,) = mistakes.disagreed(panel(one), found)
    assert column(table, "distance") == pytest.approx([0.7, 0.1, 0.0])
    assert column(table, "crowd") == [YES, NO, NO]
    assert column(table, "model") == [NO, NO, NO]
    assert column(table, "share") == pytest.approx([1, 0.8, 0.6])
    wrong = mistakes.confident(made.whole(world), found)
    told = mistakes.table(panel(one), found, wrong)
    assert column(told, "votes for label") == [None, 0.8, 1.0]


def test_no_votes_make_no_table_of_quarrels(world: World) -> None:
    one = scored(world, [YES, NO], [0.3, 0.4])
    assert list(mistakes.disagreed(panel(one), doubts(panel(one)))) == []


def test_the_page_shows_the_first_and_the_file_all(world: World, tmp_path: Path) -> None:
    result = made.cell(
        world,
        [YES] * 20,
        np.array([[[0.01 * at, 1 - 0.01 * at] for at in range(20)]]),
        taxonomy=VALENCE2,
    )
    page = report.write(made.whole(world, (result,)), tmp_path / "out", only="G17")
    path = tmp_path / "out" / "tables" / "g17-mistakes-table-small-kfold.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["p, label"]) for row in rows] == pytest.approx(np.arange(20) / 100)
    text = page.read_text(encoding="utf-8")
    assert "The first 12 of 20 rows; the CSV has all." in text
    assert rows[0]["image_id"] not in text
