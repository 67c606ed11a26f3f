"""Edges and the straight lines among them.

References:
    Canny (1986), A computational approach to edge detection, IEEE PAMI 8.
    Galamhos, Matas and Kittler (1999), Progressive probabilistic Hough transform for line
    detection, CVPR.
"""

from typing import NamedTuple

import cv2
import numpy as np
from jaxtyping import Bool, Float
from skimage.feature import canny

from affekt.blocks.colours import Plane

Mask = Bool[np.ndarray, "row column"]
LEAST_VOTES = 10
LEAST_LENGTH = 0.05  # of the diagonal
GAP_PX = 3


class Lines(NamedTuple):
    """Straight pieces: both ends, px, column and row; their lengths and directions.

    Attributes:
        ends: x and y of one end, x and y of the other.
        lengths: px.
        slants: Angle to the horizontal, degrees, 0 ≤ slant < 180, turning as the rows go down.
    """

    ends: Float[np.ndarray, "line 4"]
    lengths: Float[np.ndarray, " line"]
    slants: Float[np.ndarray, " line"]


def edges(brightness: Plane, sigma_px: float) -> Mask:
    """Give the edges that Canny's detector finds in values from 0 to 1."""
    found: Mask = canny(brightness, sigma=sigma_px)
    return found


def lines(is_edge: Mask) -> Lines:
    """Give the straight lines of at least 5 % of the diagonal; the order is that of the search.

    The search draws points at random from a fixed seed, so that the same edges give the same lines.
    """
    shortest = LEAST_LENGTH * float(np.hypot(*is_edge.shape))
    found = cv2.HoughLinesP(
        is_edge.astype(np.uint8) * 255,
        1,
        np.pi / 180,
        LEAST_VOTES,
        minLineLength=shortest,
        maxLineGap=GAP_PX,
    )
    ends = np.zeros((0, 4)) if found is None else found.reshape(-1, 4).astype(np.float64)
    along, across = ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]
    slants = np.rad2deg(np.arctan2(across, along)) % 180
    return Lines(ends, np.hypot(along, across), slants)
