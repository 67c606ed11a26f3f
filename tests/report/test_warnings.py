"""Pictures with a content warning are covered on the page and in the files for papers (R22)."""

import csv
import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest

from affekt import report, tables
from affekt.report import examples, paper, samples
from affekt.report.inputs import ReportInput
from affekt.report.samples import SIDE, Drawn
from affekt.report.scene import Tile
from affekt.report.thumbnails import PITCH
from affekt.taxonomy import VALENCE2
from tests.report import made
from tests.report.made import World


@pytest.fixture
def given(tmp_path: Path) -> ReportInput:
    """Paintings of which every third is tagged as gore and every third has no tags."""
    world = World(tmp_path / "work")
    build = made.build(world, VALENCE2, each=10)
    images = build["dedupe"].table().sort("source_id").to_dicts()
    for at, row in enumerate(images):
        row["tags"] = (["art"], ["Art", "#Blood"], None)[at % 3]
    build["dedupe"] = world.product("dedupe", tables.IMAGES, images)
    return made.whole(world, taxonomy=VALENCE2, build=build)


def drawn(given: ReportInput) -> Drawn:
    assert given.shelf is not None
    return samples.draw(given, given.shelf)


def test_of_a_covered_picture_nothing_but_means_is_left() -> None:
    dice = np.random.default_rng(4)
    side = samples.PATCH_PX
    patches = dice.integers(256, size=(2, 3, side * side, 3), dtype=np.uint8)
    other = dice.permuted(patches, axis=2)  # of each colour by itself

    def whole(parts: np.ndarray) -> np.ndarray:
        return parts.reshape(2, 3, side, side, 3).swapaxes(1, 2).reshape(2 * side, 3 * side, 3)

    one = samples.covered(whole(patches))
    assert one.shape == whole(patches).shape
    np.testing.assert_allclose(one, samples.covered(whole(other)), rtol=0, atol=1)  # rounding


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 96), (7, 12)])
def test_a_picture_smaller_than_a_patch_becomes_one_colour_along_it(
    height: int, width: int
) -> None:
    pixels = np.arange(height * width * 3, dtype=np.uint8).reshape(height, width, 3)
    found = samples.covered(pixels)
    assert found.shape == pixels.shape
    assert (found == found[:1]).all()


def test_pictures_are_covered_by_their_tags(given: ReportInput) -> None:
    """Those whose tags name nothing, and those without tags, are shown as they are."""
    shown = drawn(given).samples
    assert {one.warnings for one in shown} == {(), ("gore",), None}
    for one in shown:
        assert (one.clear is not None) == (one.warnings == ("gore",))
        if one.clear is not None:
            assert not np.array_equal(one.pixels, one.clear)
            np.testing.assert_array_equal(one.pixels[..., 3], one.clear[..., 3])


def test_the_plans_own_words_cover_too(given: ReportInput) -> None:
    """As they do in the release that the plan builds."""
    words = {**given.warning_words, "other": ("art",)}
    shown = drawn(dataclasses.replace(given, warning_words=words)).samples
    assert {one.warnings for one in shown} == {("other",), ("gore", "other"), None}


def test_a_tile_has_its_clear_picture_behind_all_the_others(given: ReportInput) -> None:
    found = drawn(given)
    figure = examples.figure(given, found)
    assert figure.sprite is not None

    def cell(column: int, row: int) -> np.ndarray:
        assert figure.sprite is not None
        down, right = row * PITCH, column * PITCH
        return figure.sprite[down : down + SIDE, right : right + SIDE]

    tiles = [item for item in figure.scene.items if isinstance(item, Tile)]
    by_place = {(one.column, one.row): one for one in tiles}
    assert len(by_place) == len(found.samples)
    for at, sample in enumerate(found.samples):
        tile = by_place[at % samples.EACH, at // samples.EACH]
        np.testing.assert_array_equal(cell(tile.column, tile.row), sample.pixels)
        assert tile.says.startswith("content warning: gore; ") == (sample.clear is not None)
        assert (tile.cover is not None) == (sample.clear is not None)
        if tile.cover:
            np.testing.assert_array_equal(cell(tile.cover.column, tile.cover.row), sample.clear)


def test_files_for_papers_do_not_hold_the_clear_pictures(given: ReportInput) -> None:
    """They are the same without them, and not the same without the words on the covers."""
    figure = examples.figure(given, drawn(given))
    assert figure.sprite is not None
    sprite = figure.sprite.copy()
    tiles = [item for item in figure.scene.items if isinstance(item, Tile)]
    for cover in (tile.cover for tile in tiles if tile.cover):
        down, right = cover.row * PITCH, cover.column * PITCH
        sprite[down : down + SIDE, right : right + SIDE] = 0
    assert not np.array_equal(sprite, figure.sprite)
    svg = paper.drawn(figure, "svg")
    assert svg == paper.drawn(dataclasses.replace(figure, sprite=sprite), "svg")
    bare = tuple(
        item._replace(cover=None) if isinstance(item, Tile) else item for item in figure.scene.items
    )
    scene = dataclasses.replace(figure.scene, items=bare)
    assert svg != paper.drawn(dataclasses.replace(figure, scene=scene), "svg")


def test_a_page_covers_names_and_counts_them(given: ReportInput, tmp_path: Path) -> None:
    """Covered as the page is read, so without script too; whoever opens it runs the script."""
    text = report.write(given, tmp_path / "out", only="G1").read_text(encoding="utf-8")
    with (tmp_path / "out" / "tables" / "g1.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    told = [row["content warning"] for row in rows]
    assert set(told) == {"gore", ""}
    n = told.count("gore")
    tiles = re.findall(r"<svg class=covered.*?</svg>", text)
    assert len(tiles) == n == text.count("<title>content warning: gore; ")
    assert all("<g class=clear display=none>" in tile for tile in tiles)
    assert all(re.search(">content warning</text>.*>gore</text>", tile) for tile in tiles)
    assert f"{n} shown with a content warning" in text
    untold = sum(one.warnings is None for one in drawn(given).samples)
    assert f"{untold} shown have no tags" in text
