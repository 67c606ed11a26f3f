"""What a trained net makes of a picture: the values of one of its layers."""

from functools import cache
from typing import Any, Literal

import numpy as np
from jaxtyping import UInt8
from PIL import Image
from pydantic import Field, field_validator

from affekt.features import Feature, Picture, Vector
from affekt.nets import efficientnet_lite0
from affekt.nets.net import Net
from affekt.nets.session import provider, session
from affekt.pictures.square import squashed

NETS: dict[str, Net] = {net.name: net for net in (efficientnet_lite0.NET,)}
CROP_SHARE = 224 / 256  # side of the centre square as a share of the shorter side
ENGINE, PRECISION = "onnxruntime", "float32"
View = Literal["plain", "mirrored"]
Square = UInt8[np.ndarray, "side side 3"]


class Backbone(Feature):
    """Values of a layer of a net trained on ImageNet.

    ``squash`` brings the whole picture to the net's square input, whatever its aspect; nothing of
    it is lost, which matters for what it makes people feel. ``crop`` takes the central square of
    7/8 of the shorter side, as nets are usually tested. Both resize bicubically with antialiasing.

    References:
        Tan and Le (2019), EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks,
        ICML; the Lite0 variant.
    """

    net: Literal["efficientnet_lite0"] = Field(
        "efficientnet_lite0", description="the trained net; efficientnet_lite0 comes with affekt"
    )
    framing: Literal["squash", "crop"] = Field(
        "squash", description="squash: the whole picture; crop: its central square"
    )
    layer: Literal["stage6", "features", "logits"] = Field(
        "features",
        description="features: what enters the classifier; logits: what leaves it; stage6: what "
        "enters the last stage",
    )
    views: tuple[View, ...] = Field(
        ("plain",),
        min_length=1,
        description="plain: the picture; mirrored: its mirror image; the values of all, in a row",
    )

    @field_validator("views")
    @classmethod
    def _each_once(cls, views: tuple[View, ...]) -> tuple[View, ...]:
        if len(set(views)) < len(views):
            raise ValueError(f"is {list(views)!r}; each view may stand there once")
        return views

    @property
    def names(self) -> tuple[str, ...]:
        return _names(self.net, self.layer, self.views)

    @property
    def enough_px(self) -> int:
        """Twice what the net sees: halving a JPEG down to there changes no value that matters."""
        side_px = self._net.side_px
        return 2 * side_px if self.framing == "squash" else round(2 * side_px / CROP_SHARE)

    @property
    def square_px(self) -> int | None:
        return self._net.side_px if self.framing == "squash" else None

    def identity(self) -> dict[str, Any]:
        """Give kind, version and settings, and all else that the values come from."""
        return super().identity() | {
            "weights_sha256": self._net.weights_sha256,
            "builder": self._net.builder,
            "engine": ENGINE,
            "provider": provider(),
            "precision": PRECISION,
        }

    def extract(self, picture: Picture) -> Vector:
        pixels = framed(picture, self._net.side_px, self.framing)
        # One by one, so that a view gives the same bits whatever is computed besides.
        seen = {"plain": pixels, "mirrored": pixels[:, ::-1]}
        return np.concatenate([self._values(seen[view]) for view in self.views])

    def _values(self, pixels: Square) -> Vector:
        vector: Vector = session(self._net).run(pixels[None], self.layer).reshape(-1)
        return vector

    @property
    def _net(self) -> Net:
        return NETS[self.net]


@cache
def _names(net: str, layer: str, views: tuple[View, ...]) -> tuple[str, ...]:
    sets = [f"{net}.{layer}" + ("_mirrored" if view == "mirrored" else "") for view in views]
    return tuple(f"{one}.{at:04d}" for one in sets for at in range(NETS[net].lengths[layer]))


def framed(picture: Picture, side_px: int, framing: Literal["squash", "crop"]) -> Square:
    """Give the picture as a square of that side; see `Backbone` for the two framings."""
    if framing == "squash" and picture.shape[:2] == (side_px, side_px):  # so the decoder gave it
        return picture
    image = Image.fromarray(picture)
    if framing == "squash":
        return np.asarray(squashed(image, side_px))
    # Cut before resizing, so that a very long picture never grows.
    half = min(image.size) * CROP_SHARE / 2
    x, y = image.width / 2, image.height / 2
    frame = (x - half, y - half, x + half, y + half)
    return np.asarray(image.resize((side_px, side_px), Image.Resampling.BICUBIC, box=frame))
