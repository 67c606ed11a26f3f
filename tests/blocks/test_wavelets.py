"""Wavelet texture and depth of field."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from affekt.blocks.colours import Hsy, hsy
from affekt.blocks.depth_of_field import depth_of_field
from affekt.blocks.wavelets import pyramid, pyramids, wavelets
from tests.blocks.pictures import Picture, checker, noise, painted, plain

PICTURES = {
    "painted": painted(40, 56),
    "noise": noise(64, 48),
    "photograph": data.astronaut()[::8, ::8].copy(),
}
some = pytest.mark.parametrize("name", PICTURES)


def slow_bands(plane: np.ndarray, levels: int) -> list[np.ndarray]:
    """Haar by sums and differences of four neighbours; sides must be multiples of 2^levels."""
    bands = []
    for _ in range(levels):
        a, b, c, d = plane[::2, ::2], plane[::2, 1::2], plane[1::2, ::2], plane[1::2, 1::2]
        bands.append(np.stack([a + b - c - d, a - b + c - d, a - b - c + d]) / 2)
        plane = (a + b + c + d) / 2
    return bands


def slow(colours: Hsy) -> np.ndarray:
    planes = (colours.hue / (2 * np.pi), colours.saturation, colours.brightness)
    rows = np.array([[np.abs(band).mean() for band in slow_bands(plane, 3)] for plane in planes])
    return np.concatenate([rows.T.ravel(), rows.sum(axis=1)])


@some
def test_haar_is_sums_and_differences_of_four(name: str) -> None:
    colours = hsy(PICTURES[name])
    np.testing.assert_allclose(wavelets(pyramids(colours)), slow(colours), atol=1e-12)


@some
def test_depth_of_field_is_what_ten_lines_find(name: str) -> None:
    colours = hsy(PICTURES[name])
    coarse = np.abs(slow_bands(colours.brightness, 3)[2]).sum(axis=0)
    rows, columns = coarse.shape
    inner = coarse[rows // 4 : rows - rows // 4, columns // 4 : columns - columns // 4]
    found = depth_of_field(pyramids(colours))
    assert found[2] == pytest.approx(inner.sum() / coarse.sum())


@settings(max_examples=25)
@given(st.integers(0, 255), st.integers(0, 255), st.integers(8, 70))
def test_one_colour_has_no_detail_anywhere(red: int, blue: int, side: int) -> None:
    channels = pyramids(hsy(plain(side, 9, red, 20, blue)))
    np.testing.assert_allclose(wavelets(channels), 0, atol=1e-12)
    np.testing.assert_array_equal(depth_of_field(channels), 0)


@some
def test_a_turn_by_180_degrees_changes_nothing(name: str) -> None:
    picture = PICTURES[name]
    turned, upright = (pyramids(hsy(one)) for one in (picture[::-1, ::-1].copy(), picture))
    np.testing.assert_allclose(wavelets(turned), wavelets(upright), atol=1e-12)
    np.testing.assert_allclose(depth_of_field(turned), depth_of_field(upright), atol=1e-12)


@pytest.mark.parametrize(("side", "levels"), [(8, 3), (7, 2), (4, 2)])
def test_a_small_picture_has_fewer_levels_and_the_others_are_zero(side: int, levels: int) -> None:
    channels = pyramids(hsy(noise(side, side)))
    assert len(channels[0]) == levels
    assert np.count_nonzero(wavelets(channels)[:9]) == 3 * levels


def test_a_long_wavelet_has_no_level_in_a_small_picture() -> None:
    channels = pyramids(hsy(noise(8, 8)), "db8")
    assert not wavelets(channels).any()
    assert not depth_of_field(channels).any()


def test_sums_are_those_of_each_channel() -> None:
    found = wavelets(pyramids(hsy(painted(64, 64))))
    np.testing.assert_allclose(found[9:], found[:9].reshape(3, 3).sum(axis=0))


def test_detail_spread_evenly_lies_to_a_quarter_inside() -> None:
    assert depth_of_field(pyramids(hsy(noise(256, 256)))) == pytest.approx(0.26, abs=0.03)


def test_detail_in_the_middle_alone_lies_inside() -> None:
    canvas = plain(128, 128, 90, 90, 90)
    canvas[48:80, 48:80] = checker(32, 32, 5)
    assert depth_of_field(pyramids(hsy(canvas)))[2] == 1.0


def test_values_of_a_checker_stay_below_the_greatest_possible() -> None:
    bands: Picture = checker(64, 64, 1)
    assert wavelets(pyramids(hsy(bands)))[2] == pytest.approx(1 / 3)
    assert len(pyramid(np.zeros((9, 300)))) == 3
