"""Hue, colourfulness, the middle third and skin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from skimage import data
from skimage.color import rgb2luv, rgb2ycbcr  # type: ignore[attr-defined]

from affekt.blocks.circular import apart, spread
from affekt.blocks.colourfulness import colourfulness
from affekt.blocks.colours import hsy
from affekt.blocks.faces import Box
from affekt.blocks.hue import hue, hue_vector
from affekt.blocks.skin import covered, skin
from affekt.blocks.thirds import rule_of_thirds
from tests.blocks.pictures import Picture, noise, painted, plain, ramp

PICTURES = {
    "painted": painted(40, 56),
    "noise": noise(33, 41),
    "photograph": data.astronaut()[::8, ::8].copy(),
}
some = pytest.mark.parametrize("name", PICTURES)


@some
def test_hue_is_a_sum_of_arrows(name: str) -> None:
    colours = hsy(PICTURES[name])
    arrows = np.exp(1j * colours.hue).ravel()
    weights = colours.saturation.ravel()
    plain_sum, weighted = arrows.mean(), (weights * arrows).sum() / weights.sum()
    wanted = [np.angle(plain_sum) % (2 * np.pi), 1 - abs(plain_sum)]
    wanted += [np.angle(weighted) % (2 * np.pi), 1 - abs(weighted)]
    np.testing.assert_allclose(hue(colours), wanted, atol=1e-9)


def test_red_has_hue_zero_and_a_grey_no_hue() -> None:
    np.testing.assert_allclose(hue(hsy(plain(9, 8, 255, 0, 0))), 0, atol=1e-12)
    np.testing.assert_array_equal(hue(hsy(ramp(9, 80))), 0)


def test_hues_around_red_have_a_red_mean() -> None:
    """Arithmetic means of hue are a defect of earlier code."""
    colours = hsy(np.array([[[200, 10, 40], [200, 40, 10]]] * 8, np.uint8))
    assert apart(hue(colours)[:1], np.zeros(1)) < 1e-9


def test_noise_has_every_hue() -> None:
    assert min(hue(hsy(noise(200, 200)))[[1, 3]]) > 0.99


@some
def test_the_vector_points_where_the_mean_does(name: str) -> None:
    colours = hsy(PICTURES[name])
    x, y, weighted_x, weighted_y = hue_vector(colours)
    angles = [np.arctan2(y, x) % (2 * np.pi), np.arctan2(weighted_y, weighted_x) % (2 * np.pi)]
    np.testing.assert_allclose(angles, hue(colours)[[0, 2]])


def slow_colourfulness(picture: Picture) -> float:
    """The transport problem as a linear programme."""
    values = [31.5, 95.5, 159.5, 223.5]
    ends = np.array([[r, g, b] for r in values for g in values for b in values])
    pixels = picture.reshape(-1, 3)
    cubes = [tuple(pixel // 64) for pixel in pixels]
    kinds = sorted(set(cubes))
    groups = [pixels[[cube == kind for cube in cubes]] for kind in kinds]
    starts = np.array([group.mean(axis=0) for group in groups])
    one, other = (rgb2luv(places[None] / 255)[0] for places in (starts, ends))
    costs = np.linalg.norm(one[:, None] - other[None], axis=-1)
    rows = np.kron(np.eye(len(one)), np.ones(64))
    columns = np.kron(np.ones(len(one)), np.eye(64))
    masses = [len(group) / len(pixels) for group in groups] + [1 / 64] * 64
    solved = linprog(costs.ravel(), A_eq=np.vstack([rows, columns]), b_eq=masses)
    return float(solved.fun)


@some
def test_colourfulness_is_the_cheapest_transport(name: str) -> None:
    found = colourfulness(PICTURES[name])
    assert found == pytest.approx(slow_colourfulness(PICTURES[name]), rel=1e-4)


def test_colourfulness_of_red_grey_and_noise() -> None:
    assert colourfulness(plain(20, 20, 255, 0, 0)) == pytest.approx(183.86, abs=0.01)
    assert colourfulness(ramp(9, 256)) == pytest.approx(71.5, abs=0.1)
    assert colourfulness(noise(300, 300)) < 2


@settings(max_examples=25, deadline=None)
@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_one_colour_is_about_190_off_at_most(colour: tuple[int, int, int]) -> None:
    found = colourfulness(plain(8, 8, *colour))
    here = rgb2luv(plain(1, 1, *colour) / 255)[0, 0]
    centres = np.stack(np.meshgrid(*[[31.5, 95.5, 159.5, 223.5]] * 3), axis=-1).reshape(1, -1, 3)
    away = np.linalg.norm(rgb2luv(centres / 255)[0] - here, axis=1)
    assert found == pytest.approx(away.mean(), rel=1e-4)
    assert 0 <= found < 190


@pytest.mark.parametrize(("height", "width"), [(9, 12), (10, 11), (8, 8)])
def test_the_middle_third_is_made_of_the_middle_pixels(height: int, width: int) -> None:
    colours = hsy(noise(height, width))
    rows = [row for row in range(height) if height // 3 <= row < 2 * height / 3]
    columns = [column for column in range(width) if width // 3 <= column < 2 * width / 3]
    middle = np.ix_(rows, columns)
    wanted = [
        spread(colours.hue[middle]).mean,
        colours.saturation[middle].mean(),
        colours.brightness[middle].mean(),
    ]
    np.testing.assert_allclose(rule_of_thirds(colours), wanted)


def test_what_stands_around_the_middle_third_does_not_matter() -> None:
    framed = noise(90, 60)
    framed[30:60, 20:40] = (0, 0, 255)
    np.testing.assert_allclose(rule_of_thirds(hsy(framed)), [4 * np.pi / 3, 1, 0.114])


@some
def test_skin_without_faces_is_a_range_of_a_library(name: str) -> None:
    _, cb, cr = np.moveaxis(np.rint(rgb2ycbcr(PICTURES[name])), -1, 0)
    wanted = ((cb >= 77) & (cb <= 127) & (cr >= 133) & (cr <= 173)).mean()
    np.testing.assert_allclose(skin(PICTURES[name], ()), [wanted, 1.0])


@pytest.mark.parametrize("faces", [(Box(12, 5, 20, 15),), (Box(2, 3, 9, 8), Box(6, 6, 20, 20))])
def test_skin_with_faces_has_the_range_of_their_pixels(faces: tuple[Box, ...]) -> None:
    picture = PICTURES["photograph"]
    chroma = np.rint(rgb2ycbcr(picture))[..., 1:]
    inside = {
        (row, column)
        for box in faces
        for row in range(box.top, box.top + box.height)
        for column in range(box.left, box.left + box.width)
    }
    held = np.ones(picture.shape[:2], bool)
    for channel, extreme in ((0, 0.30), (1, 0.175)):
        ordered = sorted(chroma[row, column, channel] for row, column in inside)
        count = round(extreme * len(ordered))
        low, high = np.mean(ordered[:count]), np.mean(ordered[-count:])
        held &= (chroma[..., channel] >= low) & (chroma[..., channel] <= high)
    share = len(inside) / held.size
    np.testing.assert_allclose(skin(picture, faces), [held.mean(), held.mean() / share])


def test_skin_is_ten_times_its_faces_at_most() -> None:
    one_face = (Box(0, 0, 8, 8),)
    np.testing.assert_array_equal(skin(plain(80, 80, 200, 150, 130), one_face), [1.0, 10.0])
    assert covered(one_face, (80, 80)).sum() == 64
