"""Variety: how many colours there are, and how many kinds of slopes."""

import numpy as np
from jaxtyping import Float

from affekt.blocks.circular import TURN
from affekt.blocks.colour_names import NAMES, Shares
from affekt.blocks.colours import Plane
from affekt.blocks.emphasis import n_present
from affekt.blocks.gradients import gradient

DIRECTIONS = 8
EDGES = (2.0, 4.0, 8.0, 16.0, 32.0)  # grey levels a pixel, between six magnitudes
SOBEL = 8.0  # a slope of 1 a pixel has this sum


def colour_variety(names: Shares) -> Float[np.ndarray, "12"]:
    """Give how many of the eleven named colours are present, over eleven, and the share of each.

    A colour is present with at least 0.5 % of the pixels.

    References:
        Zhao et al. (2014), Exploring principles-of-art features for image emotion recognition, ACM
        Multimedia: variety of colours.

    Differs:
        Code made after the paper counts pixels; shares do not depend on the size. The least share
        is our choice.
    """
    return np.concatenate([[n_present(names) / len(NAMES)], names])


def gradient_variety(grey: Plane) -> Float[np.ndarray, "48"]:
    r"""Give the share of the pixels with each direction and magnitude of the gradient.

    Eight directions, centred on right, then turning as the rows go down; for each six magnitudes of
    Sobel's gradient, with 2, 4, 8, 16 and 32 grey levels a pixel between them, an edge belonging to
    the greater. No gradient is the first direction and magnitude.

    Args:
        grey: Whole numbers, 0–255.

    Returns:
        48 shares, ``6 direction + magnitude``; they sum to 1.

    References:
        Zhao et al. (2014), ACM Multimedia: variety of gradients.

    Differs:
        How 48 divides into directions and magnitudes is our choice.
    """
    along, across = gradient(grey)
    turns = np.arctan2(across, along) / TURN
    direction = np.floor(DIRECTIONS * turns + 0.5).astype(np.int64) % DIRECTIONS
    squared = along**2 + across**2
    magnitude = sum((squared >= (SOBEL * edge) ** 2).astype(np.int64) for edge in EDGES)
    cells = direction * (len(EDGES) + 1) + magnitude
    n_cells = DIRECTIONS * (len(EDGES) + 1)
    return np.bincount(cells.ravel(), minlength=n_cells) / grey.size
