r"""How much fine, middling and coarse detail hue, saturation and brightness have.

References:
    Datta, Joshi, Li and Wang (2006), Studying aesthetics in photographic images using a
    computational approach, ECCV, features 10 to 21: :math:`f_l = \frac{1}{n_l} \sum_{HL, LH, HH} w`
    and sums over the three levels.

Differs:
    Absolute coefficients: the printed sum has no bars, and with signs it nearly cancels. Sums are
    those of each channel over the levels, as the paper says, not of each level over the channels.
    Each level is that of the approximation before it. The hue is not unwrapped: red beside red
    across 0 counts as an edge, as published.
"""

from typing import NamedTuple

import numpy as np
import pywt
from jaxtyping import Float

from affekt.blocks.circular import TURN
from affekt.blocks.colours import Hsy, Plane

LEVELS = 3
PLAIN = "haar"

Band = Float[np.ndarray, "down along"]


class Details(NamedTuple):
    """Bands of one level, row × column: changes along columns, along rows, along both."""

    upright: Band
    level: Band
    slanted: Band


Pyramid = tuple[Details, ...]
Pyramids = tuple[Pyramid, Pyramid, Pyramid]  # of hue, saturation, brightness


def pyramid(plane: Plane, wavelet: str = PLAIN) -> Pyramid:
    """Give the details of three levels, fine first; fewer where the picture is too small for three.

    Args:
        plane: Values, mostly 0–1.
        wavelet: Name that PyWavelets knows, of a discrete wavelet.
    """
    deepest = min(LEVELS, pywt.dwtn_max_level(plane.shape, wavelet))
    bands = pywt.wavedec2(plane, wavelet, mode="symmetric", level=deepest)
    return tuple(Details(*level) for level in bands[:0:-1])


def pyramids(colours: Hsy, wavelet: str = PLAIN) -> Pyramids:
    """Give the details of hue (in turns, 0–1), saturation and brightness."""
    hue, saturation, brightness = colours
    return (
        pyramid(hue / TURN, wavelet),
        pyramid(saturation, wavelet),
        pyramid(brightness, wavelet),
    )


def wavelets(channels: Pyramids) -> Float[np.ndarray, "12"]:
    """Give the mean absolute detail of each channel at level 1, 2 and 3, then each channel's sum.

    Nine values of hue, saturation and brightness at one level after the other; a level that a small
    picture does not have is 0. With Haar the values lie between 0 and 1, 2 and 4 by level.
    """
    strengths = np.zeros((LEVELS, 3))
    for at, levels in enumerate(channels):
        strengths[: len(levels), at] = [_strength(details) for details in levels]
    return np.concatenate([strengths.ravel(), strengths.sum(axis=0)])


def _strength(details: Details) -> float:
    count = sum(band.size for band in details)
    return float(sum(np.abs(band).sum() for band in details)) / count
