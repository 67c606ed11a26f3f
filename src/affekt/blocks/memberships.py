r"""How much a pixel is dark, saturated or warm: fuzzy memberships that sum to 1.

Triangular partitions with flat shoulders: membership k is 1 at its breakpoint, falls linearly to 0
at the two beside it, and the first and last stay 1 beyond the ends.

References:
    Wang, Yu and Jiang (2006), Image retrieval by emotional semantics, IEEE SMC: brightness,
    saturation and warmth as fuzzy sets. Breakpoints as in code made after Machajdik and Hanbury
    (2010).
"""

import numpy as np
from jaxtyping import Bool, Float

Any1 = Float[np.ndarray, "*any"]
Degrees = Float[np.ndarray, "*any level"]

BRIGHTNESS = (0.21, 0.39, 0.55, 0.68, 0.84)  # very dark, dark, middle, light, very light
SATURATION = (0.10, 0.27, 0.51)  # low, middle, high
WARMEST, COLDEST = np.deg2rad(50.0), np.deg2rad(230.0)
COLD_FROM, COLD_TO = np.deg2rad(140.0), np.deg2rad(320.0)


def partition(values: Any1, breakpoints: tuple[float, ...]) -> Degrees:
    """Give the membership in each level; the last axis is the level and sums to 1."""
    levels = np.eye(len(breakpoints))
    degrees: Degrees = np.stack(
        [np.interp(values, breakpoints, level) for level in levels], axis=-1
    )
    return degrees


def is_warm(hue: Any1) -> Bool[np.ndarray, "*any"]:
    """Tell warm hues (up to 140°, and from 320°) from cold ones."""
    warm: Bool[np.ndarray, "*any"] = (hue < COLD_FROM) | (hue >= COLD_TO)
    return warm


def warmth(hue: Any1) -> Degrees:
    r"""Give the memberships warm, neutral and cold of hues in radians.

    Warm is :math:`\cos(H - 50°)` on the warm arc, cold :math:`\cos(H - 230°)` on the cold one,
    neutral what is missing to 1.
    """
    warm_side = is_warm(hue)
    warm = np.where(warm_side, np.cos(hue - WARMEST), 0.0).clip(0, 1)
    cold = np.where(warm_side, 0.0, np.cos(hue - COLDEST)).clip(0, 1)
    degrees: Degrees = np.stack([warm, 1 - warm - cold, cold], axis=-1)
    return degrees
