r"""Texture as people see it: coarse or fine, strong or weak, with or without direction.

References:
    Tamura, Mori and Yamawaki (1978), Textural features corresponding to visual perception, IEEE
    Transactions on Systems, Man and Cybernetics 8, sections III-A to III-C.

Differs:
    Coarseness takes the smallest of the best window sizes, so a flat picture gives 2; other code
    takes the largest. Directionality is of one peak, with circular distances to it, as in most
    code; the paper sums over several. A picture without any gradient above the threshold has
    directionality 0.
"""

import cv2
import numpy as np
from jaxtyping import Float

from affekt.blocks.colours import Plane

MOST_LEVELS = 5
LEAST_GRADIENT = 12  # of (|dh| + |dv|) / 2, Tamura et al., section III-C
DIRECTIONS = 16


def tamura(grey: Plane) -> Float[np.ndarray, "3"]:
    """Give coarseness (2–32), contrast (0–127.5) and directionality (0–1).

    Args:
        grey: Whole numbers, 0–255; at least 4 × 4.
    """
    return np.array([coarseness(grey), contrast(grey), directionality(grey)])


def coarseness(grey: Plane) -> float:
    r"""Give the mean over pixels of the window size, 2 to 32 px, at which its surroundings differ.

    For :math:`k = 1 \dots 5` the means of :math:`2^k \times 2^k` windows that touch at the pixel
    are compared, left with right and above with below. The smallest :math:`2^k` with the greatest
    difference counts. Beyond the border the picture is mirrored. Small pictures have fewer sizes.
    """
    levels = min(MOST_LEVELS, int(np.log2(min(grey.shape))) - 1)
    margin = 2**levels
    sums = _sums(np.pad(grey.astype(np.uint8), margin, mode="symmetric"))
    best = np.full(grey.shape, -1, np.int32)
    size = np.zeros(grey.shape, np.int32)
    for level in range(1, levels + 1):
        difference = _difference(sums, margin, 2 ** (level - 1))
        difference <<= 2 * (levels - level)  # sums over 4^level pixels become comparable
        is_better = difference > best
        best[is_better] = difference[is_better]
        size[is_better] = 2**level
    return float(size.mean())


def contrast(grey: Plane) -> float:
    r"""Give :math:`\sigma / (\mu_4 / \sigma^4)^{1/4}`, 0–127.5; 0 for one grey."""
    counts = np.bincount(grey.astype(np.uint8).ravel(), minlength=256)
    share = counts / counts.sum()
    off = np.arange(256) - (share * np.arange(256)).sum()
    variance, fourth = (share * off**2).sum(), (share * off**4).sum()
    return float(variance / fourth**0.25) if variance > 0 else 0.0


def directionality(grey: Plane) -> float:
    r"""Give :math:`1 - \sum_i d_i^2 h_i / 64`, 0–1; 1 is one direction, 0 also: no edge at all.

    :math:`h` is the histogram of 16 directions of the pixels whose gradient is 12 or more,
    :math:`d_i` the distance to its highest bin around the half circle, in bins.
    """
    values = grey.astype(np.int32)
    sums = values[:-2] + values[1:-1] + values[2:]
    along = sums[:, 2:] - sums[:, :-2]
    sums = values[:, :-2] + values[:, 1:-1] + values[:, 2:]
    across = sums[:-2] - sums[2:]
    is_steep = np.abs(along) + np.abs(across) >= 2 * LEAST_GRADIENT
    if not is_steep.any():
        return 0.0
    angle = (np.arctan2(across[is_steep], along[is_steep]) + np.pi / 2) % np.pi
    bins = np.floor(DIRECTIONS * angle / np.pi + 0.5).astype(np.intp) % DIRECTIONS
    share = np.bincount(bins, minlength=DIRECTIONS) / bins.size
    half = DIRECTIONS // 2
    distance = (np.arange(DIRECTIONS) - share.argmax() + half) % DIRECTIONS - half
    return float(np.clip(1 - (distance**2 * share).sum() / half**2, 0, 1))


def _sums(padded: np.ndarray) -> np.ndarray:
    """Give the integral image, with a row and a column of zeros first."""
    sums: np.ndarray = cv2.integral(padded)
    return sums


def _difference(sums: np.ndarray, margin: int, half: int) -> np.ndarray:
    """Give the greater difference of the two pairs of windows at each pixel, of twice ``half``."""
    height, width = (side - 1 - 2 * margin for side in sums.shape)

    def strip(at_row: int, at_column: int) -> np.ndarray:
        row, column = margin + at_row, margin + at_column
        inside: np.ndarray = sums[row : row + height, column : column + width]
        return inside

    def second(steps: list[np.ndarray]) -> np.ndarray:
        before, here, after = steps
        return np.asarray(np.abs(before + after - 2 * here))

    shifts = (-2 * half, 0, 2 * half)
    flat = second([strip(half, at) - strip(-half, at) for at in shifts])
    tall = second([strip(at, half) - strip(at, -half) for at in shifts])
    return np.asarray(np.maximum(flat, tall))
