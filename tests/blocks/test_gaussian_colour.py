"""The Gaussian colour model, against SciPy's filters."""

import numpy as np
import pytest
from scipy import ndimage

from affekt.blocks.gaussian_colour import (
    filtered,
    gaussian_colour,
    illumination,
    slope,
    smooth,
)
from tests.blocks.pictures import noise, painted, plain

sizes = pytest.mark.parametrize("size", [(40, 30), (8, 8), (9, 50)], ids=str)
scales = pytest.mark.parametrize("scale", [1.0, 2.828, 3.0])


def test_the_opponent_colours_of_pure_ones() -> None:
    pure = np.concatenate([plain(1, 1, 255, 0, 0), plain(1, 1, 0, 255, 0), plain(1, 1, 0, 0, 255)])
    expected = [[0.06, 0.30, 0.34], [0.63, 0.04, -0.60], [0.27, -0.35, 0.17]]
    np.testing.assert_allclose(gaussian_colour(pure)[:, 0], expected)


@sizes
@scales
def test_slopes_are_those_of_scipy(size: tuple[int, int], scale: float) -> None:
    planes = gaussian_colour(noise(*size))
    found = filtered(planes, slope(scale), smooth(scale))
    expected = ndimage.gaussian_filter(planes, (scale, scale, 0), (0, 1, 0), mode="reflect")
    np.testing.assert_allclose(found, expected, atol=1e-12)


@sizes
@scales
def test_the_light_is_smoothed_intensity_and_a_hundredth(
    size: tuple[int, int], scale: float
) -> None:
    planes = gaussian_colour(noise(*size))
    expected = ndimage.gaussian_filter(planes[..., 0], scale, mode="reflect") + 0.01
    np.testing.assert_allclose(illumination(planes, scale), expected, atol=1e-12)


def test_an_even_picture_has_no_slope_not_even_at_its_frame() -> None:
    planes = gaussian_colour(plain(30, 20, 200, 30, 90))
    assert np.abs(filtered(planes, slope(3.0), smooth(3.0))).max() < 1e-15


def test_narrow_numbers_stay_narrow() -> None:
    planes = gaussian_colour(painted(20, 20)).astype(np.float32)
    assert filtered(planes, smooth(1.0), smooth(1.0)).dtype == np.float32
    assert illumination(planes, 1.0).dtype == np.float32
