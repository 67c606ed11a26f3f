"""What is kept of a picture until a vocabulary is known: everything that a region can be told by.

Gabor histograms are kept as counts of the cells that all regions are made of, so that those of a
region are exact sums. Most counts are 0; a run of zeros is kept as minus its length. A picture then
takes about 0.3 MB instead of 1.4.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Int

from affekt.blocks.colours import Resized
from affekt.blocks.gabor import BINS, FILTERS, gabor, gabor_cells
from affekt.blocks.gaussian_colour import gaussian_colour
from affekt.blocks.regions import CELLS, REGIONS, summed
from affekt.blocks.wiccest import ITEMS, SCALES, edges, wiccest_of_regions

WICCEST = len(SCALES) * REGIONS * len(ITEMS)
COUNTS = CELLS**2 * len(FILTERS) * BINS

Packed = Float32[np.ndarray, " packed"]


@dataclass(frozen=True)
class Layout:
    """Which of both kinds of descriptors a raw vector holds."""

    has_wiccest: bool
    has_gabor: bool

    @property
    def longest(self) -> int:
        """Most values of a raw vector."""
        return self.has_wiccest * WICCEST + self.has_gabor * COUNTS

    def of(self, picture: Resized) -> Packed:
        """Give the raw vector of a picture, as it is sized."""
        planes = gaussian_colour(picture)
        parts: list[np.ndarray] = []
        if self.has_wiccest:
            parts += [wiccest_of_regions(edges(planes, scale)).ravel() for scale in SCALES]
        if self.has_gabor:
            parts.append(packed(gabor_cells(gabor(planes)).ravel()))
        raw: Packed = np.concatenate(parts).astype(np.float32)
        return raw

    def wiccest(self, raw: Packed, scale: int) -> Float[np.ndarray, "130 12"]:
        """Give the Wiccest descriptors of all regions at one of the scales, by its number."""
        told: Float[np.ndarray, "130 12"] = raw[:WICCEST].reshape(len(SCALES), REGIONS, -1)[scale]
        return told

    def gabor(self, raw: Packed) -> Float[np.ndarray, "130 2424"]:
        """Give the Gabor histograms of all regions, each of shares that sum to 1."""
        counts = unpacked(raw[self.has_wiccest * WICCEST :])
        sums = summed(counts.reshape(CELLS**2, -1)).reshape(REGIONS, len(FILTERS), BINS)
        shares: Float[np.ndarray, "130 2424"] = (
            (sums / sums.sum(axis=2, keepdims=True)).reshape(REGIONS, -1).astype(np.float32)
        )
        return shares


def packed(counts: Int[np.ndarray, " count"]) -> Packed:
    """Give the counts, each run of zeros as minus its length; exact below 2 ** 24."""
    is_zero = counts == 0
    turns = np.flatnonzero(np.diff(is_zero, prepend=False, append=False))
    starts, ends = turns[::2], turns[1::2]
    values: Packed = counts.astype(np.float32)
    values[starts] = starts - ends
    is_kept = ~is_zero
    is_kept[starts] = True
    kept: Packed = values[is_kept]
    return kept


def unpacked(runs: Packed) -> Int[np.ndarray, " count"]:
    """Give the counts that `packed` was given."""
    values = runs.astype(np.int64)
    return np.repeat(np.maximum(values, 0), np.maximum(-values, 1))
