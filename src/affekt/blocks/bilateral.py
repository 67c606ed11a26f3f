"""Balance, bilateral: the axes about which a picture mirrors itself."""

import numpy as np
from jaxtyping import Bool, Float, Int

from affekt.blocks.balance import (
    DIAGONAL_PX,
    MIDDLE_PX,
    STRONGEST,
    SUPPORT_BINS,
    Keypoints,
    PerPair,
    mirrored,
    pairs,
    summits,
)

OFFSETS, ANGLES = 64, 60  # bins over the diagonal, over half a turn
Bins = Int[np.ndarray, " pair"]


def bilateral_symmetry(points: Keypoints) -> Float[np.ndarray, "12"]:
    r"""Give the three strongest axes of mirror symmetry, each by four numbers; zeros for missing.

    Each keypoint is paired with the two others that look most like its mirror image. A pair at
    :math:`p_i, p_j` with orientations :math:`o` votes for the axis through the midpoint of the two,
    at right angles to the way between them: with :math:`t` the angle of that way,
    :math:`\theta = t \bmod \pi` and :math:`r = m \cdot (\cos\theta, \sin\theta)`, where :math:`m`
    is the midpoint seen from the middle of the picture. It weighs
    :math:`\max(0, 1 - \cos(o_i + o_j - 2t))` times what `pairs` says. Votes go to a grid of 64
    offsets over the diagonal and 60 angles over half a turn, that of 0 centred on 0.

    Args:
        points: Keypoints of the square copy.

    Returns:
        For each axis: strength, its blurred votes / (1 + all votes), 0–1; offset :math:`r` / the
        diagonal, -0.5 to 0.5; angle :math:`\theta/\pi`, 0 ≤ angle < 1 and 0 for a vertical axis;
        support, pairs of some weight within 2 bins / number of keypoints, 0–2. Offset and angle are
        middles of bins.

    References:
        Loy and Eklundh (2006), Detecting symmetry and symmetric constellations of features, ECCV,
        equations 1–5. Zhao et al. (2014), Exploring principles-of-art features for image emotion
        recognition, ACM Multimedia: bilateral symmetry.

    Differs:
        The paper's twelve numbers are not told; three axes of number, radius, angle and strength
        meet them. Grid, blur and working size are our choice. The mirrored descriptors are the
        original ones in other order, as Loy and Eklundh propose, instead of those of a second
        search in a mirrored picture.
    """
    found = pairs(points, mirrored(points.descriptors))
    turned = points.angles[found.first] + points.angles[found.second] - 2 * found.slant
    weight = np.maximum(0.0, 1 - np.cos(turned)) * found.weight
    middle = (points.places[found.first] + points.places[found.second]) / 2 - MIDDLE_PX
    offset, angle = _bins(middle, found.slant)
    best = summits(_votes(offset, angle, weight), is_round=True, columns=ANGLES)
    axes = np.zeros((STRONGEST, 4))
    for at, (row, column) in enumerate(zip(best.rows, best.columns, strict=True)):
        n_support = (_is_near(offset, angle, int(row), int(column)) & (weight > 0)).sum()
        axes[at, 1:] = (row + 0.5) / OFFSETS - 0.5, column / ANGLES, n_support / len(points.places)
    axes[: len(best.rows), 0] = best.strengths / (1 + weight.sum())
    return axes.ravel()


def _bins(middle: Float[np.ndarray, "pair 2"], slant: PerPair) -> tuple[Bins, Bins]:
    """Give the bins of offset and angle of each axis."""
    theta = slant % np.pi
    r = middle[:, 0] * np.cos(theta) + middle[:, 1] * np.sin(theta)
    offset = np.floor((r / DIAGONAL_PX + 0.5) * OFFSETS).astype(int).clip(0, OFFSETS - 1)
    angle = np.floor(theta / np.pi * ANGLES + 0.5).astype(int)
    # Half a turn on, the same axis lies on the other side of the middle.
    is_round = angle >= ANGLES
    return np.where(is_round, OFFSETS - 1 - offset, offset), angle % ANGLES


def _votes(offset: Bins, angle: Bins, weight: PerPair) -> Float[np.ndarray, "64 120"]:
    """Give the votes over a whole turn, in which each axis stands twice, so that it is round."""
    one = np.bincount(offset * ANGLES + angle, weight, minlength=OFFSETS * ANGLES)
    grid = one.reshape(OFFSETS, ANGLES).astype(np.float64)  # counts of nothing are integers
    return np.concatenate([grid, grid[::-1]], axis=1)


def _is_near(offset: Bins, angle: Bins, row: int, column: int) -> Bool[np.ndarray, " pair"]:
    """Tell the axes within 2 bins of one."""
    steps = np.abs(angle - column)
    beside = (steps <= SUPPORT_BINS) & (np.abs(offset - row) <= SUPPORT_BINS)
    across = (ANGLES - steps <= SUPPORT_BINS) & (np.abs(OFFSETS - 1 - offset - row) <= SUPPORT_BINS)
    near: Bool[np.ndarray, " pair"] = beside | across
    return near
