r"""Texture by which grey levels stand beside which: the co-occurrence matrix.

References:
    Haralick, Shanmugam and Dinstein (1973), Textural features for image classification, IEEE
    Transactions on Systems, Man and Cybernetics 3.

Differs:
    Eight levels and each pixel with its right neighbour, one way, as MATLAB's functions do by
    default. Homogeneity divides by :math:`1 + |i - j|` and energy is :math:`\sum P^2`, as there;
    scikit-image uses :math:`1 + (i - j)^2` and the root. Hue is in turns, 0–1.
"""

import numpy as np
from jaxtyping import Float
from skimage.feature import graycomatrix

from affekt.blocks.circular import TURN
from affekt.blocks.colours import Hsy, Plane

LEVELS = 8
ROW, COLUMN = np.indices((LEVELS, LEVELS))


def glcm(colours: Hsy) -> Float[np.ndarray, "12"]:
    """Give contrast, correlation, energy and homogeneity, each of hue, saturation and brightness.

    Contrast is 0–49, correlation -1 to 1 and 1 where a channel is of one level, energy and
    homogeneity are above 0 and at most 1.
    """
    hue, saturation, brightness = colours
    channels = [_four(plane) for plane in (hue / TURN, saturation, brightness)]
    return np.stack(channels, axis=1).ravel()


def _four(plane: Plane) -> Float[np.ndarray, "4"]:
    levels = np.minimum((LEVELS * plane).astype(np.uint8), LEVELS - 1)
    counts = graycomatrix(levels, [1], [0], LEVELS)[:, :, 0, 0]
    share = counts / counts.sum()
    return np.array(
        [
            (share * (ROW - COLUMN) ** 2).sum(),
            _correlation(share),
            (share**2).sum(),
            (share / (1 + np.abs(ROW - COLUMN))).sum(),
        ]
    )


def _correlation(share: Float[np.ndarray, "8 8"]) -> float:
    row, column = ROW - (share * ROW).sum(), COLUMN - (share * COLUMN).sum()
    spread = np.sqrt((share * row**2).sum() * (share * column**2).sum())
    together = float((share * row * column).sum())
    return float(np.clip(together / spread, -1, 1)) if spread > 1e-12 else 1.0
