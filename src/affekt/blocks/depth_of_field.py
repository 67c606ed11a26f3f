"""Whether the detail sits in the middle of a picture, as where only the subject is in focus.

References:
    Datta, Joshi, Li and Wang (2006), Studying aesthetics in photographic images using a
    computational approach, ECCV, features 54 to 56.
"""

import numpy as np
from jaxtyping import Float

from affekt.blocks.wavelets import LEVELS, Pyramid, Pyramids

FAINTEST = 1e-9  # mean detail below which there is none but that of rounding


def depth_of_field(channels: Pyramids) -> Float[np.ndarray, "3"]:
    """Give the share of the coarsest detail that lies in the inner half of height and width.

    One value each of hue, saturation and brightness, 0–1, about a quarter where detail is spread
    evenly; 0 without any detail, and for a picture too small for the third level.

    Args:
        channels: Of `affekt.blocks.wavelets.pyramids`.
    """
    return np.array([_inner_share(levels) for levels in channels])


def _inner_share(levels: Pyramid) -> float:
    if len(levels) < LEVELS:
        return 0.0
    detail = np.abs(np.stack(levels[-1])).sum(axis=0)
    down, along = (side // 4 for side in detail.shape)
    inner = detail[down : detail.shape[0] - down, along : detail.shape[1] - along]
    whole = float(detail.sum())
    return min(float(inner.sum()) / whole, 1.0) if whole > FAINTEST * detail.size else 0.0
