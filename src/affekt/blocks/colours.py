r"""Colour spaces that the papers work in.

Pictures are 8-bit sRGB, row × column × 3. HSY is the improved HLS of Hanbury (2008), "Constructing
cylindrical coordinate colour spaces", Pattern Recognition Letters 29: its saturation is the chroma,
1 for pure red and 0 for grey, not divided by the brightness as in HSV.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, UInt8
from skimage.color import rgb2lab, rgb2luv  # type: ignore[attr-defined]

from affekt.blocks.circular import TURN

Picture = UInt8[np.ndarray, "row column 3"]
Resized = UInt8[np.ndarray, "new_row new_column 3"]
Plane = Float[np.ndarray, "row column"]
Planes = Float[np.ndarray, "row column 3"]

LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601
ROOT_3 = np.sqrt(3.0)


class Hsy(NamedTuple):
    """Hue, rad, 0 ≤ hue < 2 pi and 0 for greys; saturation and brightness, 0–1."""

    hue: Plane
    saturation: Plane
    brightness: Plane


def hsy(picture: Picture) -> Hsy:
    r"""Give hue, saturation and brightness.

    :math:`Y = 0.299R + 0.587G + 0.114B`, :math:`S = \max - \min`,
    :math:`H = \operatorname{atan2}(\frac{\sqrt3}{2}(G - B), R - \frac{G + B}{2}) \bmod 2\pi`.
    """
    red, green, blue = (picture[..., channel].astype(np.float64) for channel in range(3))
    hue = np.arctan2(ROOT_3 / 2 * (green - blue), red - (green + blue) / 2)
    hue[hue < 0] += TURN
    hue[hue >= TURN] = 0.0
    most = picture.max(axis=-1).astype(np.float64)
    saturation = (most - picture.min(axis=-1)) / 255
    return Hsy(hue, saturation, (picture @ LUMA) / 255)


def lab(picture: Picture) -> Planes:
    """Give CIELAB: L* 0–100, a* and b* about ±110; D65, 2° observer, float64."""
    planes: Planes = rgb2lab(picture / 255)
    return planes


def luv(picture: Picture) -> Planes:
    """Give CIELUV: L* 0–100, u* and v* about -83 … 175; D65, 2° observer, float64."""
    planes: Planes = rgb2luv(picture / 255)
    return planes
