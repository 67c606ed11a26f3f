"""Balance, radial: where in a picture things are round and bright, or round and dark."""

import cv2
import numpy as np
from jaxtyping import Float, Int
from scipy.ndimage import gaussian_filter

from affekt.blocks.balance import SIDE_PX, Copy
from affekt.blocks.gradients import gradient

RADII_PX = (1, 2, 3, 4, 5)
STEEP = 0.2  # of the steepest gradient; below, a pixel does not vote
STRICTNESS = 2  # alpha: how much one-sided votes are suppressed
MOST = (8.0, 9.9, 9.9, 9.9, 9.9)  # votes that count, for each radius
PARTS = 6  # of the map, along each side
TINY = 1e-9

PerVoter = Float[np.ndarray, " voter"]
Square = Float[np.ndarray, "224 224"]


def radial_symmetry(copy: Copy) -> Float[np.ndarray, "36"]:
    r"""Give the map of radial symmetry as 6 × 6 averages, row by row, -1 to 1.

    For each radius :math:`n = 1 … 5` px a pixel steeper than a fifth of the steepest (Sobel) votes
    :math:`\pm n` px along its gradient :math:`g`: :math:`O_n` counts +1 there and -1 on the other
    side, :math:`M_n` in the same way :math:`|g|`. With :math:`O_n` cut at :math:`\pm k_n`,
    :math:`F_n = (M_n / k_n) \, (|O_n| / k_n)^2`, blurred by :math:`n / 4` px. The mean over the
    radii is averaged over 6 × 6 areas and divided by its greatest absolute value.

    Args:
        copy: The square copy.

    Returns:
        Bright centres above 0, dark ones below. Zeros for one grey. A mirrored picture has the
        mirrored map.

    References:
        Loy and Zelinsky (2003), Fast radial symmetry for detecting points of interest, IEEE PAMI
        25, equations 1–10. Zhao et al. (2014), ACM Multimedia: radial symmetry; radii, strictness,
        threshold, working size and 6 × 6 as in code made after the paper.

    Differs:
        Divided by the greatest average, so that pictures compare: our choice.
    """
    along, across = gradient(copy.astype(np.float64))
    steepness = np.hypot(along, across)
    rows, columns = np.nonzero(steepness > STEEP * steepness.max())
    steep = steepness[rows, columns]
    places = np.stack([rows, columns], axis=1)
    ways = np.stack([across[rows, columns], along[rows, columns]], axis=1) / steep[:, None]
    symmetry = np.zeros(copy.shape)
    for radius, most in zip(RADII_PX, MOST, strict=True):
        shifts = np.rint(radius * ways).astype(int)
        symmetry += gaussian_filter(_votes(places, shifts, steep, most), radius / 4)
    areas = cv2.resize(symmetry, (PARTS, PARTS), interpolation=cv2.INTER_AREA)
    return np.asarray(areas / (np.abs(areas).max() + TINY)).ravel()


def _votes(
    places: Int[np.ndarray, "voter 2"],
    shifts: Int[np.ndarray, "voter 2"],
    steep: PerVoter,
    most: float,
) -> Square:
    """Give what gathers at one radius; votes outside are dropped."""
    n_pixels = SIDE_PX**2
    orientation, magnitude = np.zeros(n_pixels), np.zeros(n_pixels)
    for sign in (1, -1):
        to = places + sign * shifts
        is_inside = ((to >= 0) & (to < SIDE_PX)).all(axis=1)
        at = to[is_inside, 0] * SIDE_PX + to[is_inside, 1]
        orientation += sign * np.bincount(at, minlength=n_pixels)
        magnitude += sign * np.bincount(at, steep[is_inside], minlength=n_pixels)
    agreed = np.minimum(np.abs(orientation), most) / most
    gathered: Square = (magnitude / most * agreed**STRICTNESS).reshape(SIDE_PX, SIDE_PX)
    return gathered
