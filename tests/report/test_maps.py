"""Maps on the page: numbers checked by hand, what may be shown, hardly a picture (G4)."""

import csv
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from affekt import report
from affekt.plan import Mapped
from affekt.report import map_numbers, map_pictures, maps
from affekt.report.exhibits import Figure, Gap, Table
from affekt.report.map_numbers import Draws, Side
from affekt.report.scene import Plot, Words
from affekt.store import Failure
from affekt.taxonomy import MIKELS8, VALENCE2, Emotion, Taxonomy
from tests.report import made
from tests.report.made import World
from tests.report.mapped import blobs, sides
from tests.report.test_words import NASTY

FEAR, AWE = "fear", "awe"
TWO = Taxonomy(name="odd", emotions=(Emotion(name=AWE), Emotion(name=FEAR)))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "work")


def shown(world: World, both: tuple[Mapped, ...], **changes: Any) -> list[Figure | Table | Gap]:
    given = made.whole(world, maps=both, **changes)
    return list(maps.exhibit(given).blocks)


def drawn(blocks: list[Figure | Table | Gap]) -> Figure:
    (figure,) = [one for one in blocks if isinstance(one, Figure)]
    return figure


def numbers(blocks: list[Figure | Table | Gap]) -> dict[str, tuple[Any, ...]]:
    (table,) = [one for one in blocks if isinstance(one, Table)]
    return {str(row[0]): row[1:] for row in table.rows}


def two(world: World, n: int = 24, **more: Any) -> tuple[Mapped, ...]:
    """By one feature the group decides who is near, by the other the emotion."""
    labels = [(AWE, FEAR)[at % 2] for at in range(n)]
    groups = [at // 4 for at in range(n)]
    vectors = {
        "ImageNet": blobs(groups, 1, 9.0),
        "tuned": blobs([at % 2 for at in range(n)], 2, 9.0),
    }
    return sides(world, labels, vectors, groups=[f"g{one}" for one in groups], **more)


def test_the_claim_is_two_shares_of_neighbours_with_chance_beside_them(world: World) -> None:
    """M82: by hand. Half of the three others of a group of four share its emotion."""
    found = numbers(shown(world, two(world)))
    first, second, difference = (found["same emotion, feature"][at] for at in (0, 2, 4))
    assert second == 1.0
    assert difference == first - second
    chance, most = found["same emotion, feature"][-2:]
    assert (chance, most) == (pytest.approx(11 / 23), 1.0)
    group, other = (found["same group, feature"][at] for at in (0, 2))
    assert group == pytest.approx(0.3)  # 3 of 10: all there are
    assert other < group
    assert found["same group, feature"][-2:] == (pytest.approx(3 / 23), pytest.approx(0.3))
    low, high = found["same emotion, feature"][5]
    assert low <= difference <= high < 0


def test_the_words_tell_the_numbers_and_which_feature_is_ahead(world: World) -> None:
    """P5."""
    text = drawn(shown(world, two(world))).text
    assert text.startswith("24 pictures, each a point near those")
    assert "and 100.0 % by tuned are of the same emotion, 47.8 % by chance; tuned has" in text
    assert re.search(r"30.0 % by ImageNet and \d+\.\d % by tuned are of the same group", text)
    assert "ImageNet has" in text


def test_method_seed_and_what_was_left_out_are_stated(world: World) -> None:
    """G4, M80."""
    notes = drawn(shown(world, two(world))).notes
    assert notes[0].startswith("ImageNet: 24 pictures, 12 values each, 12 principal components")
    assert notes[0].endswith("perplexity 7.66667, begun at the principal components, seed 2016.")


def test_both_maps_show_every_picture_once_inside_their_squares(world: World) -> None:
    figure = drawn(shown(world, two(world)))
    plots = [one for one in figure.scene.items if isinstance(one, Plot)]
    assert len(plots) == 2
    for plot in plots:
        rows = [row for cloud in plot.clouds for row in cloud.rows]
        assert sorted(rows) == list(range(24))
        for cloud in plot.clouds:
            labels = {figure.pins[row].says.partition(":")[0] for row in cloud.rows}
            assert len(labels) == 1
            for x, y in cloud.points:
                assert plot.x < x < plot.x + plot.side
                assert plot.y < y < plot.y + plot.side


def test_the_places_are_the_numbers_of_the_figure(world: World) -> None:
    both = two(world)
    table = drawn(shown(world, both)).table
    assert [column.name for column in table.columns[3:]] == [
        "x, ImageNet", "y, ImageNet", "x, tuned", "y, tuned",
    ]  # fmt: skip
    mapped: Any = both[1].mapped
    places = {row["image_id"][:16]: (row["x"], row["y"]) for row in mapped.table().to_dicts()}
    assert {row[0]: row[5:] for row in table.rows} == places
    assert table.shown == 10


@pytest.mark.parametrize("n", [1, 3])
def test_hardly_a_picture_makes_a_page(world: World, tmp_path: Path, n: int) -> None:
    """P12: one picture; one class; all others empty; no neighbours."""
    both = sides(world, [AWE] * n, {"one": blobs([0] * n, 1), "two": np.ones((n, 3))})
    page = report.write(made.whole(world, maps=both), tmp_path / "out", only="G4")
    text = page.read_text(encoding="utf-8")
    assert f"awe {n}" in text
    assert "fear 0" in text
    assert not re.search(r"\bnan\b", text, flags=re.I)


def test_no_picture_at_all_is_a_box(world: World) -> None:
    """P8, P12."""
    blocks = shown(world, sides(world, [], {"one": np.zeros((0, 3))}))
    (gap,) = blocks
    assert isinstance(gap, Gap)
    assert gap.reason == "there is no picture to show"


def test_without_groups_nothing_is_said_of_them(world: World) -> None:
    both = sides(world, [AWE, FEAR] * 6, {"one": blobs([0, 1] * 6, 3)})
    blocks = shown(world, both)
    assert not [name for name in numbers(blocks) if "group" in name]
    assert "group" not in drawn(blocks).text


def test_one_map_alone_has_no_difference(world: World) -> None:
    both = sides(world, [AWE, FEAR] * 6, {"one": blobs([0, 1] * 6, 3)})
    (table,) = [one for one in shown(world, both) if isinstance(one, Table)]
    assert [column.name for column in table.columns] == [
        "number", "one", "one 95 %", "by chance", "at most",
    ]  # fmt: skip


def test_equal_features_have_no_difference_that_stands(world: World) -> None:
    """P12: ties."""
    vectors = blobs([0, 1] * 8, 3)
    both = sides(world, [AWE, FEAR] * 8, {"one": vectors, "two": vectors})
    blocks = shown(world, both)
    assert numbers(blocks)["same emotion, map"][4:6] == (0.0, (0.0, 0.0))
    assert "the difference is within its interval" in drawn(blocks).text


def test_a_map_that_was_not_made_is_a_box_and_the_other_side_is_drawn(world: World) -> None:
    """P8."""
    one, other = two(world)
    lost = other._replace(mapped=Failure("map", "has not been made; run `affekt bench`", "open"))
    blocks = shown(world, (one, lost))
    assert [type(block) for block in blocks] == [Gap, Figure, Table]
    assert isinstance(blocks[0], Gap)
    assert blocks[0].title == "Map of small by tuned"
    assert blocks[0].command == "affekt bench plan.toml"


def test_a_plan_without_a_map_is_told_how_to_ask_for_one(world: World) -> None:
    """P8."""
    (gap,) = shown(world, ())
    assert isinstance(gap, Gap)
    assert "[[bench.maps]]" in gap.reason


def of_build(build: Mapping[str, Any]) -> list[dict[str, Any]]:
    spots = ("image_id", "shard", "row_group", "row")
    images = build["dedupe"].table().to_dicts()
    return [{**{name: row[name] for name in spots}, "name": row["source_id"]} for row in images]


def test_only_pictures_whose_licence_allows_it_are_shown_the_others_are_grey(world: World) -> None:
    """M84, G4; what a licence wants to be said is said."""
    build = made.build(world, VALENCE2, each=10)
    known = of_build(build)
    labels = build["dedupe"].table()["emotion"].to_list()
    both = sides(
        world, labels, {"one": blobs([0] * len(labels), 1)}, known=known, taxonomy=VALENCE2
    )
    figure = drawn(shown(world, both, build=build, taxonomy=VALENCE2))
    free = {
        row["image_id"]: row["licence"] == "cc-by-4.0" for row in build["dedupe"].table().to_dicts()
    }
    ids = both[0].mapped.table()["image_id"].to_list()  # type: ignore[union-attr]
    cells = [pin.cell for pin in figure.pins]
    assert [cell > 0 for cell in cells] == [free[one] for one in ids]
    assert 0 in cells
    assert figure.sprite is not None
    for pin in figure.pins:
        assert ("A. Painter, cc-by-4.0" in pin.says) == (pin.cell > 0)
    assert len(set(cells)) == sum(free.values()) + 1
    assert tuple(figure.sprite[20, 20]) == map_pictures.GREY


def test_pictures_with_a_content_warning_are_blurred_and_say_so(world: World) -> None:
    """R22: for good; the grey ones say nothing of what is not shown."""
    build = made.build(world, VALENCE2, each=6)
    known = of_build(build)
    labels = build["dedupe"].table()["emotion"].to_list()
    vectors = {"one": blobs([0] * len(labels), 1)}
    both = sides(world, labels, vectors, known=known, taxonomy=VALENCE2)
    plain, warned = (
        drawn(shown(world, both, build=build, taxonomy=VALENCE2, warning_words=words))
        for words in ({}, {"other": ("art",)})
    )
    assert plain.sprite is not None
    assert warned.sprite is not None
    assert warned.sprite.shape == plain.sprite.shape
    side, across = warned.cell_px, warned.sprite.shape[1] // warned.cell_px
    for pin, before in zip(warned.pins, plain.pins, strict=True):
        assert pin.cell == before.cell
        warning = "content warning: other; " if pin.cell else ""
        assert pin.says == f"{warning}{before.says}"
        down, right = pin.cell // across * side, pin.cell % across * side
        before_it, it = (
            one[down : down + side, right : right + side] for one in (plain.sprite, warned.sprite)
        )
        assert np.array_equal(before_it, it) == (not pin.cell)
    n = sum(pin.cell > 0 for pin in warned.pins)
    assert any(f"{n} shown with a content warning" in note for note in warned.notes)
    assert not any("content warning" in note for note in plain.notes)


def test_pictures_of_other_data_sets_are_not_shown(world: World) -> None:
    figure = drawn(shown(world, two(world), build=made.build(world, VALENCE2, each=4)))
    assert figure.sprite is None
    assert {pin.cell for pin in figure.pins} == {-1}
    assert "no licence is known" in figure.notes[-1]


def test_more_than_may_be_shown_are_drawn_by_rank(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P2."""
    monkeypatch.setattr(map_pictures, "MOST", 3)
    build = made.build(world, VALENCE2, each=10)
    labels = build["dedupe"].table()["emotion"].to_list()
    vectors = {"one": blobs([0] * len(labels), 1)}
    both = sides(world, labels, vectors, known=of_build(build), taxonomy=VALENCE2)
    figure = drawn(shown(world, both, build=build, taxonomy=VALENCE2))
    assert sum(pin.cell > 0 for pin in figure.pins) == 3
    assert "3 of them drawn by rank" in figure.notes[-1]


@pytest.mark.parametrize("nasty", [NASTY[0], "a\ud800b"])
def test_foreign_words_are_shown_and_do_nothing(world: World, tmp_path: Path, nasty: str) -> None:
    """P4: in HTML, SVG, JSON and names of files."""
    known = [{"name": one} for one in NASTY if "\ud800" not in one]
    labels = [(AWE, FEAR)[at % 2] for at in range(len(known))]
    vectors = {nasty: blobs([at % 2 for at in range(len(known))], 1)}
    both = sides(world, labels, vectors, known=known, taxonomy=TWO)
    both = tuple(one._replace(dataset=nasty) for one in both)
    page = report.write(made.whole(world, maps=both), tmp_path / "out", only="G4")
    text = page.read_text(encoding="utf-8")
    assert text.count("<script") == text.count("</script>") == 2
    assert "<img" not in text
    (told,) = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', text)
    assert len(json.loads(told)["says"]) == len(known) >= 9
    assert all(re.fullmatch(r"[a-z0-9.-]+", path.name) for path in (tmp_path / "out").rglob("*"))


def test_a_map_is_a_file_for_papers_too_with_every_place_in_its_sheet(
    world: World, tmp_path: Path
) -> None:
    """P6."""
    page = report.write(made.whole(world, maps=two(world)), tmp_path / "out", only="G4")
    figure = page.parent / "figures" / "g4-small-1.svg"
    assert b"Date" not in figure.read_bytes()
    assert (page.parent / "figures" / "g4-small-1.pdf").stat().st_size > 1000
    with (page.parent / "tables" / "g4-small-1.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 24


def test_thirteen_emotions_are_drawn_plain(world: World) -> None:
    names = [f"e{at}" for at in range(13)]
    taxonomy = Taxonomy(name="many", emotions=tuple(Emotion(name=one) for one in names))
    both = sides(world, names, {"one": blobs(list(range(13)), 1)}, taxonomy=taxonomy)
    figure = drawn(shown(world, both))
    assert {c.slot for one in figure.scene.items if isinstance(one, Plot) for c in one.clouds} == {
        -1
    }
    assert {f"e{at} 1" for at in range(13)} <= {
        one.text for one in figure.scene.items if isinstance(one, Words)
    }


def test_sides_with_other_pictures_are_drawn_from_the_same_groups(world: World) -> None:
    """P10: pairs of one draw; a side that lacks pictures lacks them in every round."""
    first, second = two(world)
    one, other = (map_numbers.side(each, each.pictures, each.mapped) for each in (first, second))  # type: ignore[arg-type]
    fewer = _head(other, 10)
    drawn_ = Draws.of((one, fewer), 1, "small")
    assert len(drawn_.places[1]) == 10
    rounds = drawn_.rounds(1, np.ones(10))
    assert set(rounds[np.isfinite(rounds)]) == {1.0}
    assert drawn_.unit == "bootstrap (2,000 draws of 6 groups)"


def _head(side: Side, n: int) -> Side:
    arrays: dict[str, Any] = {
        name: value[:n] for name, value in side._asdict().items() if isinstance(value, np.ndarray)
    }
    return side._replace(pictures=side.pictures.head(n), **arrays)


def test_mikels_emotions_have_their_looks(world: World) -> None:
    """B3."""
    figure = drawn(shown(world, sides(world, [FEAR, AWE], {"one": np.eye(2)})))
    slots = {c.slot for one in figure.scene.items if isinstance(one, Plot) for c in one.clouds}
    assert slots == {MIKELS8.names.index(FEAR), MIKELS8.names.index(AWE)}
