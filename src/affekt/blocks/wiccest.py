"""Edges of three colours, free of the strength of light, told by two numbers each."""

from itertools import product

import numpy as np
from jaxtyping import Float, Float32

from affekt.blocks.colours import Planes
from affekt.blocks.gaussian_colour import CHANNELS, filtered, illumination, slope, smooth
from affekt.blocks.regions import boxes
from affekt.blocks.weibull import binned, fitted_bins

SCALES = (1.0, 3.0)  # px
DIRECTIONS = ("x", "y")
EDGES = tuple(product(CHANNELS, DIRECTIONS))  # the six responses, in order
ITEMS = tuple(f"{channel}_{way}_{word}" for word in ("beta", "gamma") for channel, way in EDGES)

Responses = Float32[np.ndarray, "6 row column"]


def edges(planes: Planes, scale: float) -> Responses:
    """Give the slope of each colour from left to right and from top to bottom, over the light.

    Args:
        planes: The Gaussian colour model, float64.
        scale: Of the Gaussian, px.
    """
    light = illumination(planes, scale)[..., None]
    along, across = slope(scale), smooth(scale)
    ways = (filtered(planes, along, across) / light, filtered(planes, across, along) / light)
    both = np.stack(ways, axis=-1).astype(np.float32)
    return np.ascontiguousarray(both.reshape(*planes.shape[:2], 6).transpose(2, 0, 1))


def wiccest(responses: Responses) -> Float[np.ndarray, "12"]:
    """Give width and shape of the whole picture's edges: six widths, then six shapes.

    References:
        Geusebroek and Smeulders (2005); van Gemert, Geusebroek, Veenman, Snoek and Smeulders
        (2006), Robust scene categorization by learning image statistics in context, CVPR workshop.

    Differs:
        Scales of 1 and 3 px could not be checked against the papers. The 0.01 added to the light is
        our choice, and so is the mirror image beyond the frame, where public code has zeros.
    """
    return np.concatenate(fitted_bins(binned(responses.reshape(6, -1))))


def wiccest_of_regions(responses: Responses) -> Float[np.ndarray, "130 12"]:
    """Give the same for each region of `affekt.blocks.regions`, each about its own median."""
    places = boxes(*responses.shape[1:])
    counts = [binned(responses[:, rows, columns].reshape(6, -1)) for rows, columns in places]
    return np.concatenate(
        [one.reshape(len(places), 6) for one in fitted_bins(np.concatenate(counts))], axis=1
    )
