"""Mean saturation and brightness, and the pleasure, arousal and dominance they stand for."""

import numpy as np
from jaxtyping import Float

from affekt.blocks.colours import Hsy

PLEASURE = (0.69, 0.22)  # of brightness, of saturation
AROUSAL = (-0.31, 0.60)
DOMINANCE = (0.76, 0.32)


def saturation_brightness(colours: Hsy) -> Float[np.ndarray, "2"]:
    """Give the means of saturation and brightness, 0–1."""
    return np.array([colours.saturation.mean(), colours.brightness.mean()])


def pad(colours: Hsy, *, dominance_sign: int = 1) -> Float[np.ndarray, "3"]:
    r"""Give pleasure, arousal and dominance.

    :math:`P = 0.69\,\bar Y + 0.22\,\bar S`, :math:`A = -0.31\,\bar Y + 0.60\,\bar S`,
    :math:`D = \pm 0.76\,\bar Y + 0.32\,\bar S`.

    Args:
        colours: Hue, saturation and brightness of every pixel.
        dominance_sign: +1 as in two programs made after Machajdik and Hanbury (2010), -1 as in the
            origin.

    References:
        Valdez and Mehrabian (1994), Effects of color on emotions, Journal of Experimental
        Psychology: General 123.
    """
    saturation, brightness = saturation_brightness(colours)
    signed = (dominance_sign * DOMINANCE[0], DOMINANCE[1])
    return np.array(
        [of_y * brightness + of_s * saturation for of_y, of_s in (PLEASURE, AROUSAL, signed)]
    )
