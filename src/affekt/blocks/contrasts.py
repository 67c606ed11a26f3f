r"""The contrasts of colour that Itten taught, between the segments of a picture.

References:
    Itten (1961), Kunst der Farbe.
    Machajdik and Hanbury (2010), Affective image classification using features inspired by
    psychology and art theory, ACM Multimedia, Itten contrasts.

Differs:
    Contrasts of brightness and saturation are a deviation over the segments for each level, as in
    code of Zhao et al. (2014); other code takes one deviation over the levels. Counts and areas are
    weighted by size, since plain means of them depend on the number of segments alone. Segments
    without saturation have no hue to contrast.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from affekt.blocks.circular import TURN, apart
from affekt.blocks.memberships import BRIGHTNESS, SATURATION, is_warm, partition, warmth
from affekt.blocks.segments import PerSegment, Segments

LEAST_SATURATION = 0.02  # below, the hue of a segment is noise
BINS = 12
LEAST_SHARE = 0.05  # of the picture, for a hue to count
BLOCK = 2**18  # pairs looked at together, so that memory stays flat

Degrees = Float[np.ndarray, "segment level"]
Bins = Float[np.ndarray, " bin"]
Items = Float[np.ndarray, " item"]


class Contrast(NamedTuple):
    """One contrast of a picture over whatever it is measured on: levels, pairs, corners."""

    mean: float
    most: float


def itten(segments: Segments) -> Float[np.ndarray, "20"]:
    """Give the means of ten contrasts, then the greatest of each.

    Brightness and saturation (0–0.5), hue (0–2), complements (0–pi, rad), warmth (0–1), harmony
    (0–pi, rad; 0 is most harmonious), number of hues (0–1), spread of hues (0–1), area of warm and
    of cold (0–1). With fewer than two coloured segments hue and complements are 0 and warmth is 1.
    """
    coloured = with_colour(segments)
    found = (
        over(weighted_deviation(partition(segments.brightness, BRIGHTNESS), segments.share)),
        over(weighted_deviation(partition(segments.saturation, SATURATION), segments.share)),
        over_pairs(coloured.hue, _chord, alone=0.0),
        over_pairs(coloured.hue, apart, alone=0.0),
        over_pairs(_directions(coloured.hue), _cosine, alone=1.0),
        over(disharmony(hues(coloured))),
        _count(hues(coloured)),
        Contrast(float(segments.share @ segments.dispersion), float(segments.dispersion.max())),
        _area(coloured.share[is_warm(coloured.hue)]),
        _area(coloured.share[~is_warm(coloured.hue)]),
    )
    return np.array([*(one.mean for one in found), *(one.most for one in found)])


def with_colour(segments: Segments) -> Segments:
    """Give the segments whose mean saturation is at least 0.02."""
    has_colour = segments.saturation >= LEAST_SATURATION
    return Segments(*(fact[has_colour] for fact in segments))


def weighted_deviation(degrees: Degrees, share: PerSegment) -> Float[np.ndarray, " level"]:
    r"""Give :math:`\sqrt{\sum_n a_n (m_n - \sum_k a_k m_k)^2}` of each level, 0–0.5.

    Args:
        degrees: Membership of each segment in each level, 0–1.
        share: Size of each segment; sums to 1.
    """
    deviation: Float[np.ndarray, " level"] = np.sqrt(share @ (degrees - share @ degrees) ** 2)
    return deviation


def hues(segments: Segments) -> Bins:
    """Give the share of the picture whose segments have a hue around 0°, 30°, …, 330°."""
    bins = np.floor(segments.hue / TURN * BINS + 0.5).astype(np.intp) % BINS
    return np.bincount(bins, segments.share, BINS).astype(np.float64)  # integers if empty


def disharmony(shares: Bins) -> Items:
    """Give how far each corner of the polygon of hues is from that of a regular one, rad, 0–pi.

    Hues with 5 % of the picture or more are corners on the circle. Two of them are compared with a
    pair of opposites; one alone, or none, gives nothing.
    """
    corners = np.flatnonzero(shares >= LEAST_SHARE)
    gaps = np.diff(corners, append=corners[:1] + BINS) * TURN / BINS
    if len(corners) < 2:
        return np.zeros(0)
    if len(corners) == 2:
        return np.array([abs(np.pi - gaps.min())])
    inner = np.pi - (gaps + np.roll(gaps, 1)) / 2
    return np.asarray(np.abs(inner - np.pi * (len(corners) - 2) / len(corners)))


def over(items: Items) -> Contrast:
    """Give mean and greatest; 0 without items."""
    return Contrast(float(items.mean()), float(items.max())) if len(items) else Contrast(0.0, 0.0)


Measure = Callable[[np.ndarray, np.ndarray], np.ndarray]


def over_pairs(items: np.ndarray, measure: Measure, *, alone: float) -> Contrast:
    """Give mean and greatest over all pairs of different items, a block of pairs at a time.

    Args:
        items: One row an item.
        measure: Gives the value of each of many pairs, from the rows of their first and of their
            second items.
        alone: Answer where there is no pair.
    """
    count = len(items)
    if count < 2:
        return Contrast(alone, alone)
    total, most, step = 0.0, -np.inf, max(BLOCK // count, 1)
    for start in range(0, count - 1, step):
        firsts = np.arange(start, min(start + step, count))
        row, second = np.nonzero(np.arange(count) > firsts[:, None])
        found = measure(items[firsts[row]], items[second])
        total += float(found.sum())
        most = max(most, float(found.max()))
    return Contrast(total / (count * (count - 1) / 2), most)


def _chord(one: PerSegment, other: PerSegment) -> PerSegment:
    return np.asarray(2 * np.sin(apart(one, other) / 2))


def _directions(hue: PerSegment) -> np.ndarray:
    degrees = warmth(hue)
    return np.asarray(degrees / np.linalg.norm(degrees, axis=-1, keepdims=True))


def _cosine(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray((one * other).sum(axis=1).clip(0, 1))


def _count(shares: Bins) -> Contrast:
    return Contrast(float((shares >= LEAST_SHARE).mean()), float(shares.max()))


def _area(shares: PerSegment) -> Contrast:
    return Contrast(float(shares.sum()), float(shares.max(initial=0.0)))
