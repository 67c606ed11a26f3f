"""Straight lines that rest and lines that move.

References:
    Machajdik and Hanbury (2010), Affective image classification using features inspired by
    psychology and art theory, ACM Multimedia, dynamics: static and slant lines by the Hough
    transform.

Differs:
    "Absolute and relative" is read as number and share of the lines, with their lengths; other
    code averages angles instead. A line within 15° of horizontal or vertical is static, as in all
    code made after the paper.
"""

import numpy as np
from jaxtyping import Float

from affekt.blocks.lines import Lines

STATIC_DEGREES = 15.0


def dynamics(lines: Lines, diagonal_px: float) -> Float[np.ndarray, "6"]:
    """Give numbers of static and slant lines, their shares, and their total lengths in diagonals.

    All are 0 without lines; else the two shares sum to 1.

    Args:
        lines: Straight lines of a picture.
        diagonal_px: Length of its diagonal.
    """
    off_axis = lines.slants % 90
    is_static = np.minimum(off_axis, 90 - off_axis) <= STATIC_DEGREES
    counts = np.array([is_static.sum(), (~is_static).sum()], np.float64)
    lengths = np.array([lines.lengths[is_static].sum(), lines.lengths[~is_static].sum()])
    return np.concatenate([counts, counts / max(counts.sum(), 1.0), lengths / diagonal_px])
