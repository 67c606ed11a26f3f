"""Colour of the middle third of a picture, where the lines of the rule of thirds cross.

References:
    Datta, Joshi, Li and Wang (2006), Studying aesthetics in photographic images using a
    computational approach, ECCV, features 5 to 7.

Differs:
    The mean of hue is circular.
"""

import numpy as np
from jaxtyping import Float

from affekt.blocks.circular import spread
from affekt.blocks.colours import Hsy


def rule_of_thirds(colours: Hsy) -> Float[np.ndarray, "3"]:
    """Give mean hue (rad, 0 ≤ hue < 2 pi), saturation and brightness (0–1) of the middle third.

    Rows ``H // 3`` to ``ceil(2 H / 3) - 1``, and columns likewise.
    """
    height, width = colours.hue.shape
    middle = (slice(height // 3, -(-2 * height // 3)), slice(width // 3, -(-2 * width // 3)))
    hue, saturation, brightness = (plane[middle] for plane in colours)
    return np.array([spread(hue).mean, saturation.mean(), brightness.mean()])
