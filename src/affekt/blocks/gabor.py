"""How much of a picture repeats itself, how finely and in which direction, in three colours."""

from itertools import product
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Float32, Int

from affekt.blocks.colours import Planes
from affekt.blocks.gaussian_colour import CHANNELS, Kernel, filtered, illumination, smooth
from affekt.blocks.regions import CELLS, cell_of

BINS = 101  # of a hundredth; the last is open


class Tuning(NamedTuple):
    """Scale of the Gaussian, px, and cycles a pixel."""

    name: str
    scale: float
    frequency: float


TUNINGS = (Tuning("coarse", 2.828, 0.094), Tuning("fine", 1.414, 0.185))
DEGREES = (0, 45, 90, 135)
FILTERS = tuple(
    f"{tuning.name}_{channel}_{degrees}"
    for tuning, degrees, channel in product(TUNINGS, DEGREES, CHANNELS)
)

Magnitudes = Float32[np.ndarray, "filter row column"]


def gabor(planes: Planes) -> Magnitudes:
    r"""Give the magnitudes of 24 Gabor filters, divided by the light, in the order of `FILTERS`.

    The filter is :math:`G_s(x, y) \exp(2\pi i (u x + v y))`. At 0° it answers to what changes from
    left to right. It answers to an even plane too: a quarter of its value.

    Args:
        planes: The Gaussian colour model.

    References:
        Yanulevskaya, van Gemert, Roth, Herbold, Sebe and Geusebroek (2008), Emotional valence
        categorization using holistic image features, ICIP; Hoang, Geusebroek and Smeulders (2005),
        Color texture measurement and segmentation, Signal Processing 85.

    Differs:
        The scales 2.828 and 1.414 and the four directions could not be checked against the paper;
        their frequencies, 0.094 and 0.185, and the 0.01 added to the light are our choice.
    """
    narrow = planes.astype(np.float32)
    return np.concatenate([_of_tuning(narrow, tuning) for tuning in TUNINGS])


def gabor_energies(magnitudes: Magnitudes) -> Float[np.ndarray, "48"]:
    """Give the mean and the deviation of each magnitude: 24 means, then 24 deviations."""
    flat = magnitudes.reshape(len(magnitudes), -1)
    return np.concatenate([flat.mean(axis=1, dtype=float), flat.std(axis=1, dtype=float)])


def gabor_cells(magnitudes: Magnitudes) -> Int[np.ndarray, "144 filter 101"]:
    """Count magnitudes in each cell of `affekt.blocks.regions`, in 101 bins from 0.

    A bin is 0.01 wide; the last counts all from 1 on. How the 101 bins of the paper lie is not
    known.
    """
    cells = cell_of(*magnitudes.shape[1:]).astype(np.int32) * BINS
    counts = np.empty((CELLS**2, len(magnitudes), BINS), np.int64)
    for number, plane in enumerate(magnitudes):
        bins = np.minimum(plane * np.float32(BINS - 1), BINS - 1).astype(np.int32)
        bins += cells
        counted = np.bincount(bins.ravel(), minlength=CELLS**2 * BINS)
        counts[:, number] = counted.reshape(-1, BINS)
    return counts


def _of_tuning(planes: Float32[np.ndarray, "row column 3"], tuning: Tuning) -> Magnitudes:
    """A filter at 45° is a product of one along rows and one along columns; 135° is its mirror."""
    plain = smooth(tuning.scale)
    cosine, sine = _waves(plain, tuning.frequency)
    even, odd = _waves(plain, tuning.frequency * np.sqrt(0.5))
    both = [[filtered(planes, row, column) for column in (even, odd)] for row in (even, odd)]
    (even_even, even_odd), (odd_even, odd_odd) = both
    pairs = (
        (filtered(planes, cosine, plain), filtered(planes, sine, plain)),
        (even_even - odd_odd, even_odd + odd_even),
        (filtered(planes, plain, cosine), filtered(planes, plain, sine)),
        (even_even + odd_odd, even_odd - odd_even),
    )
    light = illumination(planes, tuning.scale)[..., None]
    magnitudes = np.stack([np.sqrt(real**2 + turned**2) / light for real, turned in pairs])
    return magnitudes.transpose(0, 3, 1, 2).reshape(-1, *planes.shape[:2])


def _waves(kernel: Kernel, frequency: float) -> tuple[Kernel, Kernel]:
    reach = len(kernel) // 2
    phase = 2 * np.pi * frequency * np.arange(-reach, reach + 1)
    return kernel * np.cos(phase), kernel * np.sin(phase)
