"""Where the figure of a picture stands, and how the picture is balanced and framed.

References:
    Wang, Jia, Yin and Cai (2013), Interpretable aesthetic features for affective image
    classification, ICIP: the group composition.

Differs:
    The paper's formulas could not be read; these three values are our choice.
"""

from itertools import product

import numpy as np
from jaxtyping import Bool, Float

from affekt.blocks.colours import Plane

Mask = Bool[np.ndarray, "row column"]
POWER_POINTS = np.array(list(product((1 / 3, 2 / 3), repeat=2)))  # shares of height and width


def composition(brightness: Plane, is_figure: Mask) -> Float[np.ndarray, "3"]:
    """Give how far the figure is from the rule of thirds, the left-right similarity, and the frame.

    Args:
        brightness: 0–1.
        is_figure: See `affekt.blocks.figure_ground.figure`.

    Returns:
        The distance of the figure's centroid from the nearest crossing of the lines at one and two
        thirds, as a share of the diagonal, 0 to 1/3, and 1/6 for the middle of the picture, where
        no figure is; 1 minus the mean absolute difference of brightness between the picture and its
        mirror image, 0–1; width / (width + height).
    """
    size = np.array(brightness.shape)
    inside = np.argwhere(is_figure)
    centroid = inside.mean(axis=0) + 0.5 if len(inside) else size / 2
    away = np.hypot(*(POWER_POINTS * size - centroid).T).min() / np.hypot(*size)
    similarity = 1 - np.abs(brightness - brightness[:, ::-1]).mean()
    return np.array([away, similarity, size[1] / size.sum()])
