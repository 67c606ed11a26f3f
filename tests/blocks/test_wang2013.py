"""The four groups of Wang et al. (2013), each against an independent slow one, and as a set."""

import colorsys
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data
from sklearn.cluster import KMeans

from affekt.blocks.colour_pattern import Inventory, colour_pattern, inventory, palette
from affekt.blocks.colours import lab
from affekt.blocks.figure_ground import figure, figure_ground
from affekt.blocks.figure_place import composition
from affekt.blocks.lines import Lines
from affekt.blocks.shape import shape
from affekt.blocks.view import View
from affekt.features.wang2013 import Wang2013
from tests.blocks.pictures import Picture, checker, noise, painted, plain, ramp

FEW = pytest.mark.parametrize(
    "picture",
    [painted(20, 30), noise(16, 9), ramp(8, 40), checker(16, 16, 4), plain(8, 8, 255, 0, 0)],
    ids=["painted", "noise", "ramp", "checker", "red"],
)


def slow_shares(picture: Picture, first: float, behind: float) -> list[float]:
    """The six values before the dominant colours, pixel by pixel."""
    pixels = [colorsys.rgb_to_hsv(*(pixel / 255)) for pixel in picture.reshape(-1, 3)]
    _, saturations, values = (np.array(one) for one in zip(*pixels, strict=True))
    vivid = [round(hue * 360, 9) for hue, saturation, _ in pixels if saturation >= 0.1]
    inside = [first <= hue < behind for hue in vivid]
    cool = sum(inside) / len(vivid) if vivid else 0.0
    clear = sum(value >= 0.6 for value in values) / len(values)
    return [saturations.mean(), saturations.std(), values.mean(), values.std(), cool, clear]


def astronaut(every: int = 5) -> Picture:
    small: Picture = data.astronaut()[::every, ::every]
    return small


@FEW
def test_vivid_light_cool_and_clear_are_those_of_single_pixels(picture: Picture) -> None:
    found = colour_pattern(picture, cool_degrees=(61.0, 219.0))
    assert found[:6] == pytest.approx(slow_shares(picture, 61, 219), abs=1e-12)


def test_what_is_not_warm_is_cool_as_usual() -> None:
    picture = astronaut()
    warm = slow_shares(picture, 30, 110)[4]
    assert colour_pattern(picture)[4] == pytest.approx(1 - warm, abs=1e-3)


def test_red_is_cool_by_one_reading_and_warm_by_the_other() -> None:
    red = plain(8, 8, 255, 0, 0)
    assert colour_pattern(red)[4] == 1
    assert colour_pattern(red, cool_degrees=(60.0, 220.0))[4] == 0


def test_a_grey_picture_has_no_cool_colour() -> None:
    found = colour_pattern(ramp(8, 64))
    assert found[[0, 1, 4]].tolist() == [0, 0, 0]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_where_a_colour_lies_changes_no_bit(seed: int) -> None:
    picture = astronaut(8)
    shuffled = np.random.default_rng(seed).permutation(picture.reshape(-1, 3))
    np.testing.assert_array_equal(
        colour_pattern(picture), colour_pattern(shuffled.reshape(picture.shape))
    )


def test_five_heaps_of_colour_are_found_the_largest_first() -> None:
    middles = np.array([[200, 30, 30], [30, 160, 40], [40, 40, 200], [240, 240, 235], [20, 20, 20]])
    sizes = [900, 700, 500, 300, 100]
    spread = np.random.default_rng(1).integers(-3, 4, (sum(sizes), 3))
    pixels = (np.repeat(middles, sizes, axis=0) + spread).astype(np.uint8)
    found = palette(inventory(pixels[None]))
    assert found.shares.tolist() == [size / 2500 for size in sizes]
    for_each = [colorsys.rgb_to_hsv(*(middle / 255)) for middle in middles]
    np.testing.assert_allclose(found.colours[:4], for_each[:4], atol=0.02)


def test_the_dominant_colours_explain_as_much_as_those_of_a_library() -> None:
    picture = astronaut()
    points = lab(picture).reshape(-1, 3)
    ours = points_explained(points, palette(inventory(picture)).colours)
    best = KMeans(5, n_init=5, random_state=1).fit(points).inertia_
    assert ours < 1.1 * best


def points_explained(points: np.ndarray, colours: np.ndarray) -> float:
    """Sum of the squared distances of points to the nearest of some colours in HSV."""
    rgb = np.array([colorsys.hsv_to_rgb(*colour) for colour in colours])
    centres = lab(np.rint(255 * rgb).astype(np.uint8)[None])[0]
    apart = ((points[:, None] - centres[None]) ** 2).sum(axis=-1)
    return float(apart.min(axis=1).sum())


def test_a_picture_of_two_colours_repeats_the_commoner_one() -> None:
    picture = plain(8, 8, 0, 0, 255)
    picture[:2] = 255
    found = palette(inventory(picture))
    blue = pytest.approx([2 / 3, 1, 1], abs=1e-3)
    assert found.colours[0].tolist() == blue
    assert found.colours[1, 1:].tolist() == pytest.approx([0, 1], abs=1e-3)
    assert found.colours[2].tolist() == blue
    assert found.shares.tolist() == [0.75, 0.25, 0, 0, 0]


def test_more_than_20_000_pixels_are_looked_at_evenly() -> None:
    picture = plain(200, 250, 10, 20, 30)
    picture[:50] = 250
    assert palette(inventory(picture)).shares[:2].tolist() == [0.75, 0.25]
    many = Inventory(np.array([[1, 2, 3], [4, 5, 6]], np.uint8), np.array([300_000, 100_000]))
    assert palette(many).shares[:2].tolist() == [0.75, 0.25]


def test_the_figure_is_what_draws_the_eye() -> None:
    saliency = np.full((64, 64), 0.1)
    saliency[16:32, 8:40] = 0.9
    found = figure(saliency, (64, 64))
    np.testing.assert_array_equal(found, saliency > 0.5)
    assert figure(saliency, (320, 128)).mean() == pytest.approx(found.mean(), rel=0.1)


def test_nothing_is_a_figure_where_all_draws_alike() -> None:
    nothing = figure(np.ones((64, 64)), (30, 40))
    assert not nothing.any()
    is_edge = np.zeros((30, 40), bool)
    is_edge[3] = True
    found = figure_ground(nothing, lab(plain(30, 40, 9, 9, 9)), is_edge)
    assert found == pytest.approx([0, 0, 0, 1 / 30])
    assert composition(np.zeros((30, 40)), nothing)[0] == pytest.approx(1 / 6)


def test_figure_and_ground_are_those_of_single_pixels() -> None:
    picture, chance = painted(12, 17), np.random.default_rng(5)
    is_figure, is_edge = chance.random((12, 17)) < 0.3, chance.random((12, 17)) < 0.4
    planes = lab(picture)
    every = list(np.ndindex(12, 17))
    inside = [at for at in every if is_figure[at]]
    outside = [at for at in every if not is_figure[at]]
    means = [np.mean([planes[at] for at in some], axis=0) for some in (inside, outside)]
    expected = [
        len(inside) / len(every),
        math.dist(*means) / 100,
        sum(is_edge[at] for at in inside) / len(inside),
        sum(is_edge[at] for at in outside) / len(outside),
    ]
    assert figure_ground(is_figure, planes, is_edge) == pytest.approx(expected)


def test_a_white_figure_on_black_is_at_distance_1() -> None:
    is_figure = np.zeros((10, 10), bool)
    is_figure[:4] = True
    picture = np.repeat(np.where(is_figure, 255, 0).astype(np.uint8)[..., None], 3, axis=2)
    found = figure_ground(is_figure, lab(picture), np.zeros((10, 10), bool))
    assert found == pytest.approx([0.4, 1, 0, 0], abs=1e-4)


def test_edges_on_a_line_and_beside_it_are_straight() -> None:
    is_edge = np.zeros((30, 40), bool)
    is_edge[10, 5:25] = is_edge[11, 25] = is_edge[20, 20:30] = True
    lines = Lines(np.array([[5.0, 10.0, 25.0, 10.0]]), np.array([20.0]), np.array([0.0]))
    assert shape(lines, is_edge) == pytest.approx([0.01, 20 / 50, 10 / 31])


def test_without_edges_there_is_no_shape() -> None:
    none = Lines(np.zeros((0, 4)), np.zeros(0), np.zeros(0))
    assert shape(none, np.zeros((9, 9), bool)).tolist() == [0, 0, 0]
    is_edge = np.eye(9, dtype=bool)
    assert shape(none, is_edge).tolist() == [0, 0, 1]


def test_a_square_is_straighter_than_an_astronaut() -> None:
    row, column = np.mgrid[:100, :120]
    is_inside = (abs(row - 50) < 30) & (abs(column - 60) < 30)
    square = np.repeat((is_inside * 200).astype(np.uint8)[..., None], 3, axis=2)
    views = [View(square), View(astronaut(2))]
    straight, mixed = (shape(view.lines, view.coarse_edges)[2] for view in views)
    assert straight < 0.1 < 0.5 < mixed


def test_composition_is_that_of_single_pixels() -> None:
    chance = np.random.default_rng(2)
    brightness, is_figure = chance.random((14, 23)), chance.random((14, 23)) < 0.2
    every = list(np.ndindex(14, 23))
    inside = [at for at in every if is_figure[at]]
    y, x = (sum(at[axis] + 0.5 for at in inside) / len(inside) for axis in (0, 1))
    away = min(
        math.hypot(y - 14 * down / 3, x - 23 * along / 3) for down in (1, 2) for along in (1, 2)
    )
    differences = [abs(brightness[row, at] - brightness[row, 22 - at]) for row, at in every]
    expected = [away / math.hypot(14, 23), 1 - sum(differences) / len(every), 23 / 37]
    assert composition(brightness, is_figure) == pytest.approx(expected)


def test_a_figure_on_a_power_point_is_at_distance_0() -> None:
    is_figure = np.zeros((30, 60), bool)
    is_figure[19:21, 39:41] = True
    assert composition(np.zeros((30, 60)), is_figure)[0] == pytest.approx(0)


@pytest.mark.parametrize(
    "picture",
    [astronaut(3), data.coffee()[::4, ::4], noise(60, 90), painted(90, 60), checker(64, 64, 32)],
    ids=["astronaut", "coffee", "noise", "painted", "checker"],
)
def test_every_value_lies_in_its_range(picture: Picture) -> None:
    feature = Wang2013(area_px="original")
    found = feature.extract(picture)
    assert len(feature.values) == 31
    low, high = (np.array([one[at] for one in feature.values]) for at in (2, 3))
    assert ((low <= found) & (found <= high)).all()


def test_a_mirrored_picture_has_the_same_values() -> None:
    """All but those of lines, which are drawn at random, and of the saliency's Fourier rounding."""
    feature = Wang2013(
        area_px="original", blocks=("colour_pattern", "figure_ground", "composition")
    )
    one, other = (feature.extract(each) for each in (astronaut(3), astronaut(3)[:, ::-1]))
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_blocks_are_chosen_by_their_words() -> None:
    feature = Wang2013(blocks=["shape", "figure_ground"])
    assert feature.blocks == ("figure_ground", "shape")
    assert feature.names[0] == "wang2013.figure_ground.figure_share"
    assert feature.length == 7


def test_an_unknown_block_is_told_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="there is no block 'itten'; known: colour_pattern, "):
        Wang2013(blocks=["itten"])


def test_a_plain_picture_has_closed_values() -> None:
    found = dict(zip(Wang2013().names, Wang2013().extract(plain(8, 8, 255, 0, 0)), strict=True))
    expected = {
        "colour_pattern.saturation_mean": 1,
        "colour_pattern.value_deviation": 0,
        "figure_ground.figure_share": 0,
        "figure_ground.ground_edges": 0,
        "shape.curved_share": 0,
        "composition.power_point_distance": 1 / 6,
        "composition.left_right_similarity": 1,
        "composition.wideness": 0.5,
    }
    assert {name: found[f"wang2013.{name}"] for name in expected} == pytest.approx(expected)
