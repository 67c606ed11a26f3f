"""Variety: colours that are present, and slopes by direction and magnitude."""

from math import atan2, floor, hypot, pi

import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray

from affekt.blocks.colour_names import NAMES, colour_names
from affekt.blocks.variety import colour_variety, gradient_variety
from affekt.blocks.view import View
from tests.blocks.pictures import noise, painted, plain


def slowly(grey: NDArray[np.float64]) -> list[float]:
    """Pixel by pixel, edges repeated."""
    wide = np.pad(grey, 1, mode="edge")
    counts = [0] * 48
    for row, column in np.ndindex(grey.shape):
        (a, b, c), (d, _, f), (g, h, i) = wide[row : row + 3, column : column + 3].tolist()
        x, y = (c + 2 * f + i - a - 2 * d - g) / 8, (g + 2 * h + i - a - 2 * b - c) / 8
        direction = floor(8 * atan2(y, x) / (2 * pi) + 0.5) % 8
        magnitude = sum(hypot(x, y) >= edge for edge in (2, 4, 8, 16, 32))
        counts[6 * direction + magnitude] += 1
    return [count / grey.size for count in counts]


def slope(down: float, right: float) -> NDArray[np.float64]:
    rows, columns = np.indices((12, 12))
    return 100.0 + down * rows + right * columns


@pytest.mark.parametrize(
    "picture", [noise(30, 40), painted(40, 30), skimage.data.astronaut()[::8, ::8]]
)
def test_slopes_are_those_counted_pixel_by_pixel(picture: np.ndarray) -> None:
    grey = View(picture).grey
    np.testing.assert_allclose(gradient_variety(grey), slowly(grey), atol=1e-12)
    assert gradient_variety(grey).sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("down", "right", "cell"),
    [
        (0, 0, 0),
        (0, 1, 0),
        (0, 2, 1),
        (3, 3, 2 + 6),
        (10, 0, 3 + 12),
        (2, -2, 1 + 18),
        (0, -5, 2 + 24),
        (-4, -4, 2 + 30),
        (-8, 0, 3 + 36),
        (-1, 1, 0 + 42),
    ],
)
def test_a_slope_has_its_direction_and_magnitude(down: int, right: int, cell: int) -> None:
    found = gradient_variety(slope(down, right))
    assert found.argmax() == cell
    assert found[cell] >= 100 / 144  # all but the border


def test_a_mirror_exchanges_left_and_right() -> None:
    grey = View(skimage.data.coffee()[::4, ::4]).grey
    here = gradient_variety(grey).reshape(8, 6)
    there = gradient_variety(np.ascontiguousarray(grey[:, ::-1])).reshape(8, 6)
    np.testing.assert_allclose(there[:, 1:], here[(4 - np.arange(8)) % 8, 1:], atol=1e-12)
    assert there[:, 0].sum() == pytest.approx(here[:, 0].sum())


def test_one_colour_is_one_of_eleven() -> None:
    found = colour_variety(colour_names(View(plain(10, 10, 255, 0, 0)).lab))
    assert found[0] == 1 / 11
    assert found[1:].tolist() == [float(name == "red") for name in NAMES]


def test_a_colour_of_less_than_half_a_percent_is_not_present() -> None:
    found = colour_variety(np.array([0.99, 0.0049, 0.0051, *[0] * 8]))
    assert found[0] == 2 / 11
    assert found[2] == 0.0049
