"""Gradation: how gradually a picture passes from one value to another."""

import cv2
import numpy as np
from jaxtyping import Float

from affekt.blocks.colours import Picture, Plane

SIGMA_PX, TAPS = 3.0, 19  # of the window, cut at three deviations
FLAT = 1e-3  # epsilon


def gradation(picture: Picture) -> Float[np.ndarray, "9"]:
    r"""Give relative and absolute gradation of red, green and blue.

    With :math:`I` a channel from 0 to 1, forward differences :math:`\partial` (0 in the last column
    or row) and :math:`G` a Gaussian window of 3 px:

    .. math:: D_x = G * |\partial_x I|, \quad L_x = |G * \partial_x I|, \quad
              RG = \operatorname{mean}\left(\frac{D_x}{L_x + \epsilon} +
              \frac{D_y}{L_y + \epsilon}\right)

    Returns:
        For red, then green, then blue: relative gradation :math:`RG`, 0–2000: about 2 for a slope,
        large for texture; absolute gradation along the rows, mean :math:`D_x`, 0–1; and along the
        columns, mean :math:`D_y`, 0–1. Zeros for one colour.

    References:
        Xu, Yan, Xia and Jia (2012), Structure extraction from texture via relative total variation,
        ACM Transactions on Graphics 31, equations 3–5. Zhao et al. (2014), ACM Multimedia:
        gradation.

    Differs:
        The window of 3 px, zeros beyond the borders, and :math:`\epsilon = 0.001` are our choice.
    """
    return np.concatenate([_of_channel(picture[..., at] / 255) for at in range(3)])


def _of_channel(plane: Plane) -> Float[np.ndarray, "3"]:
    relative, absolute = 0.0, []
    for axis in (1, 0):
        last = np.take(plane, [-1], axis=axis)
        steps = np.diff(plane, axis=axis, append=last)
        total, inherent = _blurred(np.abs(steps)), np.abs(_blurred(steps))
        relative += float((total / (inherent + FLAT)).mean())
        absolute.append(total.mean())
    return np.array([relative, *absolute])


def _blurred(plane: Plane) -> Plane:
    blurred: Plane = cv2.GaussianBlur(plane, (TAPS, TAPS), SIGMA_PX, borderType=cv2.BORDER_CONSTANT)
    return blurred
