"""Edges of regions, against plain filters and fits of each region by itself."""

import numpy as np
import pytest
from scipy import ndimage

from affekt.blocks.gaussian_colour import gaussian_colour
from affekt.blocks.regions import boxes
from affekt.blocks.weibull import fitted
from affekt.blocks.wiccest import EDGES, ITEMS, edges, wiccest, wiccest_of_regions
from tests.blocks.pictures import Picture, noise, painted, plain

scales = pytest.mark.parametrize("scale", [1.0, 3.0])
ALONG = [f"{channel}_{way}" for channel, way in EDGES]


def told(picture: Picture, scale: float) -> dict[str, float]:
    return dict(zip(ITEMS, wiccest(edges(gaussian_colour(picture), scale)), strict=True))


@scales
def test_a_response_is_a_slope_over_the_light(scale: float) -> None:
    picture = painted(40, 50)
    planes = gaussian_colour(picture)
    light = ndimage.gaussian_filter(planes[..., 0], scale, mode="reflect") + 0.01
    found = dict(zip(ALONG, edges(planes, scale), strict=True))
    down = ndimage.gaussian_filter(planes[..., 1], scale, (1, 0), mode="reflect") / light
    right = ndimage.gaussian_filter(planes[..., 2], scale, (0, 1), mode="reflect") / light
    np.testing.assert_allclose(found["yellow_blue_y"], down, atol=1e-6)
    np.testing.assert_allclose(found["red_green_x"], right, atol=1e-6)


@scales
def test_every_region_is_fitted_about_its_own_median(scale: float) -> None:
    responses = edges(gaussian_colour(painted(60, 84)), scale)
    found = wiccest_of_regions(responses)
    expected = [
        np.concatenate(fitted(responses[:, rows, columns].reshape(6, -1)))
        for rows, columns in boxes(60, 84)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@scales
def test_one_colour_has_width_0_and_shape_2(scale: float) -> None:
    planes = gaussian_colour(plain(24, 24, 200, 30, 90))
    expected = [0.0] * 6 + [2.0] * 6
    np.testing.assert_array_equal(wiccest(edges(planes, scale)), expected)
    np.testing.assert_array_equal(wiccest_of_regions(edges(planes, scale)), [expected] * 130)


@scales
def test_a_mirror_changes_nothing_but_the_place_of_regions(scale: float) -> None:
    picture = noise(48, 60)
    one, other = (
        wiccest_of_regions(edges(gaussian_colour(side), scale))
        for side in (picture, picture[:, ::-1].copy())
    )
    mirrored = other[9:].reshape(11, 11, 12)[:, ::-1].reshape(121, 12)
    np.testing.assert_allclose(mirrored, one[9:], rtol=2e-3)
    assert told(picture, scale) == pytest.approx(told(picture[:, ::-1].copy(), scale), rel=2e-3)


@scales
def test_a_quarter_turn_exchanges_both_directions(scale: float) -> None:
    picture = painted(48, 60)
    one, other = (
        wiccest(edges(gaussian_colour(side), scale)).reshape(2, 3, 2)
        for side in (picture, np.rot90(picture).copy())
    )
    np.testing.assert_allclose(other[..., ::-1], one, rtol=2e-3)


def test_half_the_light_leaves_edges_as_they_are() -> None:
    bright = (noise(60, 60) // 4 * 2 + 100).astype(np.uint8)
    one, half = told(bright, 3.0), told((bright // 2).astype(np.uint8), 3.0)
    assert half == pytest.approx(one, rel=0.03)


def test_the_frame_is_no_edge_of_noise() -> None:
    """Zeros beyond it would give a shape of 0.8."""
    normal = np.clip(np.random.default_rng(1).normal(128, 30, (200, 200, 1)), 0, 255)
    shape = told(np.repeat(normal, 3, axis=2).astype(np.uint8), 3.0)["intensity_x_gamma"]
    assert shape == pytest.approx(2, abs=0.15)


@pytest.mark.parametrize("size", [(8, 8), (8, 90)], ids=str)
def test_the_smallest_pictures_have_finite_values_in_range(size: tuple[int, int]) -> None:
    found = wiccest_of_regions(edges(gaussian_colour(noise(*size)), 3.0))
    assert np.isfinite(found).all()
    assert (found[:, :6] >= 0).all()
    assert ((found[:, 6:] >= 0.05) & (found[:, 6:] <= 20)).all()
