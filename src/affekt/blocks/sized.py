"""The size at which a set looks at a picture, and the frame it may leave out."""

from itertools import product

import cv2
import numpy as np
from jaxtyping import Float
from PIL import Image

from affekt.blocks.colours import Picture, Plane, Resized
from affekt.errors import PictureError

AREA_PX = 200_000  # Machajdik and Hanbury 2010, Zhao et al. 2014
LEAST_PX = 8  # a side shorter than this has no texture to speak of
SLIGHTEST = 2.0  # deviation, of 255, below which a row is of one colour
STRANGEST = 8.0  # how far, of 255, the mean of a frame lies from that of the middle
DEEPEST = 0.2  # most of a side that a frame may take


def at_area(picture: Picture, area_px: int = AREA_PX) -> Resized:
    """Give the picture with about so many pixels, its aspect kept; a smaller one is enlarged.

    Among the rounded height and width and their neighbours those are taken whose product is nearest
    to ``area_px``; on ties the smaller height, then the smaller width. Bicubic, antialiased; a
    picture of that size already is not touched.

    Raises:
        PictureError: One side would be shorter than 8 px.
    """
    height, width = picture.shape[:2]
    scale = (area_px / (height * width)) ** 0.5
    if height * width == area_px:
        return _enough(picture)
    around = [
        range(max(round(side * scale) - 1, 1), round(side * scale) + 2) for side in (height, width)
    ]
    best = min(product(*around), key=lambda size: (abs(size[0] * size[1] - area_px), size))
    return _resized(picture, *best)


def at_most(picture: Picture, longer_px: int) -> Resized:
    """Give the picture with its longer side no longer than that; a smaller one is not enlarged.

    Raises:
        PictureError: One side would be shorter than 8 px.
    """
    height, width = picture.shape[:2]
    scale = longer_px / max(height, width)
    if scale >= 1:
        return _enough(picture)
    return _resized(picture, max(round(height * scale), 1), max(round(width * scale), 1))


def as_it_is(picture: Picture) -> Resized:
    """Give the picture itself.

    Raises:
        PictureError: One side is shorter than 8 px.
    """
    return _enough(picture)


def without_frame(picture: Picture) -> Resized:
    """Give the picture without a frame of one colour, at most a fifth of its size on each side.

    From each side, rows or columns are left out while all their values deviate by less than 2 (of
    255) and their mean lies more than 8 from that of the innermost half.
    """
    height, width = picture.shape[:2]
    inner = picture[height // 4 : height - height // 4, width // 4 : width - width // 4].mean()
    rows, columns = picture.reshape(height, -1), picture.swapaxes(0, 1).reshape(width, -1)
    top, bottom = _depth(rows, inner), _depth(rows[::-1], inner)
    left, right = _depth(columns, inner), _depth(columns[::-1], inner)
    return picture[top : height - bottom, left : width - right]


def squared(plane: Plane, side_px: int) -> Float[np.ndarray, "side side"]:
    """Give the values squashed to a square: area averages along a side that shrinks, linear else.

    A mirrored plane gives the mirrored square; the library's averages are lopsided where they grow.
    """
    height, width = plane.shape
    narrow = cv2.resize(plane, (side_px, height), interpolation=_smoothly(width, side_px))
    square: Float[np.ndarray, "side side"] = cv2.resize(
        narrow, (side_px, side_px), interpolation=_smoothly(height, side_px)
    )
    return square


def _smoothly(length_px: int, side_px: int) -> int:
    return int(cv2.INTER_AREA if length_px >= side_px else cv2.INTER_LINEAR)


def _depth(lines: np.ndarray, inner: float) -> int:
    """Give how many of the first lines belong to a frame."""
    most = int(DEEPEST * len(lines))
    is_frame = (lines[:most].std(axis=1) < SLIGHTEST) & (
        np.abs(lines[:most].mean(axis=1) - inner) > STRANGEST
    )
    return most if is_frame.all() else int(is_frame.argmin())


def _resized(picture: Picture, height: int, width: int) -> Resized:
    if (height, width) == picture.shape[:2]:
        return _enough(picture)
    _refuse_tiny(height, width)
    resized = Image.fromarray(picture).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(resized)


def _enough(picture: Picture) -> Resized:
    _refuse_tiny(*picture.shape[:2])
    return picture


def _refuse_tiny(height: int, width: int) -> None:
    if min(height, width) < LEAST_PX:
        raise PictureError(
            "too-small",
            f"{width} × {height} px at the size of this feature set; at least {LEAST_PX} × "
            f"{LEAST_PX} are needed",
        )
