"""Emphasis: contrasts of colour between segments, and where in the picture the eye rests."""

from functools import cache

import numpy as np
from jaxtyping import Bool, Float

from affekt.blocks.circular import TURN
from affekt.blocks.colour_names import Shares
from affekt.blocks.memberships import BRIGHTNESS, SATURATION, partition, warmth
from affekt.blocks.saliency import SIDE_PX, Map
from affekt.blocks.segments import PerSegment, Segments

SECTORS = 12  # of the circle of hues
PRESENT = 0.005  # least share of the picture for a colour to be there
REACH = 1 / 6  # half width of a diagonal, radius of a power point, in sides of the picture


def colour_contrasts(segments: Segments, names: Shares) -> Float[np.ndarray, "15"]:
    r"""Give how the segments of a picture differ in colour: Itten's contrasts, on PAEF's terms.

    Args:
        segments: What the segments are like, the coarse ones of PAEF.
        names: Share of the picture with each of the eleven names of colours.

    Returns:
        0: hue, mean over pairs of segments of the difference in turns, 0–0.5.
        1–3: saturation, for low, middle and high the deviation of the membership over the segments,
        weighted by size, 0–0.5.
        4–8: brightness, the same for its five levels.
        9: warmth, mean over pairs of the cosine similarity of (warm, neutral, cold), 0–1.
        10: complements, how many of the six opposite pairs of 30° sectors both hold a segment.
        11, 12: mean and deviation (n - 1) over those pairs of the smaller number of segments over
        the larger; 0 without a pair, deviation 0 of one.
        13: simultaneous contrast, 1 without complements, else 0.
        14: extension, deviation (n - 1) over sum of twelve numbers: how many colours are present,
        and the pixels of each of the eleven.
        With one segment 0 is 0 and 9 is 1.

    References:
        Itten (1973), The art of color. Zhao et al. (2014), Exploring principles-of-art features for
        image emotion recognition, ACM Multimedia: contrasts of colour; order and formulas as in
        code made after the paper.

    Differs:
        That code takes arithmetic means of hue, wrong across red; here means are circular. Means
        of a value over pairs count each pair once, whatever the sizes.
    """
    return np.concatenate(
        [
            [_hue_contrast(segments.hue)],
            _deviations(partition(segments.saturation, SATURATION), segments.share),
            _deviations(partition(segments.brightness, BRIGHTNESS), segments.share),
            [_warmth_likeness(segments.hue)],
            _complements(segments.hue),
            [_extension(names, int(segments.pixels.sum()))],
        ]
    )


def focused_attention(saliency: Map) -> Float[np.ndarray, "3"]:
    r"""Give the rate of focused attention for three masks: thirds, main and other diagonal, 0–1.

    Each is :math:`\sum S M / \sum S`: the share of the saliency on four discs of radius 1/6 around
    the power points of the rule of thirds, within 1/6 of :math:`y = x`, and of :math:`y = 1 - x`,
    with x to the right and y down from 0 to 1.

    Args:
        saliency: Any map, not only that of `affekt.blocks.saliency`; nowhere below 0.

    Returns:
        Three shares; those of the masks, 0.3506, 0.3013 and 0.3013, for a map of one value, and of
        zeros.

    References:
        Sun, Yao, Ji and Liu (2009), Photo assessment based on computational visual attention model,
        ACM Multimedia. Zhao et al. (2014): rate of focused attention.

    Differs:
        Shapes and sizes of the masks are our choice.
    """
    masks = _masks()
    total = saliency.sum()
    if total <= 0:
        return np.asarray(masks.mean(axis=(1, 2)))
    return np.asarray((saliency * masks).sum(axis=(1, 2)) / total)


def n_present(names: Shares) -> int:
    """Give how many colours have at least 0.5 % of the picture."""
    return int((names >= PRESENT).sum())


def _hue_contrast(hue: PerSegment) -> float:
    """Give the mean difference of all pairs, turns, sorted once instead of pair by pair."""
    turns = np.sort(hue / TURN)
    n = len(turns)
    if n == 1:
        return 0.0
    sums = np.concatenate([[0.0], np.cumsum(turns)])
    own = np.arange(1, n + 1)
    end = np.searchsorted(turns, turns + 0.5, side="right")  # up to here the way up is the shorter
    near = sums[end] - sums[own] - (end - own) * turns
    far = (n - end) * (1 + turns) - (sums[n] - sums[end])
    return float((near + far).sum() / (n * (n - 1) / 2))


def _deviations(
    degrees: Float[np.ndarray, "segment level"], share: PerSegment
) -> Float[np.ndarray, " level"]:
    mean = share @ degrees
    return np.asarray(np.sqrt(share @ (degrees - mean) ** 2))


def _warmth_likeness(hue: PerSegment) -> float:
    """Give the mean cosine over all pairs: from the length of the sum of the unit vectors."""
    n = len(hue)
    if n == 1:
        return 1.0
    degrees = warmth(hue)
    units = degrees / np.linalg.norm(degrees, axis=1, keepdims=True)
    together = units.sum(axis=0)
    return float(np.clip((together @ together - n) / (n * (n - 1)), 0, 1))


def _complements(hue: PerSegment) -> Float[np.ndarray, "4"]:
    """Give the number of complementary pairs, mean and deviation of their evenness, and none."""
    sectors = (hue / TURN * SECTORS).astype(int) % SECTORS
    opposite = np.bincount(sectors, minlength=SECTORS).reshape(2, SECTORS // 2)
    fewer, more = opposite.min(axis=0), opposite.max(axis=0)
    even = fewer[fewer > 0] / more[fewer > 0]
    return np.array(
        [
            len(even),
            even.mean() if len(even) else 0.0,
            even.std(ddof=1) if len(even) > 1 else 0.0,
            0.0 if len(even) else 1.0,
        ]
    )


def _extension(names: Shares, n_pixels: int) -> float:
    numbers = np.concatenate([[n_present(names)], names * n_pixels])
    return float(numbers.std(ddof=1) / numbers.sum())


@cache
def _masks() -> Bool[np.ndarray, "3 64 64"]:
    x, y = _middles()
    thirds = np.zeros(x.shape, bool)
    for across in (1 / 3, 2 / 3):
        for down in (1 / 3, 2 / 3):
            thirds |= np.hypot(x - across, y - down) <= REACH
    masks = np.stack([thirds, np.abs(x - y) <= REACH, np.abs(x + y - 1) <= REACH])
    masks.setflags(write=False)  # shared by all callers
    return masks


def _middles() -> Float[np.ndarray, "2 64 64"]:
    middles = (np.arange(SIDE_PX) + 0.5) / SIDE_PX
    return np.stack(np.meshgrid(middles, middles))
