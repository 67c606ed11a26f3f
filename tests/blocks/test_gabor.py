"""Gabor filters, against plain convolution with whole kernels."""

import numpy as np
import pytest
from scipy import ndimage

from affekt.blocks.gabor import FILTERS, TUNINGS, gabor, gabor_cells, gabor_energies
from affekt.blocks.gaussian_colour import gaussian_colour
from affekt.blocks.regions import cell_of
from tests.blocks.pictures import Picture, noise, painted, plain


def told(picture: Picture) -> dict[str, np.ndarray]:
    return dict(zip(FILTERS, gabor(gaussian_colour(picture)), strict=True))


def wave(cycles: float, degrees: float, side: int = 80) -> Picture:
    row, column = np.mgrid[:side, :side]
    angle = np.deg2rad(degrees)
    phase = 2 * np.pi * cycles * (np.cos(angle) * column + np.sin(angle) * row)
    return np.repeat(np.rint(127 + 100 * np.cos(phase)).astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize("tuning", TUNINGS, ids=lambda one: one.name)
@pytest.mark.parametrize("degrees", [0, 45, 90, 135])
def test_a_magnitude_is_that_of_a_whole_kernel(
    tuning: tuple[str, float, float], degrees: int
) -> None:
    name, scale, frequency = tuning
    picture = painted(40, 52)
    planes = gaussian_colour(picture)
    reach = int(4 * scale + 0.5)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    angle = np.deg2rad(degrees)
    bell = np.exp(-(x**2 + y**2) / (2 * scale**2))
    kernel = bell / bell.sum()
    kernel = kernel * np.exp(2j * np.pi * frequency * (x * np.cos(angle) + y * np.sin(angle)))
    light = ndimage.gaussian_filter(planes[..., 0], scale, mode="reflect") + 0.01
    answer = np.abs(ndimage.convolve(planes[..., 1], kernel, mode="reflect")) / light
    np.testing.assert_allclose(told(picture)[f"{name}_yellow_blue_{degrees}"], answer, atol=2e-6)


@pytest.mark.parametrize("tuning", TUNINGS, ids=lambda one: one.name)
@pytest.mark.parametrize("degrees", [0, 45, 90, 135])
def test_a_wave_is_answered_by_its_own_filter_most(
    tuning: tuple[str, float, float], degrees: int
) -> None:
    name, _, frequency = tuning
    answers = told(wave(frequency, degrees))
    means = {
        way: answers[f"{name}_intensity_{way}"][20:60, 20:60].mean() for way in (0, 45, 90, 135)
    }
    assert max(means, key=lambda way: means[way]) == degrees


@pytest.mark.parametrize("tuning", TUNINGS, ids=lambda one: one.name)
def test_an_even_plane_is_answered_by_a_quarter_of_it(tuning: tuple[str, float, float]) -> None:
    """The Fourier transform of a Gaussian, at the frequency of the filter."""
    name, scale, frequency = tuning
    planes = gaussian_colour(plain(40, 40, 120, 130, 90))
    answer = gabor(planes)[FILTERS.index(f"{name}_intensity_0")]
    light = planes[0, 0, 0]
    expected = np.exp(-2 * (np.pi * scale * frequency) ** 2) * light / (light + 0.01)
    np.testing.assert_allclose(answer, expected, rtol=2e-3)


def test_a_mirror_exchanges_the_slants() -> None:
    picture = painted(48, 60)
    one, other = told(picture), told(picture[:, ::-1].copy())
    np.testing.assert_allclose(
        other["fine_red_green_45"][:, ::-1], one["fine_red_green_135"], atol=1e-5
    )
    np.testing.assert_allclose(
        other["coarse_intensity_0"][:, ::-1], one["coarse_intensity_0"], atol=1e-5
    )


def test_a_quarter_turn_exchanges_across_and_along() -> None:
    picture = painted(48, 60)
    one, other = told(picture), told(np.rot90(picture).copy())
    np.testing.assert_allclose(
        other["coarse_yellow_blue_90"], np.rot90(one["coarse_yellow_blue_0"]), atol=1e-5
    )


def test_cells_count_all_their_pixels_in_bins_of_a_hundredth() -> None:
    magnitudes = gabor(gaussian_colour(noise(50, 70)))
    magnitudes[0, :5] = 3.0
    found = gabor_cells(magnitudes)
    cells = cell_of(50, 70)
    assert (found.sum(axis=2) == np.bincount(cells.ravel(), minlength=144)[:, None]).all()
    edges = np.append(np.arange(101, dtype=np.float32) / 100, np.inf)
    inside = magnitudes[7][cells == 40].astype(float)
    np.testing.assert_allclose(found[40, 7], np.histogram(inside, edges)[0], atol=1)
    assert found[0, 0, 100] == (cells[:5] == 0).sum()


def test_energies_are_means_and_deviations() -> None:
    magnitudes = gabor(gaussian_colour(painted(30, 40)))
    expected = [*(one.mean() for one in magnitudes), *(one.std() for one in magnitudes)]
    np.testing.assert_allclose(gabor_energies(magnitudes), expected, rtol=1e-4)


@pytest.mark.parametrize(
    "picture",
    [noise(8, 8), plain(8, 90, 0, 0, 0), plain(9, 9, 255, 255, 255)],
    ids=["noise", "black", "white"],
)
def test_the_smallest_pictures_have_finite_magnitudes(picture: Picture) -> None:
    magnitudes = gabor(gaussian_colour(picture))
    assert np.isfinite(magnitudes).all()
    assert (magnitudes >= 0).all()
