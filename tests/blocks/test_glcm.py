"""Co-occurrence of levels."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data
from skimage.feature import graycomatrix, graycoprops

from affekt.blocks.colours import hsy
from affekt.blocks.glcm import glcm
from tests.blocks.pictures import checker, noise, painted, plain, ramp

PICTURES = {
    "painted": painted(30, 41),
    "noise": noise(24, 31),
    "photograph": data.coffee()[::20, ::20].copy(),
}


def slow(plane: np.ndarray) -> list[float]:
    pairs = np.zeros((8, 8))
    for row in plane:
        for left, right in pairwise(row):
            pairs[min(int(8 * left), 7), min(int(8 * right), 7)] += 1
    cells = [(i, j, pairs[i, j] / pairs.sum()) for i in range(8) for j in range(8)]
    mi, mj = sum(i * p for i, _, p in cells), sum(j * p for _, j, p in cells)
    si = sum((i - mi) ** 2 * p for i, _, p in cells) ** 0.5
    sj = sum((j - mj) ** 2 * p for _, j, p in cells) ** 0.5
    return [
        sum((i - j) ** 2 * p for i, j, p in cells),
        sum((i - mi) * (j - mj) * p for i, j, p in cells) / (si * sj),
        sum(p * p for *_, p in cells),
        sum(p / (1 + abs(i - j)) for i, j, p in cells),
    ]


@pytest.mark.parametrize("name", PICTURES)
def test_values_are_what_a_loop_over_pairs_finds(name: str) -> None:
    colours = hsy(PICTURES[name])
    found = glcm(colours).reshape(4, 3).T
    planes = (colours.hue / (2 * np.pi), colours.saturation, colours.brightness)
    np.testing.assert_allclose(found, [slow(plane) for plane in planes], atol=1e-12)


def test_contrast_correlation_and_energy_are_those_of_a_library() -> None:
    brightness = hsy(PICTURES["photograph"]).brightness
    levels = np.minimum(8 * brightness, 7).astype(np.uint8)
    matrix = graycomatrix(levels, [1], [0], 8, normed=True)
    wanted = [graycoprops(matrix, name)[0, 0] for name in ("contrast", "correlation", "ASM")]
    np.testing.assert_allclose(glcm(hsy(PICTURES["photograph"])).reshape(4, 3)[:3, 2], wanted)


@settings(max_examples=25)
@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_one_colour_is_wholly_alike(red: int, green: int, blue: int) -> None:
    found = glcm(hsy(plain(9, 8, red, green, blue))).reshape(4, 3)
    np.testing.assert_allclose(found, np.array([[0, 1, 1, 1]] * 3).T, atol=1e-12)


@pytest.mark.parametrize("name", PICTURES)
def test_a_mirrored_picture_has_the_same_values(name: str) -> None:
    picture = PICTURES[name]
    np.testing.assert_allclose(glcm(hsy(picture[:, ::-1].copy())), glcm(hsy(picture)), atol=1e-9)


def test_a_checker_correlates_and_noise_does_not() -> None:
    assert glcm(hsy(checker(128, 128, 32)))[5] > 0.9
    assert np.abs(glcm(hsy(noise(400, 500)))[3:6]).max() < 0.02


@pytest.mark.parametrize("picture", [ramp(9, 100), checker(20, 20, 1), noise(50, 50)])
def test_values_are_in_their_range(picture: np.ndarray) -> None:
    contrast, correlation, energy, homogeneity = glcm(hsy(picture)).reshape(4, 3)
    assert contrast.max() <= 49
    assert np.abs(correlation).max() <= 1
    assert min(energy.min(), homogeneity.min()) > 0
    assert max(energy.max(), homogeneity.max()) <= 1 + 1e-12
