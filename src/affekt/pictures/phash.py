"""Two perceptual hashes: 64 bits each that hardly change when a picture is resized or re-encoded.

They look at different things, frequencies and neighbours, so that what both call a copy is one.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

WIDTH = 64  # bits of a hash
MOST_BITS = 16  # in which near pictures may differ
SIDE_PX = 32
SQUARE, STEPS = (SIDE_PX, SIDE_PX), (9, 8)  # width and height that `phash` and `dhash` take
KEPT = 8  # frequencies a side
FLAT_STD = 2.0  # grey levels; below, the bits are mostly rounding noise
STEP = 256.0  # coefficients are rounded to 1/256


def _cosines() -> NDArray[np.float64]:  # frequency, pixel
    frequency, pixel = np.arange(KEPT)[:, None], np.arange(SIDE_PX)[None, :]
    cosines = np.cos(np.pi * frequency * (2 * pixel + 1) / (2 * SIDE_PX)) * np.sqrt(2 / SIDE_PX)
    cosines[0] /= np.sqrt(2)
    return np.asarray(cosines, np.float64)


COSINES = _cosines()


def means(luma: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Give the picture as so many area means, across and down."""
    return luma.resize(size, Image.Resampling.BOX)


def phash(luma: NDArray[np.uint8]) -> int | None:
    """Perceptual hash, version 1, of an upright picture's 32 × 32 luma; None when it is flat.

    The lowest 8 × 8 frequencies of the orthogonal DCT-II; a bit is 1 where the coefficient is
    greater than the median of the 64. The first bit (highest value) is the mean, then row by row.

    Coefficients are rounded to 1/256 first. Those that are zero by symmetry are then zero on every
    machine; without it, rounding noise would decide half the bits of a mirrored picture.

    References:
        Zauner (2010), Implementation and benchmarking of perceptual image hash functions, thesis,
        Upper Austria University of Applied Sciences, Hagenberg.

    Differs:
        All 64 low frequencies instead of those behind the first row and column, area means instead
        of a filtered picture, and the rounding.
    """
    pixels = luma.astype(np.float64)
    if _is_flat(pixels.ravel()):
        return None
    low = np.rint(COSINES @ pixels @ COSINES.T * STEP).ravel()
    lower_middle = len(low) // 2 - 1  # above it is above the median, which lies behind it
    bits = low > np.partition(low, lower_middle)[lower_middle]
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def _is_flat(values: NDArray[np.float64]) -> bool:
    """Tell whether whole numbers hardly vary; every sum is exact, so every machine agrees."""
    n, total = len(values), values.sum()
    return bool(n * (values @ values) - total * total < (n * FLAT_STD) ** 2)


def dhash(luma: NDArray[np.uint8]) -> int:
    """Difference hash, version 1, of an upright picture's luma, 8 rows of 9.

    A bit is 1 where a mean is brighter than the one on its left; row by row from the top left,
    the first bit has the highest value. That a flat picture has none is for the caller to say: ask
    `phash`.

    References:
        Krawetz (2013), Kind of like that, The Hacker Factor Blog.
    """
    return int.from_bytes(np.packbits(luma[:, 1:] > luma[:, :-1]).tobytes(), "big")
