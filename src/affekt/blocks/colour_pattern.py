"""The colours of a picture as a person tells them: how vivid, how light, how cool, which five.

Hue, saturation and value are those of HSV. All of it is a matter of which colours there are and how
many pixels each has; where in the picture they lie changes nothing, not in the last bit.

References:
    Wang, Jia, Yin and Cai (2013), Interpretable aesthetic features for affective image
    classification, ICIP: the group colour pattern.

Differs:
    The paper's formulas could not be read. What stands here is our choice throughout, after the
    colour features that the same group used later. Those name the hues from 30 to 110 degrees, and
    what lies outside counts as cool, pure red too. On a circle of 180 steps, as OpenCV has, the
    same numbers are yellow-green to blue: ``cool_degrees=(60.0, 220.0)`` counts those instead.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, UInt8
from scipy.cluster.vq import vq
from skimage.color import lab2rgb, rgb2hsv

from affekt.blocks.colours import Picture, lab

N_COLOURS = 5
MOST_PX = 20_000  # pixels among which the dominant colours are looked for
MOST_ROUNDS = 100  # of k-means; photographs settle within 10 to 40
SETTLED = 0.1  # a move in CIELAB that nobody sees
SEED = 0
COOL = (110.0, 30.0)  # degrees of hue, from and up to, round the circle
LEAST_VIVID = 0.1  # saturation below which a hue is noise
LEAST_CLEAR = 0.6  # value from which a pixel is clear

Counts = Int[np.ndarray, " point"]
Points = Float[np.ndarray, "point 3"]
Centres = Float[np.ndarray, "centre 3"]
Colours = Float[np.ndarray, "colour 3"]


class Inventory(NamedTuple):
    """Which colours a picture has, each once, in a fixed order; and how many pixels of each."""

    colours: UInt8[np.ndarray, "point 3"]
    counts: Counts


class Palette(NamedTuple):
    """The dominant colours of a picture, the commonest first."""

    colours: Colours  # HSV, hue in turns, 0 ≤ hue < 1
    shares: Float[np.ndarray, " colour"]  # of the pixels looked at; sums to 1


def colour_pattern(
    picture: Picture, *, cool_degrees: tuple[float, float] = COOL
) -> Float[np.ndarray, "21"]:
    """Give vividness, lightness, cool and clear shares, and the five dominant colours.

    Args:
        picture: 8-bit sRGB.
        cool_degrees: The hue where cool ones begin, and the one before which they end, going up
            and round; 0 ≤ degrees < 360. Where both are equal, none is cool.

    Returns:
        Mean and standard deviation of the saturation, the same of the value; the share of cool
        hues among pixels with a saturation of 0.1 or more, 0 where there is none; the share of
        pixels with a value of 0.6 or more; hue (in turns), saturation and value of each dominant
        colour. All lie in 0–1.
    """
    present = inventory(picture)
    hue, saturation, value = rgb2hsv(present.colours).T
    share = present.counts / present.counts.sum()
    is_vivid = saturation >= LEAST_VIVID
    first, behind = cool_degrees
    degrees = (360 * hue).round(9)  # or 30° would be a little less or more, as it comes
    is_cool = is_vivid & ((degrees - first) % 360 < (behind - first) % 360)
    vivid = float(share @ is_vivid)
    cool = float(share @ is_cool) / vivid if vivid else 0.0
    moments = [*_moments(saturation, share), *_moments(value, share)]
    shares = np.array([cool, share @ (value >= LEAST_CLEAR)]).clip(0, 1)
    return np.concatenate([moments, shares, palette(present).colours.ravel()])


def inventory(picture: Picture) -> Inventory:
    """Give the colours of a picture, ordered by red, then green, then blue."""
    packed = picture.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    colours, counts = np.unique(packed, return_counts=True)
    channels = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=-1)
    return Inventory(channels.astype(np.uint8), counts)


def palette(present: Inventory) -> Palette:
    """Give the five dominant colours, by k-means in CIELAB.

    Of more than 20,000 pixels as many are looked at, evenly from all in the order of the inventory.
    k-means++ starts from seed 0. Colours with equal shares are ordered by L*, a* and b*. A picture
    of fewer than five colours has those, and in the places that are left the commonest of them
    again, with share 0.
    """
    seen = _sample(present)
    points = lab(seen.colours[None])[0]
    found = _clusters(points, seen.counts) if len(points) > N_COLOURS else (points, seen.counts)
    centres, counts = found
    order = np.lexsort((*centres.T[::-1], -counts))
    missing = N_COLOURS - len(order)
    shares = np.append(counts[order], np.zeros(missing)) / counts.sum()
    order = np.append(order, np.repeat(order[:1], missing))
    return Palette(_hsv_of(centres[order]), shares)


def _moments(
    values: Float[np.ndarray, " point"], share: Float[np.ndarray, " point"]
) -> list[float]:
    """Give mean and standard deviation."""
    mean = float(share @ values)
    return [min(mean, 1.0), float(np.sqrt(share @ (values - mean) ** 2))]


def _sample(present: Inventory) -> Inventory:
    """Give at most 20,000 pixels, the one in the middle of each of as many equal parts."""
    up_to = np.cumsum(present.counts)
    n_taken = min(int(up_to[-1]), MOST_PX)
    places = (2 * np.arange(n_taken) + 1) * up_to[-1] // (2 * n_taken)
    counts = np.bincount(np.searchsorted(up_to, places, side="right"), minlength=len(up_to))
    return Inventory(present.colours[counts > 0], counts[counts > 0])


def _clusters(points: Points, counts: Counts) -> tuple[Centres, Int[np.ndarray, " centre"]]:
    """Give the centres of k-means once none moves visibly any more, and the pixels of each.

    References:
        Lloyd (1982), Least squares quantization in PCM, IEEE Transactions on Information Theory 28.
    """
    centres, moves = _first_centres(points, counts), np.inf
    for _ in range(MOST_ROUNDS):
        nearest, _ = vq(points, centres)
        sizes = np.bincount(nearest, counts, N_COLOURS)
        sums = np.stack([np.bincount(nearest, counts * axis, N_COLOURS) for axis in points.T], -1)
        # One that lost all its pixels stays where it was.
        means = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], centres)
        centres, moves = means, np.abs(means - centres).max()
        if moves < SETTLED:
            break
    return centres, sizes.astype(np.int64)


def _first_centres(points: Points, counts: Counts) -> Centres:
    """Give five different points, each drawn by its squared distance from those before.

    References:
        Arthur and Vassilvitskii (2007), k-means++: the advantages of careful seeding, SODA.
    """
    chance = np.random.default_rng(SEED)
    weights = counts.astype(np.float64)
    apart = np.full(len(points), np.inf)
    chosen: list[int] = []
    for _ in range(N_COLOURS):
        up_to = np.cumsum(weights)
        chosen.append(int(np.searchsorted(up_to, chance.random() * up_to[-1], side="right")))
        apart = np.minimum(apart, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
        weights = counts * apart
    return points[chosen]


def _hsv_of(centres: Centres) -> Colours:
    """Give colours of CIELAB as HSV; what lies outside of sRGB by rounding is cut off."""
    colours: Colours = rgb2hsv(lab2rgb(centres).clip(0, 1))
    return colours
