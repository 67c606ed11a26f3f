"""How a picture enters a net: one value that training, prediction and a net's papers share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from affekt.errors import PictureError
from affekt.pictures.decode import Decoders
from affekt.pictures.open_picture import as_seen
from affekt.pictures.square import squashed

Square = UInt8[np.ndarray, "side side 3"]
# In the words of timm's `pretrained_cfg`, for bicubic resizing with antialiasing.
HOW: Mapping[str, Any] = {"interpolation": "bicubic", "crop_pct": 1.0, "crop_mode": "squash"}


@dataclass(frozen=True)
class Preprocessing:
    """The whole picture, upright, in sRGB and over white, squashed to a square of uint8 pixels.

    What scales pixels to numbers around 0 is part of the net and of its graph.

    Attributes:
        side_px: Side of the square.
    """

    side_px: int

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Give what `document` wrote; other keys are left alone.

        Raises:
            ValueError: It says something else than what is done here.
        """
        for key, wanted in HOW.items():
            if document.get(key) != wanted:
                raise ValueError(f"{key} is {document.get(key)!r}, {wanted!r} is known")
        size = document.get("input_size")
        match size:
            case [3, int(side_px), int(other)] if side_px == other > 0:
                return cls(side_px)
        raise ValueError(f"input_size is {size!r}, [3, side, side] is known")

    def document(self) -> dict[str, Any]:
        """Give it as JSON values, in timm's words."""
        return {"input_size": [3, self.side_px, self.side_px], **HOW}

    def of_file(self, data: bytes, decoders: Decoders) -> Square:
        """Give the square of a file's bytes, decoded by a child with limits.

        Raises:
            PictureError: It cannot be used; see `Decoders`.
        """
        return decoders.squashed(data, self.side_px)

    def of_image(self, image: Image.Image) -> Square:
        """Give the square of a picture that somebody has decoded, of any mode.

        Raises:
            PictureError: It has no pixels, or they cannot be read.
        """
        if 0 in image.size:
            raise PictureError("not-a-picture", f"{image.width} × {image.height} px")
        return np.asarray(squashed(as_seen(image), self.side_px))
