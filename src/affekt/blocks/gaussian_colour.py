"""The Gaussian colour model: intensity and two opponent colours, smoothed by Gaussians.

Beyond the frame a picture goes on as its mirror image: with zeros there, the frame would be the
strongest edge of many pictures.
"""

import cv2
import numpy as np
from jaxtyping import Float

from affekt.blocks.colours import Picture, Plane, Planes

Kernel = Float[np.ndarray, " tap"]

CHANNELS = ("intensity", "yellow_blue", "red_green")
FROM_RGB = np.array([[0.06, 0.63, 0.27], [0.30, 0.04, -0.35], [0.34, -0.60, 0.17]])
WIDTHS = 4.0  # of the Gaussian, where its kernel is cut
DARKEST = 0.01  # added to the intensity before dividing by it, so that black stays finite


def gaussian_colour(picture: Picture) -> Planes:
    r"""Give intensity :math:`E` and the opponent colours :math:`E_\lambda, E_{\lambda\lambda}`.

    :math:`E = 0.06R + 0.63G + 0.27B`, :math:`E_\lambda = 0.30R + 0.04G - 0.35B`,
    :math:`E_{\lambda\lambda} = 0.34R - 0.60G + 0.17B` of 0–1. Ranges: 0 … 0.96, -0.35 … 0.34,
    -0.60 … 0.51. A grey has small opponent colours, not none: the rows do not sum to 0.

    References:
        Geusebroek, van den Boomgaard, Smeulders and Geerts (2001), Color invariance, IEEE
        Transactions on Pattern Analysis and Machine Intelligence 23.
    """
    planes: Planes = (picture / 255) @ FROM_RGB.T
    return planes


def smooth(scale: float) -> Kernel:
    """Give a Gaussian, cut at four times its scale (px) and made to sum to 1."""
    reach = int(WIDTHS * scale + 0.5)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / scale) ** 2)
    kernel: Kernel = weights / weights.sum()
    return kernel


def slope(scale: float) -> Kernel:
    """Give the first derivative of `smooth`, as weights of a correlation: rising is positive."""
    kernel = smooth(scale)
    reach = len(kernel) // 2
    rising: Kernel = np.arange(-reach, reach + 1) / scale**2 * kernel
    return rising


def filtered(planes: Planes, along_rows: Kernel, along_columns: Kernel) -> Planes:
    """Give each plane correlated with two kernels: one from left to right, one from top to bottom.

    The type of the values stays: float32 or float64.
    """
    made: Planes = cv2.sepFilter2D(
        planes, -1, along_rows, along_columns, borderType=cv2.BORDER_REFLECT
    )
    return made


def illumination(planes: Planes, scale: float) -> Plane:
    """Give the smoothed intensity and 0.01, by which responses are divided to be free of light."""
    plane = np.ascontiguousarray(planes[..., 0])
    around = cv2.sepFilter2D(plane, -1, smooth(scale), smooth(scale), borderType=cv2.BORDER_REFLECT)
    light: Plane = around + plane.dtype.type(DARKEST)
    return light
