"""Harmony: whether the hues, and the directions, that meet in one place lie beside each other."""

import cv2
import numpy as np
from jaxtyping import Bool, Float, UInt8

from affekt.blocks.circular import TURN
from affekt.blocks.colours import Hsy
from affekt.blocks.gradients import Eighths, eighths, gradient

BINS = 8  # of the circle
WINDOW_PX = 9
FINEST = 255_000  # brightness times this is a whole number: 255, and three decimals of its weights


def harmony(colours: Hsy) -> Float[np.ndarray, "2"]:
    r"""Give the mean harmony of hue, and of the direction of the gradient of brightness.

    Both are the mean over all pixels of `intensity`; a pixel without a gradient has direction 0.

    Returns:
        Two numbers of exp(-1) = 0.3679 to 1; exp(-1) for one colour. The less one direction of the
        circle prevails over those beside it, the greater.

    References:
        Zhao et al. (2014), Exploring principles-of-art features for image emotion recognition, ACM
        Multimedia: harmony. After Kass and Solomon (2010), Smoothed local histogram filters, ACM
        Transactions on Graphics 29.

    Differs:
        The paper sums over the pixels; the mean does not depend on the size. The window of 9 × 9
        pixels is our choice.
    """
    # On whole numbers the gradient of a flat place is 0, and not what rounding left of it.
    slopes = gradient(np.rint(colours.brightness * FINEST))
    hues = (colours.hue / TURN * BINS).astype(np.uint8) % BINS
    return np.array([intensity(hues), intensity(eighths(slopes))])


def intensity(angles: Eighths) -> float:
    r"""Give the mean over the pixels of how well the angles around each of them go together.

    With the shares :math:`h_0 … h_7` of the eighths of the circle in the 9 × 9 window of a pixel,
    borders mirrored, the circle is cut into an arc :math:`c` and the rest :math:`c'` in every way;
    :math:`h_m(c)` is the largest share in an arc and :math:`m(c)` its eighth, the first of equals:

    .. math:: I = \min_{c} e^{-|h_m(c) - h_m(c')|} \, \operatorname{dist}(m(c), m(c'))

    One arc holds the largest share of all, :math:`h_M`, so the other's largest is some
    :math:`h_j`, :math:`j \ne M`, and any :math:`j` is the largest of the arc of itself alone:
    :math:`I = \min_j e^{h_j - h_M} \operatorname{dist}(j, M)`. A neighbour of :math:`M` always
    wins, since the lesser of the two has at most 1/3 and :math:`e^{1/3} < 2`. What is left,
    :math:`e^{\min(h_{M-1}, h_{M+1}) - h_M}`, is what is computed, at every pixel.

    Args:
        angles: For each pixel the eighth of the circle, 0–7.
    """
    counts = np.stack([_counts(angles == one) for one in range(BINS)])
    most = counts.max(axis=0)
    beside = np.minimum(np.roll(counts, 1, axis=0), np.roll(counts, -1, axis=0))
    lesser = np.zeros_like(most)
    for one in reversed(range(BINS)):  # so that of equals the first has the last word
        np.copyto(lesser, beside[one], where=counts[one] == most)
    times = np.bincount((most - lesser).ravel(), minlength=WINDOW_PX**2 + 1)
    return float(times @ np.exp(-np.arange(times.size) / WINDOW_PX**2) / angles.size)


def _counts(is_there: Bool[np.ndarray, "row column"]) -> UInt8[np.ndarray, "row column"]:
    """Give how many pixels of the window around each are there; at most 81, which 8 bits hold."""
    counts: UInt8[np.ndarray, "row column"] = cv2.boxFilter(
        is_there.view(np.uint8),
        cv2.CV_8U,
        (WINDOW_PX, WINDOW_PX),
        normalize=False,
        borderType=cv2.BORDER_REFLECT,
    )
    return counts
