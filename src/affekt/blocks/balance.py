"""What two kinds of balance share: keypoints, pairs that look alike, where votes gather.

All of it works on a square copy of the grey values, so that one position of the grid of votes is
one part of the picture whatever its aspect.

References:
    Lowe (2004), Distinctive image features from scale-invariant keypoints, International Journal of
    Computer Vision 60.
    Loy and Eklundh (2006), Detecting symmetry and symmetric constellations of features, ECCV.
"""

from typing import NamedTuple

import cv2
import numpy as np
from jaxtyping import Float, Float32, Int, UInt8
from scipy.ndimage import gaussian_filter, maximum_filter

from affekt.blocks.colours import Plane
from affekt.blocks.sized import squared

SIDE_PX = 224
DIAGONAL_PX = float(np.hypot(SIDE_PX, SIDE_PX))
MIDDLE_PX = (SIDE_PX - 1) / 2  # of the copy, where the centre of the first pixel is 0
HALF = 0.5 + 1e-6  # averages just below one half are rounded up in a picture and its mirror alike
BEST = 2  # keypoints that one is paired with
BLUR_BINS, APART_BINS, SUPPORT_BINS = 1.5, 5, 2
STRONGEST = 3

Copy = UInt8[np.ndarray, "224 224"]
Descriptors = Float32[np.ndarray, "keypoint 128"]
PerPair = Float[np.ndarray, " pair"]
Votes = Float[np.ndarray, "bin_row bin_column"]


class Keypoints(NamedTuple):
    """What SIFT finds in a square copy.

    Attributes:
        places: px from the centre of the first pixel, x and y, 0–223.
        angles: rad, 0 to 2 pi, turning as the rows go down.
        scales: px.
        descriptors: Whole numbers, 4 rows × 4 columns × 8 directions.
    """

    places: Float[np.ndarray, "keypoint 2"]
    angles: Float[np.ndarray, " keypoint"]
    scales: Float[np.ndarray, " keypoint"]
    descriptors: Descriptors


class Pairs(NamedTuple):
    """Keypoints that look alike, two and two; one entry a pair in each array.

    Attributes:
        first: Number of a keypoint.
        second: Number of a keypoint that looks like it.
        length: Distance between the two, px, above 0.
        slant: Angle of the way from first to second, rad.
        weight: How alike their scales are, times how near they are, 0–1.
    """

    first: Int[np.ndarray, " pair"]
    second: Int[np.ndarray, " pair"]
    length: PerPair
    slant: PerPair
    weight: PerPair


class Summits(NamedTuple):
    """The strongest maxima of votes, at most three, the strongest first."""

    rows: Int[np.ndarray, " summit"]
    columns: Int[np.ndarray, " summit"]
    strengths: Float[np.ndarray, " summit"]


def square_copy(grey: Plane) -> Copy:
    """Give grey values of 0–255 as whole numbers, 224 × 224, averaged over areas."""
    return np.floor(squared(grey, SIDE_PX) + HALF).astype(np.uint8)


def keypoints(copy: Copy) -> Keypoints:
    """Give the keypoints of SIFT with its usual settings; none for a copy of one grey."""
    # The precise flag places keypoints without bias, so that a mirrored picture has mirrored ones.
    sift = cv2.SIFT.create(enable_precise_upscale=True)
    found, descriptors = sift.detectAndCompute(copy, None)
    return Keypoints(
        np.array([one.pt for one in found], np.float64).reshape(-1, 2),
        np.deg2rad(np.array([one.angle for one in found], np.float64)),
        np.array([one.size for one in found], np.float64),
        np.zeros((0, 128), np.float32) if descriptors is None else descriptors,
    )


def mirrored(descriptors: Descriptors) -> Descriptors:
    """Give what each keypoint would look like in a mirror, by putting the numbers in other order.

    Mirrored along the direction of the keypoint, the rows of its 4 × 4 cells change places and so
    do the directions that turn left and right (Loy and Eklundh 2006, section 2.1).
    """
    cells = descriptors.reshape(-1, 4, 4, 8)[:, ::-1][..., -np.arange(8) % 8]
    reordered: Descriptors = cells.reshape(-1, 128)
    return reordered


def pairs(points: Keypoints, sought: Descriptors) -> Pairs:
    r"""Give for each keypoint the two others that look most as sought of it.

    The weight is :math:`e^{-|s_i - s_j| / (s_i + s_j)} \, e^{-d^2 / (2 D^2)}` with scales
    :math:`s`, distance :math:`d`, and half the diagonal of the copy :math:`D`.

    Args:
        points: Keypoints; those of one place are not paired with each other.
        sought: What is looked for beside each keypoint: its own descriptor, or the mirrored one.
    """
    first, second = _matches(points, sought)
    way = points.places[second] - points.places[first]
    length = np.hypot(way[:, 0], way[:, 1])
    one, other = points.scales[first], points.scales[second]
    alike = np.exp(-np.abs(one - other) / (one + other))
    near = np.exp(-(length**2) / (2 * (DIAGONAL_PX / 2) ** 2))
    return Pairs(first, second, length, np.arctan2(way[:, 1], way[:, 0]), alike * near)


def summits(votes: Votes, *, is_round: bool, columns: int) -> Summits:
    """Give where votes gather: the strongest maxima after a blur of 1.5 bins.

    A maximum is greater than all within 5 bins of it; of equals it is the first, row by row.

    Args:
        votes: Weights of the votes in each bin.
        is_round: The last column is beside the first.
        columns: So many of the first columns are looked at.
    """
    border = ("constant", "wrap" if is_round else "constant")
    blurred = gaussian_filter(votes, BLUR_BINS, mode=border)
    order = np.argsort(-blurred, axis=None, kind="stable")
    rank = np.empty(blurred.size, np.int64)
    rank[order] = np.arange(blurred.size, 0, -1)
    ranks = rank.reshape(blurred.shape)
    is_top = ranks == maximum_filter(ranks, 2 * APART_BINS + 1, mode=border)
    strengths = np.where(is_top & (blurred > 0), blurred, 0.0)[:, :columns]
    best = np.argsort(-strengths, axis=None, kind="stable")[:STRONGEST]
    rows, at = np.unravel_index(best[strengths.ravel()[best] > 0], strengths.shape)
    return Summits(rows, at, strengths[rows, at])


def _matches(points: Keypoints, sought: Descriptors) -> tuple[np.ndarray, np.ndarray]:
    """Give the numbers of the keypoints, and of the two nearest to what is sought of each."""
    if len(points.places) < BEST:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    have = points.descriptors
    # Descriptors are whole numbers and these sums are below 2^24: exact in float32 in any order.
    distance = (sought**2).sum(1)[:, None] + (have**2).sum(1) - 2 * (sought @ have.T)
    distance[(points.places[:, None] == points.places).all(axis=2)] = np.inf
    rows = np.arange(len(have))
    found = []
    for _ in range(BEST):
        nearest = distance.argmin(axis=1)
        is_there = np.isfinite(distance[rows, nearest])
        found.append((rows[is_there], nearest[is_there]))
        distance[rows, nearest] = np.inf
    return np.concatenate([one for one, _ in found]), np.concatenate([two for _, two in found])
