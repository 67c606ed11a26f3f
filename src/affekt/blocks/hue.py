"""Where the hues of a picture point on the whole, and how far they disagree.

References:
    Hanbury (2003), Circular statistics applied to colour images, 8th Computer Vision Winter
    Workshop: means and dispersion of hue, plain and weighted by saturation.
"""

import numpy as np
from jaxtyping import Float

from affekt.blocks.circular import spread
from affekt.blocks.colours import Hsy


def hue(colours: Hsy) -> Float[np.ndarray, "4"]:
    """Give circular mean (rad, 0 ≤ mean < 2 pi) and dispersion (0–1) of hue, then both by weight.

    The weight of a pixel is its saturation. A grey has hue 0, so a grey picture has 0 four times.
    """
    return np.array([*spread(colours.hue), *spread(colours.hue, colours.saturation)])


def hue_vector(colours: Hsy) -> Float[np.ndarray, "4"]:
    """Give cosine and sine of the two means of `hue`, each -1 to 1.

    Differs:
        Not among the values of the paper; a linear model cannot see that 0 and 2 pi are one hue.
    """
    plain, _, weighted, _ = hue(colours)
    return np.array([np.cos(plain), np.sin(plain), np.cos(weighted), np.sin(weighted)])
