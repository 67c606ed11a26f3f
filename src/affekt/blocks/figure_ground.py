"""What stands out in a picture, and how it differs from what is behind it.

References:
    Wang, Jia, Yin and Cai (2013), Interpretable aesthetic features for affective image
    classification, ICIP: the group figure-ground relationship.
    Otsu (1979), A threshold selection method from gray-level histograms, IEEE SMC 9.

Differs:
    The paper's formulas could not be read; what is the figure, and these four values, are our
    choice.
"""

import cv2
import numpy as np
from jaxtyping import Bool, Float
from skimage.filters import threshold_otsu

from affekt.blocks.colours import Planes
from affekt.blocks.saliency import Map

Mask = Bool[np.ndarray, "row column"]
FARTHEST = 100.0  # distance in CIELAB of black and white


def figure(saliency: Map, shape: tuple[int, int]) -> Mask:
    """Tell which pixels of a picture of that height and width belong to its figure.

    They are where the saliency, stretched over the picture, is above the threshold of Otsu. Where
    the eye is drawn nowhere in particular, no pixel does.
    """
    if saliency.min() == saliency.max():
        return np.zeros(shape, bool)
    stretched = cv2.resize(saliency, shape[::-1], interpolation=cv2.INTER_LINEAR)
    standing_out: Mask = stretched > threshold_otsu(saliency)
    return standing_out


def figure_ground(is_figure: Mask, lab: Planes, is_edge: Mask) -> Float[np.ndarray, "4"]:
    """Give the figure's share, its distance in colour from the ground, and the edges of both.

    Args:
        is_figure: See `figure`.
        lab: CIELAB of each pixel.
        is_edge: See `affekt.blocks.lines.edges`.

    Returns:
        The share of the pixels in the figure; the distance of the mean colours of figure and
        ground, in CIELAB, divided by 100, so that black on white is 1; the share of edge pixels in
        the figure; the same in the ground. Where figure or ground is empty, the distance and its
        share of edges are 0.
    """
    share = is_figure.mean()
    edges = [is_edge[inside].mean() if inside.any() else 0.0 for inside in (is_figure, ~is_figure)]
    if share in (0, 1):
        return np.array([share, 0.0, *edges])
    means = [lab[inside].mean(axis=0) for inside in (is_figure, ~is_figure)]
    return np.array([share, np.linalg.norm(means[0] - means[1]) / FARTHEST, *edges])
