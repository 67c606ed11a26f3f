"""Gradation: total and inherent variation, value by value."""

from math import exp

import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray

from affekt.blocks.gradation import gradation
from tests.blocks.pictures import noise, painted, plain, ramp

BELL = np.array([exp(-(step**2) / 18) for step in range(-9, 10)])


def windowed(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sum over the 19 × 19 window of each pixel, zeros beyond the borders."""
    window = np.outer(BELL, BELL) / BELL.sum() ** 2
    wide = np.pad(plane, 9)
    places = np.lib.stride_tricks.sliding_window_view(wide, (19, 19))
    return np.asarray(np.einsum("rcij,ij->rc", places, window))


def slowly(picture: NDArray[np.uint8]) -> list[float]:
    values: list[float] = []
    for channel in range(3):
        plane = picture[..., channel] / 255
        along, across = np.zeros(plane.shape), np.zeros(plane.shape)
        along[:, :-1] = plane[:, 1:] - plane[:, :-1]
        across[:-1] = plane[1:] - plane[:-1]
        x, y = windowed(abs(along)), windowed(abs(across))
        ratio = x / (abs(windowed(along)) + 0.001) + y / (abs(windowed(across)) + 0.001)
        values += [ratio.mean(), x.mean(), y.mean()]
    return values


@pytest.mark.parametrize(
    "picture",
    [noise(30, 40), painted(40, 30), skimage.data.coffee()[::8, ::8], noise(8, 8)],
)
def test_gradation_is_that_of_summing_over_each_window(picture: np.ndarray) -> None:
    np.testing.assert_allclose(gradation(picture), slowly(picture), rtol=1e-9)


def test_one_colour_has_no_gradation() -> None:
    """11.2 of the specification."""
    assert not gradation(plain(20, 30, 255, 0, 0)).any()


def test_a_ramp_rises_by_one_over_its_width() -> None:
    """11.2 of the specification."""
    relative, along, across = gradation(ramp(300, 300))[:3]
    assert along == pytest.approx(1 / 300, rel=0.03)
    assert across == 0.0
    assert relative == pytest.approx(along / (along + 0.001), rel=0.03)


def test_noise_varies_far_more_than_a_ramp() -> None:
    assert gradation(noise(60, 60))[0] > 10 * gradation(ramp(60, 60))[0]


def test_channels_change_places_with_their_values() -> None:
    picture = painted(40, 30)
    here = gradation(picture).reshape(3, 3)
    np.testing.assert_array_equal(gradation(picture[..., [2, 0, 1]]).reshape(3, 3), here[[2, 0, 1]])


def test_a_picture_on_its_side_exchanges_rows_and_columns() -> None:
    picture = painted(40, 30)
    here = gradation(picture).reshape(3, 3)
    there = gradation(np.ascontiguousarray(picture.swapaxes(0, 1))).reshape(3, 3)
    np.testing.assert_allclose(there, here[:, [0, 2, 1]], rtol=1e-9)
