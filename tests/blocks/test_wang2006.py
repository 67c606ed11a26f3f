"""Fuzzy histograms of warm and cool, contrast, sharpness, and the shares of the area."""

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from affekt.blocks.colours import Hsy, Planes, hsy, lab
from affekt.blocks.memberships import BRIGHTNESS, SATURATION, is_warm, partition
from affekt.blocks.wang2006 import (
    area_statistics,
    colour_contrast,
    edge_sharpness,
    histograms,
    luminance_contrast,
    luminance_warm_cool,
    saturation_warm_cool,
)
from tests.blocks.pictures import Picture, checker, noise, painted, plain, ramp

PICTURES = {
    "painted": painted(40, 56),
    "noise": noise(33, 41),
    "photograph": data.coffee()[::8, ::8].copy(),
}
some = pytest.mark.parametrize("name", PICTURES)


def whole(picture: Picture) -> np.ndarray:
    colours: Hsy = hsy(picture)
    planes: Planes = lab(picture)
    found = histograms(colours)
    return np.concatenate(
        [
            luminance_warm_cool(found),
            saturation_warm_cool(found, planes),
            luminance_contrast(colours.brightness),
            area_statistics(found),
        ]
    )


@some
def test_histograms_are_means_of_the_memberships_of_each_pixel(name: str) -> None:
    colours = hsy(PICTURES[name])
    warm = is_warm(colours.hue)[..., None]
    bright, saturated = (
        partition(colours.brightness, BRIGHTNESS),
        partition(colours.saturation, SATURATION)[..., ::-1],
    )
    parts = [
        np.stack([(one * warm).mean(axis=(0, 1)), (one * ~warm).mean(axis=(0, 1))], axis=1).ravel()
        for one in (bright, saturated)
    ]
    shares = [bright.mean(axis=(0, 1)), [warm.mean(), 1 - warm.mean()], saturated.mean(axis=(0, 1))]
    found = whole(PICTURES[name])
    np.testing.assert_allclose(found[:16], np.concatenate(parts), atol=1e-12)
    np.testing.assert_allclose(found[19:], np.concatenate(shares), atol=1e-12)


@some
def test_contrast_is_the_distance_from_the_mean_colour(name: str) -> None:
    pixels = lab(PICTURES[name])[..., 1:].reshape(-1, 2)
    off = pixels - pixels.mean(axis=0)
    wanted = sum(float(a * a + b * b) for a, b in off) / (len(pixels) - 1)
    assert colour_contrast(lab(PICTURES[name])) == pytest.approx(wanted**0.5)


@some
def test_sharpness_is_that_of_the_steepest_pixels_of_a_library(name: str) -> None:
    brightness = hsy(PICTURES[name]).brightness
    steepness = np.hypot(
        *(scipy.ndimage.sobel(brightness, axis, mode="nearest") for axis in (0, 1))
    )
    steepest = sorted(steepness.ravel(), reverse=True)[: int(0.005 * brightness.size)]
    assert edge_sharpness(brightness) == pytest.approx(np.mean(steepest))


def test_a_small_picture_has_the_sharpness_of_its_steepest_pixel() -> None:
    assert edge_sharpness(hsy(checker(8, 8, 4)).brightness) == pytest.approx(4.0)


def test_a_checker_is_as_strong_and_sharp_as_can_be() -> None:
    found = luminance_contrast(hsy(checker(96, 64, 32)).brightness)
    np.testing.assert_allclose(found, [0.25, 4.0], atol=1e-9)


def test_a_grey_picture_is_warm_and_of_low_saturation() -> None:
    found = histograms(hsy(ramp(20, 90)))
    assert found.saturation.warm.tolist() == pytest.approx([1, 0, 0])
    assert area_statistics(found)[5] == pytest.approx(1.0)


@some
def test_memberships_sum_to_one(name: str) -> None:
    found = whole(PICTURES[name])
    sums = [part.sum() for part in np.split(found, [10, 16, 19, 24, 26])]
    assert [sums[at] for at in (0, 1, 3, 4, 5)] == pytest.approx([1, 1, 1, 1, 1])


@settings(max_examples=25)
@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_one_colour_has_no_contrast(red: int, green: int, blue: int) -> None:
    found = whole(plain(9, 8, red, green, blue))
    np.testing.assert_allclose(found[16:19], 0, atol=1e-9)
    assert ((found >= 0) & (found <= 1 + 1e-12)).all()


@some
def test_where_a_colour_stands_does_not_matter_to_the_histograms(name: str) -> None:
    picture = PICTURES[name]
    mixed = np.random.default_rng(1).permutation(picture.reshape(-1, 3)).reshape(picture.shape)
    kept = [*range(18), *range(19, 29)]  # all but sharpness
    np.testing.assert_allclose(whole(mixed)[kept], whole(picture)[kept], atol=1e-9)


@some
def test_a_mirrored_picture_has_the_same_values(name: str) -> None:
    picture = PICTURES[name]
    np.testing.assert_allclose(whole(picture[:, ::-1].copy()), whole(picture), atol=1e-9)
