r"""Angles: their mean, how far they spread, and how far two lie apart.

Angles are in radians and go round: 0 and :math:`2\pi` are one direction.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

TURN = 2 * np.pi
NOWHERE = 1e-9  # a resultant shorter than this has no direction

Angles = Float[np.ndarray, "*any"]


class Spread(NamedTuple):
    """Where angles point on the whole, and how much they disagree."""

    mean: float  # rad, 0 ≤ mean < 2 pi
    dispersion: float  # 0: all equal, 1: no direction at all


def spread(angles: Angles, weights: Angles | None = None) -> Spread:
    r"""Give the circular mean and dispersion.

    With :math:`A = \sum w \cos H` and :math:`B = \sum w \sin H` the mean is
    :math:`\operatorname{atan2}(B, A) \bmod 2\pi` and the dispersion
    :math:`1 - \sqrt{A^2 + B^2} / \sum w`. Without weight both are 0; where the angles cancel, the
    mean is 0.
    """
    many = np.ones_like(angles) if weights is None else weights
    total = float(many.sum())
    if total <= 0:
        return Spread(0.0, 0.0)
    along = float((many * np.cos(angles)).sum()) / total
    across = float((many * np.sin(angles)).sum()) / total
    length = float(np.hypot(along, across))
    mean = float(np.arctan2(across, along)) % TURN if length >= NOWHERE else 0.0
    return Spread(mean if mean < TURN else 0.0, min(max(1.0 - length, 0.0), 1.0))


def apart(one: Angles, other: Angles) -> Angles:
    r"""Give the smaller angle between two, :math:`\min(|a-b|, 2\pi - |a-b|)`, 0 to pi."""
    between = np.abs(one - other) % TURN
    return np.asarray(np.minimum(between, TURN - between))
