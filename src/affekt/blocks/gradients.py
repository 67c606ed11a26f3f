"""Which way a picture grows brighter, and how steeply: Sobel's gradient."""

from typing import NamedTuple

import cv2
import numpy as np
from jaxtyping import UInt8

from affekt.blocks.colours import Plane

Eighths = UInt8[np.ndarray, "row column"]


class Gradient(NamedTuple):
    """Sobel's sums, not divided by 8: along the row to the right, across it down."""

    along: Plane
    across: Plane


def gradient(plane: Plane) -> Gradient:
    """Give the gradient, edges replicated; exact where the values are whole numbers."""
    along, across = (
        cv2.Sobel(plane, cv2.CV_64F, *axis, borderType=cv2.BORDER_REPLICATE)
        for axis in ((1, 0), (0, 1))
    )
    return Gradient(along, across)


def eighths(slopes: Gradient) -> Eighths:
    """Give the eighth of the circle of each direction, 0–7, from right to down; 0 for no gradient.

    Found by comparing the two sums, so that a slope of exactly 45° is always in the same eighth.
    """
    x, y = slopes
    is_behind = (y < 0) | ((y == 0) & (x < 0))
    x, y = np.where(is_behind, -x, x), np.where(is_behind, -y, y)
    is_beyond = (x < 0) | ((x == 0) & (y > 0))
    x, y = np.where(is_beyond, y, x), np.where(is_beyond, -x, y)
    is_steep = (y >= x) & (y > 0)
    found: Eighths = 4 * is_behind.astype(np.uint8) + 2 * is_beyond.astype(np.uint8)
    return found + is_steep.astype(np.uint8)
