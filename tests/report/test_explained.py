"""What speaks for an answer, on the page: numbers by hand, what may be shown, hardly any (G19)."""

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from affekt import report
from affekt.plan import Explained
from affekt.report import explained as exhibit_of
from affekt.report.exhibits import Figure, Gap, Table
from affekt.report.explained_pictures import MARK, MOST, _middle, most_at, overlaid
from affekt.report.inputs import ReportInput
from affekt.report.scene import Tile, Words
from affekt.store import Failure, Product
from affekt.taxonomy import VALENCE2, Emotion, Taxonomy
from tests.report import made
from tests.report.explained import answers, of_build
from tests.report.made import World

YES, NO = VALENCE2.names
NASTY = '</script><img src=x onerror="alert(1)">'


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "work")


def blocks(world: World, *asked: Explained, **changes: Any) -> list[Figure | Table | Gap]:
    given: ReportInput = made.whole(world, taxonomy=VALENCE2, explanations=asked, **changes)
    return list(exhibit_of.exhibit(given).blocks)


def painted(world: World, each: int = 10, **settings: Any) -> tuple[Explained, dict[str, Product]]:
    """Half of the answers wrong, about the pictures of a build of which some cannot be shown."""
    build = made.build(world, VALENCE2, each=each)
    labels = build["dedupe"].table()["emotion"].to_list()
    said = [YES if at % 2 else NO for at in range(len(labels))]
    return answers(world, of_build(build), labels, said, **settings), build


def drawn(world: World, one: Explained, build: dict[str, Product], **changes: Any) -> Figure:
    figure = blocks(world, one, build=build, **changes)[0]
    assert isinstance(figure, Figure)
    return figure


def test_numbers_are_means_over_right_and_over_wrong_answers(world: World) -> None:
    """G19, P7: rank correlation with shuffled weights, and what greying takes; n and interval."""
    up = list(range(9))
    changes = {"map": up, "map_shuffled": up, "map_all_shuffled": [-one for one in up]}
    said = [YES, YES, YES, NO]
    one = answers(world, [{}] * 4, [YES] * 4, said, side=3, changes=changes)
    table = blocks(world, one)[-1]
    assert isinstance(table, Table)
    assert [column.name for column in table.columns] == [
        "number", "right, n = 3", "right 95 %", "wrong, n = 1", "wrong 95 %",
    ]  # fmt: skip
    values = {row[0]: (row[1], row[3]) for row in table.rows}
    assert values == {
        "like the map, classifier shuffled": (pytest.approx(1), pytest.approx(1)),
        "like the map, all layers shuffled": (pytest.approx(-1), pytest.approx(-1)),
        "alike in strength, classifier shuffled": (pytest.approx(1), pytest.approx(1)),
        "alike in strength, all layers shuffled": (pytest.approx(1), pytest.approx(1)),
        "probability of the answer": (0.75, 0.75),
        "lost where marked cells are grey": (0.25, 0.25),
        "lost where cells by lot are grey": (0.125, 0.125),
        "lost by marked more than by lot": (0.125, 0.125),
    }
    assert "3 of 3 right and 1 of 1 wrong" in table.notes[0]
    assert "bootstrap (2,000 draws of 4 pictures" in table.notes[-1]


def test_wrong_answers_stand_behind_right_ones_in_the_order_drawn(world: World) -> None:
    one, build = painted(world, how={"right": 3, "wrong": 2})
    figure = drawn(world, one, build)
    rows = figure.table.rows
    assert [row[0] == row[1] for row in rows] == [True] * 3 + [False] * 2
    heads = [item.text for item in figure.scene.items if isinstance(item, Words) and item.bold]
    assert heads == ["Right answers", "Wrong answers"]
    tiles = [item for item in figure.scene.items if isinstance(item, Tile)]
    assert len(tiles) == 3 * len(rows)
    assert [tile.says.split(":")[0] for tile in tiles[:3]] == [
        f"said {rows[0][0]}, labelled {rows[0][1]}",
        f"what speaks for {rows[0][0]}",
        "the same with the classifier shuffled",
    ]
    assert figure.text.startswith("3 right and 2 wrong answers, each with a map")
    assert "taken for" in figure.text


def test_how_often_the_middle_is_marked_is_told_beside_how_large_it_is(world: World) -> None:
    """G19: 9 cells of 49, which is more than a ninth."""
    one, build = painted(world, how={"right": 3, "wrong": 2})
    text = drawn(world, one, build).text
    assert re.search(r"In \d of 5 the highest cell is one of the \d+ of \d+ in the middle", text)
    assert _middle(np.zeros((7, 7))).sum() == 9
    assert _middle(np.zeros((14, 14))).sum() == 16


def test_who_asks_for_no_picture_gets_the_numbers_and_no_box(world: World) -> None:
    """G19, P8: nothing is missing."""
    one, build = painted(world, how={"right": 0, "wrong": 0})
    (table,) = blocks(world, one, build=build)
    assert isinstance(table, Table)


def test_only_pictures_whose_licence_allows_it_are_shown(world: World) -> None:
    """G19: and what it wants to be said is said."""
    one, build = painted(world, how={"right": 40, "wrong": 40})
    free = {
        row["image_id"][:16]
        for row in build["dedupe"].table().to_dicts()
        if row["licence"] == "cc-by-4.0"
    }
    rows = drawn(world, one, build).table.rows
    assert {row[10] for row in rows} == free
    assert all("A. Painter, cc-by-4.0" in str(row[8]) for row in rows)


def test_a_picture_with_a_content_warning_and_its_maps_stay_covered(world: World) -> None:
    """G19, R22."""
    one, build = painted(world, each=6, how={"right": 1, "wrong": 1})
    figure = drawn(world, one, build, warning_words={"other": ("art",)})
    tiles = [item for item in figure.scene.items if isinstance(item, Tile)]
    assert all(tile.cover and tile.cover.warning == "other" for tile in tiles)
    assert all(tile.says.startswith("content warning: other; ") for tile in tiles)
    places = {(tile.column, tile.row) for tile in tiles}
    opened = {(tile.cover.column, tile.cover.row) for tile in tiles if tile.cover}
    assert len(places) == len(opened) == 6
    assert not places & opened
    assert any("2 shown with a content warning" in note for note in figure.notes)
    assert [row[11] for row in figure.table.rows] == ["other"] * 2
    assert figure.table.across is None


def test_a_map_lies_over_the_picture_and_not_over_its_margins() -> None:
    thumbnail = np.zeros((8, 8, 4), np.uint8)
    thumbnail[2:6] = (200, 200, 200, 255)
    grid = np.array([[2.0, 1.0], [0.0, -3.0]])
    found = overlaid(thumbnail, grid)
    full, half = (np.rint(200 * (1 - MOST * one) + MARK * MOST * one) for one in (1.0, 0.5))
    assert (found[2:4, :4, :3] == full).all()
    assert (found[2:4, 4:, :3] == half).all()
    assert (found[4:6, :, :3] == 200).all()
    assert not found[:2].any()
    assert (found[..., 3] == thumbnail[..., 3]).all()


def test_where_nothing_speaks_for_it_the_picture_is_grey_and_said_so() -> None:
    thumbnail = np.full((4, 4, 4), 255, np.uint8)
    thumbnail[..., :3] = (255, 0, 0)
    found = overlaid(thumbnail, np.zeros((2, 2)))
    assert len(np.unique(found[..., :3])) == 1
    assert most_at(-np.ones((2, 2))) == "nothing"
    assert most_at(np.array([[0.0, 1.0], [0.0, 0.0]])) == "most at row 1, column 2 of 2"


def test_what_is_missing_is_a_box(world: World) -> None:
    """P8: not asked for, not made, nothing tested, nothing that may be shown."""
    (gap,) = blocks(world)
    assert isinstance(gap, Gap)
    assert "[[bench.explanations]]" in gap.reason
    assert gap.command == "affekt bench plan.toml"
    lost = Failure("explain", "has not been made; run `affekt bench`", "open")
    one = answers(world, [{}], [YES], [YES])
    (gap,) = blocks(world, one._replace(explained=lost))
    assert isinstance(gap, Gap)
    assert gap.reason == lost.reason
    (gap,) = blocks(world, answers(world, [], [], []))
    assert isinstance(gap, Gap)
    assert gap.reason == "no picture is tested"
    gap, table = blocks(world, one)
    assert isinstance(gap, Gap)
    assert "of 1 pictures with a map none can be shown" in gap.reason
    assert isinstance(table, Table)


def test_one_answer_and_maps_that_are_the_same_everywhere_make_a_page(
    world: World, tmp_path: Path
) -> None:
    """P12: one picture, an empty class, one cell, NaN."""
    build = made.build(world, VALENCE2, each=6)
    known = of_build(build)[:1]
    one = answers(world, known, [YES], [YES], side=1)
    given = made.whole(world, taxonomy=VALENCE2, build=build, explanations=(one,))
    page = report.write(given, tmp_path / "out", only="G19").read_text(encoding="utf-8")
    assert "1 maps are the same everywhere" in page
    assert "1 right and 0 wrong answers" in page
    assert "Wrong answers" not in page
    assert not re.search(r"\bnan\b", page, flags=re.I)


def test_a_figure_is_a_file_for_papers_and_foreign_words_do_nothing(
    world: World, tmp_path: Path
) -> None:
    """P4, P6."""
    build = made.build(world, VALENCE2, each=6)
    taxonomy = Taxonomy(name="foreign", emotions=(Emotion(name="calm"), Emotion(name="bad")))
    known = of_build(build)[:4]
    one = answers(
        world, known, ["calm"] * 4, ["bad", "calm"] * 2, taxonomy=taxonomy,
        how={"right": 1, "wrong": 1},
    )  # fmt: skip
    one = one._replace(dataset=NASTY, entry=NASTY)
    given = made.whole(world, taxonomy=VALENCE2, build=build, explanations=(one,))
    page = report.write(given, tmp_path / "out", only="G19")
    text = page.read_text(encoding="utf-8")
    assert text.count("<script") == text.count("</script>") == 1
    assert "<img" not in text
    (pdf,) = (tmp_path / "out" / "figures").glob("*.pdf")
    assert pdf.stat().st_size > 1000
    (sheet,) = (tmp_path / "out" / "tables").glob("*1.csv")
    with sheet.open(encoding="utf-8") as file:
        assert [row["said"] for row in csv.DictReader(file)] == ["calm", "bad"]
