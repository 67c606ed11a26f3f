"""How much of a picture has which colour, wherever in the picture it stands."""

from collections.abc import Iterator
from itertools import chain, product
from math import prod
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float, Int
from PIL import Image
from pydantic import Field, model_validator

from affekt.features import Feature, Picture, Vector

BLOCK = 1 << 18  # pixels converted at once, so that a huge picture costs little more than itself
MOST_CELLS = 4096  # more are nearly all empty, and cost every model that reads them
LAB_FROM = np.array(
    [0, -110, -110], np.float32
)  # with the next line a box around every sRGB colour
LAB_SPAN = np.array([100, 220, 220], np.float32)

Bins = Annotated[int, Field(ge=1, le=64)]
Channels = Float[np.ndarray, "pixel 3"]


class ColourHistogram(Feature):
    """Share of the pixels in each bin of a colour space; sums to 1.

    Greys have hue 0 by convention.

    References:
        Swain and Ballard (1991), Color indexing, International Journal of Computer Vision 7.

    Differs:
        They count pixels on opponent colour axes; here the axes are HSV or CIELAB (D65), and shares
        instead of counts make pictures of different sizes comparable.
    """

    space: Literal["hsv", "lab"] = Field("hsv", description="colour space, HSV or CIELAB")
    bins: tuple[Bins, Bins, Bins] = Field((8, 4, 4), description="bins a channel, in their order")
    is_joint: bool = Field(
        True, description="one bin a combination; else one histogram a channel, each 1/3 of the sum"
    )

    @model_validator(mode="after")
    def _is_small(self) -> "ColourHistogram":
        if self.is_joint and prod(self.bins) > MOST_CELLS:
            raise ValueError(
                f"bins {list(self.bins)} make {prod(self.bins):,} joint cells, at most "
                f"{MOST_CELLS:,} are allowed; take fewer bins or is_joint = false"
            )
        return self

    @property
    def names(self) -> tuple[str, ...]:
        channels = [
            [f"{channel}{at:02d}" for at in range(count)]
            for channel, count in zip(self.space, self.bins, strict=True)
        ]
        cells = map("_".join, product(*channels)) if self.is_joint else chain(*channels)
        return tuple(f"colour_histogram.{self.space}.{cell}" for cell in cells)

    def extract(self, picture: Picture) -> Vector:
        counts = np.zeros(self.length, np.int64)
        for pixels in _blocks(picture):
            cells = self._cells(CONVERTERS[self.space](pixels))
            counts += np.bincount(cells, minlength=counts.size)
        shares: Vector = (counts / counts.sum()).astype(np.float32)
        return shares

    def _cells(self, scaled: Channels) -> Int[np.ndarray, " cell"]:
        """Give the number of the cell, or of three cells, that each pixel falls into."""
        bins = np.array(self.bins, np.int32)
        at = np.minimum((scaled * bins.astype(np.float32)).astype(np.int32), bins - 1)
        if self.is_joint:
            cells: Int[np.ndarray, " cell"] = np.ravel_multi_index(tuple(at.T), self.bins)
            return cells
        at += np.cumsum([0, *self.bins[:2]], dtype=np.int32)
        return at.ravel()


def _blocks(picture: Picture) -> Iterator[Picture]:
    """Give the pixels in blocks, each one row of them."""
    step = max(1, BLOCK // picture.shape[1])
    for row in range(0, picture.shape[0], step):
        yield picture[row : row + step].reshape(1, -1, 3)


def _hsv(pixels: Picture) -> Channels:
    """Give hue, saturation and value, each 0 ≤ x < 1 in steps of 1/256."""
    return np.asarray(Image.fromarray(pixels).convert("HSV")).reshape(-1, 3) / np.float32(256)


def _lab(pixels: Picture) -> Channels:
    """Give L*, a* and b*, each scaled to 0–1 inside a box around sRGB."""
    from skimage.color import rgb2lab  # half a second, and only this space needs it

    lab: Channels = rgb2lab(pixels.astype(np.float32) / 255).reshape(-1, 3)
    scaled: Channels = (lab - LAB_FROM) / LAB_SPAN
    return scaled


CONVERTERS = {"hsv": _hsv, "lab": _lab}
