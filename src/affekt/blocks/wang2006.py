"""Warm and cool at each brightness and saturation, contrast, sharpness: three factors of emotion.

References:
    Wang, Yu and Jiang (2006), Image retrieval by emotional semantics: a study of emotional space
    and feature extraction, IEEE SMC: luminance-warm-cool fuzzy histogram; saturation-warm-cool
    fuzzy histogram integrated with color contrast; luminance contrast integrated with edge
    sharpness.

Differs:
    Levels have fixed breakpoints instead of ones learnt on a collection, see
    `affekt.blocks.memberships`. Memberships are summed as they are; code made after the paper
    counts a pixel wholly for a level. Warm and cool are two halves of the hue circle, a grey is
    warm.
"""

from typing import NamedTuple

import cv2
import numpy as np
from jaxtyping import Bool, Float

from affekt.blocks.colours import Hsy, Plane, Planes
from affekt.blocks.memberships import BRIGHTNESS, SATURATION, is_warm

SHARPEST = 0.005  # share of the pixels whose gradients tell how sharp the edges are


class Histogram(NamedTuple):
    """Mean membership of the pixels in each level, of warm and of cool ones; all sum to 1."""

    warm: Float[np.ndarray, " level"]
    cool: Float[np.ndarray, " level"]


class Histograms(NamedTuple):
    """What the factors and the area statistics are made of.

    Attributes:
        brightness: Of very dark, dark, middle, light, very light.
        saturation: Of low, middle, high.
    """

    brightness: Histogram
    saturation: Histogram


def histograms(colours: Hsy) -> Histograms:
    """Give the fuzzy histograms of brightness and of saturation, apart by warm and cool."""
    is_cool = ~is_warm(colours.hue).ravel()
    return Histograms(
        _histogram(colours.brightness, BRIGHTNESS, is_cool),
        _histogram(colours.saturation, SATURATION, is_cool),
    )


def luminance_warm_cool(found: Histograms) -> Float[np.ndarray, "10"]:
    """Give factor 1: very dark and warm, very dark and cool, and so on to very light; sums to 1."""
    return np.stack(found.brightness, axis=1).ravel()


def saturation_warm_cool(found: Histograms, lab: Planes) -> Float[np.ndarray, "7"]:
    """Give factor 2: highly saturated and warm, and cool, middle, low (sum 1); colour contrast."""
    by_level = np.stack(found.saturation, axis=1)[::-1].ravel()
    return np.append(by_level, colour_contrast(lab))


def luminance_contrast(brightness: Plane) -> Float[np.ndarray, "2"]:
    """Give factor 3: variance of the brightness (0–0.25) and sharpness of its edges (0–4.5)."""
    return np.array([brightness.var(), edge_sharpness(brightness)])


def area_statistics(found: Histograms) -> Float[np.ndarray, "10"]:
    """Give shares of the area: very dark to very light, warm, cool, high, middle, low saturation.

    The five, the two and the three each sum to 1.

    References:
        Machajdik and Hanbury (2010), Affective image classification using features inspired by
        psychology and art theory, ACM Multimedia.
    """
    by_level, saturation = found.brightness, found.saturation
    return np.concatenate(
        [
            by_level.warm + by_level.cool,
            [by_level.warm.sum(), by_level.cool.sum()],
            (saturation.warm + saturation.cool)[::-1],
        ]
    )


def colour_contrast(lab: Planes) -> float:
    """Give the deviation of the pixels (n - 1) around their mean a* and b*, 0 to about 130."""
    pixels = lab[..., 0].size
    variance = lab[..., 1].var() + lab[..., 2].var()
    return float(np.sqrt(variance * pixels / (pixels - 1)))


def edge_sharpness(brightness: Plane) -> float:
    """Give the mean of the greatest 0.5 % of the Sobel gradients, at least of one; 0 to 4.5.

    The 3 × 3 operator is not normalised: a step from black to white gives 4.
    """
    along = cv2.Sobel(brightness, cv2.CV_64F, 1, 0, borderType=cv2.BORDER_REPLICATE)
    across = cv2.Sobel(brightness, cv2.CV_64F, 0, 1, borderType=cv2.BORDER_REPLICATE)
    steepness = np.hypot(along, across).ravel()
    count = max(int(SHARPEST * steepness.size), 1)
    return float(np.partition(steepness, -count)[-count:].mean())


def _histogram(
    plane: Plane, breakpoints: tuple[float, ...], is_cool: Bool[np.ndarray, " pixel"]
) -> Histogram:
    """Give the means of `affekt.blocks.memberships.partition` without an array for each level.

    A value between two breakpoints belongs to the two levels beside it alone.
    """
    levels = len(breakpoints)
    place = np.interp(plane.ravel(), breakpoints, np.arange(levels))
    below = place.astype(np.intp)
    share_above = place - below
    cells = 2 * below + is_cool
    sums = np.bincount(cells, 1 - share_above, 2 * levels + 2)
    sums += np.bincount(cells + 2, share_above, 2 * levels + 2)
    means = sums[: 2 * levels].reshape(levels, 2) / plane.size
    return Histogram(means[:, 0], means[:, 1])
