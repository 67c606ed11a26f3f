"""Balance, rotational: the centres about which parts of a picture turn into each other."""

import numpy as np
from jaxtyping import Bool, Float

from affekt.blocks.balance import (
    DIAGONAL_PX,
    SIDE_PX,
    STRONGEST,
    SUPPORT_BINS,
    Keypoints,
    Pairs,
    PerPair,
    pairs,
    summits,
)
from affekt.blocks.circular import TURN

CELLS = 32  # of the grid of votes, along each side


def rotational_symmetry(points: Keypoints) -> Float[np.ndarray, "12"]:
    r"""Give the three strongest centres of rotation, each by four numbers; zeros for missing.

    Each keypoint is paired with the two others that look most like it. A turn by
    :math:`\phi = (o_j - o_i) \bmod 2\pi` takes one into the other about

    .. math:: c = p_i + R\,(\cos(\beta + t), \sin(\beta + t)),\quad \beta = (\pi - \phi)/2,\quad
              R = \tfrac12 d \sqrt{1 + \tan^2\beta} = d / (2 \sin(\phi / 2))

    with :math:`d` and :math:`t` length and angle of the way between the two. Centres outside of the
    picture are dropped; a pair that turns by 0 has none. The others vote in a grid of 32 × 32 with
    the weight that `pairs` gives.

    Args:
        points: Keypoints of the square copy.

    Returns:
        For each centre: radius, the weighted mean of :math:`R` of the pairs within 2 cells / the
        diagonal, 0–1; x and y, its place as shares of width and height, 0–1, middles of cells;
        strength, its blurred votes / (1 + all votes), 0–1.

    References:
        Loy and Eklundh (2006), Detecting symmetry and symmetric constellations of features, ECCV,
        equations 6–8. Zhao et al. (2014), ACM Multimedia: rotational symmetry; radius, x, y and
        strength of three centres as in code made after the paper.

    Differs:
        Grid, blur and working size are our choice.
    """
    found = pairs(points, points.descriptors)
    radius, x, y = _centres(points, found)
    is_inside = np.isfinite(radius) & (x >= 0) & (x < 1) & (y >= 0) & (y < 1)
    radius, x, y = radius[is_inside], x[is_inside], y[is_inside]
    weight = found.weight[is_inside]
    row, column = (y * CELLS).astype(int), (x * CELLS).astype(int)
    # Counts of nothing are integers.
    votes = np.bincount(row * CELLS + column, weight, minlength=CELLS**2).astype(np.float64)
    best = summits(votes.reshape(CELLS, CELLS), is_round=False, columns=CELLS)
    centres = np.zeros((STRONGEST, 4))
    for at, (down, along) in enumerate(zip(best.rows, best.columns, strict=True)):
        near = (np.abs(row - down) <= SUPPORT_BINS) & (np.abs(column - along) <= SUPPORT_BINS)
        mean = _mean(radius, weight, near) / DIAGONAL_PX
        centres[at, :3] = mean, (along + 0.5) / CELLS, (down + 0.5) / CELLS
    centres[: len(best.rows), 3] = best.strengths / (1 + weight.sum())
    return centres.ravel()


def _centres(points: Keypoints, found: Pairs) -> tuple[PerPair, PerPair, PerPair]:
    """Give radius, px, and place, as shares of the sides; the radius of a turn by 0 is infinite."""
    turn = (points.angles[found.second] - points.angles[found.first]) % TURN
    half = np.sin(turn / 2)
    is_turn = half > 0
    radius = np.full_like(found.length, np.inf)
    radius[is_turn] = found.length[is_turn] / (2 * half[is_turn])
    reach = np.where(is_turn, radius, 0.0)
    heading = (np.pi - turn) / 2 + found.slant
    start = points.places[found.first] + 0.5
    x = (start[:, 0] + reach * np.cos(heading)) / SIDE_PX
    y = (start[:, 1] + reach * np.sin(heading)) / SIDE_PX
    return radius, x, y


def _mean(radius: PerPair, weight: PerPair, near: Bool[np.ndarray, " pair"]) -> float:
    """Give the weighted mean of what is near; 0 without weight."""
    total = float(weight[near].sum())
    return float((radius[near] * weight[near]).sum()) / total if total > 0 else 0.0
