"""How much of what is drawn in a picture is straight.

References:
    Wang, Jia, Yin and Cai (2013), Interpretable aesthetic features for affective image
    classification, ICIP: the group shape.

Differs:
    The paper's formulas could not be read; these three values are our choice.
"""

import cv2
import numpy as np
from jaxtyping import Float

from affekt.blocks.lines import Lines, Mask

MANY = 100.0  # lines, to bring their number near the other values
BROAD_PX = 3  # of a line: an edge pixel that touches the thin one lies on it


def shape(lines: Lines, is_edge: Mask) -> Float[np.ndarray, "3"]:
    """Give the number of straight lines, how long they are, and how much of the edges is curved.

    Args:
        lines: See `affekt.blocks.lines.lines`.
        is_edge: The edges in which they were found.

    Returns:
        The number divided by 100; the mean length as a share of the diagonal; the share of the
        edge pixels that lie on no line, nor beside one. Without lines the length is 0, without
        edges all three are.
    """
    length = lines.lengths.mean() / np.hypot(*is_edge.shape) if len(lines.lengths) else 0.0
    is_straight = np.zeros(is_edge.shape, np.uint8)
    for x, y, to_x, to_y in lines.ends.astype(int).tolist():
        cv2.line(is_straight, (x, y), (to_x, to_y), 1, BROAD_PX)
    is_curved = is_edge & (is_straight == 0)
    return np.array([len(lines.lengths) / MANY, length, is_curved.sum() / max(is_edge.sum(), 1)])
