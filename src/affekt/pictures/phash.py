"""The perceptual hash: 64 bits that hardly change when a picture is resized or re-compressed."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE_PX = 32
KEPT = 8  # frequencies a side
FLAT_STD = 2.0  # grey levels; below, the bits are mostly rounding noise
STEP = 256.0  # coefficients are rounded to 1/256


def _cosines() -> NDArray[np.float64]:  # frequency, pixel
    frequency, pixel = np.arange(KEPT)[:, None], np.arange(SIDE_PX)[None, :]
    cosines = np.cos(np.pi * frequency * (2 * pixel + 1) / (2 * SIDE_PX)) * np.sqrt(2 / SIDE_PX)
    cosines[0] /= np.sqrt(2)
    return np.asarray(cosines, np.float64)


COSINES = _cosines()


def small(luma: Image.Image) -> Image.Image:
    """Give the picture as 32 × 32 area means."""
    return luma.resize((SIDE_PX, SIDE_PX), Image.Resampling.BOX)


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
    if pixels.std() < FLAT_STD:
        return None
    low = np.rint(COSINES @ pixels @ COSINES.T * STEP).astype(np.float32).ravel()
    bits = low > np.median(low)
    return int.from_bytes(np.packbits(bits).tobytes(), "big")
