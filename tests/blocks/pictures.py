"""Pictures that the tests of blocks look at, made from integers alone."""

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


def plain(height: int, width: int, *colour: int) -> Picture:
    return np.broadcast_to(np.array(colour, np.uint8), (height, width, 3)).copy()


def noise(height: int, width: int, seed: int = 3) -> Picture:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def ramp(height: int, width: int) -> Picture:
    """Black on the left, white on the right."""
    levels = np.rint(np.linspace(0, 255, width)).astype(np.uint8)
    return np.broadcast_to(levels[None, :, None], (height, width, 3)).copy()


def checker(height: int, width: int, side: int) -> Picture:
    row, column = np.mgrid[:height, :width]
    is_white = (row // side + column // side) % 2 == 0
    return np.repeat(np.where(is_white, 255, 0).astype(np.uint8)[..., None], 3, axis=2)


def painted(height: int, width: int) -> Picture:
    """Edges, slopes and every channel at work."""
    row, column = np.mgrid[:height, :width]
    red = (row * 255) // max(height - 1, 1)
    green = (column * column + 3 * row) % 256
    blue = 255 * ((row // 8 + column // 12) % 2)
    return np.stack([red, green, blue], axis=-1).astype(np.uint8)
