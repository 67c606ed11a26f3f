"""Tamura's coarseness, contrast and directionality."""

import numpy as np
import pytest
import scipy.ndimage
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from affekt.blocks.tamura import coarseness, contrast, directionality, tamura
from affekt.blocks.view import View
from tests.blocks.pictures import Picture, checker, noise, painted, ramp

PICTURES = {
    "painted": painted(24, 26),
    "noise": noise(17, 40),
    "checker": checker(24, 32, 8),
    "photograph": data.astronaut()[:200:8, 100:308:8].copy(),
    "least": noise(8, 8),
}
some = pytest.mark.parametrize("name", PICTURES)


def grey_of(picture: Picture) -> np.ndarray:
    return View(picture).grey


def slow_coarseness(grey: np.ndarray) -> float:
    """One pixel and one window at a time, on a picture surrounded by its mirror images."""
    levels = min(5, int(np.log2(min(grey.shape))) - 1)
    margin = 2**levels
    wide = np.pad(grey, margin, mode="symmetric")

    def mean(row: int, column: int, p: int) -> float:
        return float(wide[row - p : row + p, column - p : column + p].mean())

    sizes = []
    for row in range(margin, margin + grey.shape[0]):
        for column in range(margin, margin + grey.shape[1]):
            found = [
                max(
                    abs(mean(row, column + p, p) - mean(row, column - p, p)),
                    abs(mean(row + p, column, p) - mean(row - p, column, p)),
                )
                for p in (2**k for k in range(levels))
            ]
            best = next(k for k, one in enumerate(found) if one > max(found) - 1e-9)
            sizes.append(2 ** (best + 1))
    return float(np.mean(sizes))


def slow_directionality(grey: np.ndarray) -> float:
    kernel = np.array([[-1, 0, 1]] * 3)
    along = scipy.ndimage.correlate(grey, kernel)[1:-1, 1:-1]
    across = scipy.ndimage.correlate(grey, -kernel.T)[1:-1, 1:-1]
    counts = [0] * 16
    for h, v in zip(along.ravel(), across.ravel(), strict=True):
        angle = (np.arctan2(v, h) + np.pi / 2) % np.pi
        counts[int(16 * angle / np.pi + 0.5) % 16] += (abs(h) + abs(v)) / 2 >= 12
    peak = counts.index(max(counts))
    far = [min(abs(at - peak), 16 - abs(at - peak)) for at in range(16)]
    return 1 - sum(d * d * n for d, n in zip(far, counts, strict=True)) / sum(counts) / 64


@some
def test_coarseness_is_what_a_loop_over_windows_finds(name: str) -> None:
    grey = grey_of(PICTURES[name])
    assert coarseness(grey) == pytest.approx(slow_coarseness(grey), abs=1e-12)


@some
def test_contrast_is_made_of_the_moments_of_a_library(name: str) -> None:
    grey = grey_of(PICTURES[name])
    kurtosis = scipy.stats.kurtosis(grey, axis=None, fisher=False)
    assert contrast(grey) == pytest.approx(grey.std() / kurtosis**0.25)


@some
def test_directionality_is_what_a_loop_over_pixels_finds(name: str) -> None:
    grey = grey_of(PICTURES[name])
    assert directionality(grey) == pytest.approx(slow_directionality(grey), abs=1e-12)


@settings(max_examples=25)
@given(st.integers(0, 255), st.integers(8, 40), st.integers(8, 40))
def test_a_flat_picture_is_fine_without_contrast_and_direction(
    level: int, height: int, width: int
) -> None:
    grey = np.full((height, width), float(level))
    np.testing.assert_array_equal(tamura(grey), [2.0, 0.0, 0.0])


def test_a_balanced_checker_has_the_contrast_of_half_a_range() -> None:
    assert contrast(grey_of(checker(64, 128, 32))) == pytest.approx(127.5, abs=0.01)


def test_a_slow_ramp_has_no_direction_and_a_steep_one_has_one() -> None:
    assert directionality(grey_of(ramp(20, 220))) == 0.0
    assert directionality(grey_of(ramp(20, 40))) == 1.0


def test_noise_is_fine_and_large_blocks_are_coarse() -> None:
    assert coarseness(grey_of(noise(120, 120))) < 3
    assert coarseness(grey_of(checker(256, 256, 64))) > 16


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**31), st.integers(8, 50), st.integers(8, 50))
def test_values_are_in_their_range(seed: int, height: int, width: int) -> None:
    coarse, strong, directed = tamura(grey_of(noise(height, width, seed)))
    assert 2 <= coarse <= 32
    assert 0 < strong <= 127.5
    assert 0 <= directed <= 1


@some
def test_half_a_turn_and_inversion_change_neither_contrast_nor_direction(name: str) -> None:
    grey = grey_of(PICTURES[name])
    np.testing.assert_allclose(tamura(grey[::-1, ::-1])[1:], tamura(grey)[1:])
    np.testing.assert_allclose(tamura(255 - grey), tamura(grey))
