"""How a picture is laid before a net, and what becomes of the values that the net gives."""

from collections.abc import Callable
from functools import cache
from typing import Annotated, Literal

import numpy as np
from jaxtyping import UInt8
from PIL import Image
from pydantic import AfterValidator, Field

from affekt.features import Picture, Vector
from affekt.nets.net import USUAL_CROP
from affekt.nets.zoo import Seen
from affekt.pictures.square import squashed

RESAMPLING = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
Square = UInt8[np.ndarray, "side side 3"]
View = Literal["plain", "mirrored"]


def _each_once(views: tuple[View, ...]) -> tuple[View, ...]:
    if len(set(views)) < len(views):
        raise ValueError(f"is {list(views)!r}; each view may stand there once")
    return views


Framing = Annotated[
    Literal["squash", "crop"],
    Field(description="squash: the whole picture; crop: its central square"),
]
Views = Annotated[
    tuple[View, ...],
    Field(
        min_length=1,
        description="plain: the picture; mirrored: its mirror image; the values of all, in a row",
    ),
    AfterValidator(_each_once),
]
Precision = Annotated[
    Literal["float32", "float16"],
    Field(description="float16: values are rounded to 16 bits and take a third less space"),
]


def framed(
    picture: Picture,
    side_px: int,
    framing: Literal["squash", "crop"],
    crop_share: float = USUAL_CROP,
    resampling: Image.Resampling = Image.Resampling.BICUBIC,
) -> Square:
    """Give the picture as a square of that side.

    ``squash`` brings the whole picture to it, whatever its aspect; ``crop`` the central square of
    that share of the shorter side. Both resize with antialiasing.
    """
    if framing == "squash" and picture.shape[:2] == (side_px, side_px):  # so the decoder gave it
        return picture
    image = Image.fromarray(picture)
    if framing == "squash" and resampling == Image.Resampling.BICUBIC:
        return np.asarray(squashed(image, side_px))
    frame = (0.0, 0.0, float(image.width), float(image.height))
    if framing == "crop":  # cut before resizing, so that a very long picture never grows
        half = min(image.size) * crop_share / 2
        x, y = image.width / 2, image.height / 2
        frame = (x - half, y - half, x + half, y + half)
    return np.asarray(image.resize((side_px, side_px), resampling, box=frame))


def framed_as(picture: Picture, seen: Seen, framing: Literal["squash", "crop"]) -> Square:
    """Give the picture as a net wants it, see `framed`."""
    return framed(picture, seen.side_px, framing, seen.crop_share, _resampling(seen))


def enough_px(seen: Seen, framing: Literal["squash", "crop"]) -> int:
    """Twice what the net sees: halving a JPEG down to there changes no value that matters."""
    share = 1.0 if framing == "squash" else seen.crop_share
    return round(2 * seen.side_px / share)


def square_px(seen: Seen, framing: Literal["squash", "crop"]) -> int | None:
    """Side of the square, where a decoder may squash: it does so bicubically."""
    is_usual = _resampling(seen) == Image.Resampling.BICUBIC
    return seen.side_px if framing == "squash" and is_usual else None


def _resampling(seen: Seen) -> Image.Resampling:
    return RESAMPLING.get(seen.interpolation, Image.Resampling.BICUBIC)


def vector_of(
    pixels: Square, run: Callable[[Square], Vector], views: tuple[View, ...], precision: str
) -> Vector:
    """Give the values of all views in a row, each view by a call of its own.

    A view therefore has the same bits whatever is computed besides. Too large for 16 bits becomes
    infinite, which whoever keeps vectors refuses, and names the value.
    """
    seen = {"plain": pixels, "mirrored": pixels[:, ::-1]}
    vector = np.concatenate([run(seen[view]) for view in views])
    if precision == "float16":
        with np.errstate(over="ignore"):
            vector = vector.astype(np.float16).astype(np.float32)
    return vector


@cache
def names_of(layer: str, length: int, views: tuple[View, ...]) -> tuple[str, ...]:
    """Give a name for every value: the layer's, with ``_mirrored`` behind it, and a number."""
    sets = [layer + ("_mirrored" if view == "mirrored" else "") for view in views]
    digits = max(4, len(str(length - 1)))
    return tuple(f"{one}.{at:0{digits}d}" for one in sets for at in range(length))
