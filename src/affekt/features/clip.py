"""What CLIP, SigLIP or DINOv2 makes of a picture; needs the extra ``clip``."""

from typing import Any

from pydantic import Field

from affekt.features import Feature, Picture, Vector
from affekt.features._framing import (
    Framing,
    Precision,
    Square,
    Views,
    enough_px,
    framed_as,
    names_of,
    square_px,
    vector_of,
)
from affekt.nets.clip import ClipTexts, opened
from affekt.nets.clip_folder import Files, found, seen, sha256
from affekt.nets.zoo import Seen
from affekt.parts import Place

ENGINE = "torch"


class Clip(Feature):
    """The vector of a picture by CLIP, SigLIP or DINOv2, from a folder of transformers.

    Pictures come to the size the net was trained on, with its own mean, deviation and way of
    resizing. CLIP and SigLIP lay pictures beside texts, so that the model ``zero_shot`` can name
    emotions without any training; DINOv2 reads nothing.

    References:
        Radford et al. (2021), Learning Transferable Visual Models From Natural Language
        Supervision, ICML. Zhai et al. (2023), Sigmoid Loss for Language Image Pre-Training, ICCV.
        Oquab et al. (2024), DINOv2: Learning Robust Visual Features without Supervision, TMLR.
    """

    net: Place = Field(
        description="folder of the net, or its name where an earlier download left it, such as "
        "`openai/clip-vit-large-patch14`",
    )
    framing: Framing = "squash"
    views: Views = ("plain",)
    precision: Precision = "float32"

    @classmethod
    def example(cls) -> "Clip":
        return cls(net=Place(written="openai/clip-vit-large-patch14"))

    @property
    def names(self) -> tuple[str, ...]:
        files = self._files
        return names_of(f"clip.{files.kind}", opened(files).length, self.views)

    @property
    def texts(self) -> ClipTexts:
        return ClipTexts(self.net.path, self.net.written)

    @property
    def enough_px(self) -> int:
        return enough_px(self._seen, self.framing)

    @property
    def square_px(self) -> int | None:
        return square_px(self._seen, self.framing)

    def identity(self) -> dict[str, Any]:
        """Give kind, version and settings, and all else that the values come from.

        Of the folder its content counts, not where it lies.
        """
        files = self._files
        return super().identity() | {
            "net": files.kind,
            "weights_sha256": sha256(files.seeing),
            "seen": self._seen._asdict(),
            "engine": ENGINE,
            "device": opened(files).device,
            "computed_in": "float32",
        }

    def extract(self, picture: Picture) -> Vector:
        net = opened(self._files)

        def values(pixels: Square) -> Vector:
            given: Vector = net.run(pixels[None])[0]
            return given

        pixels = framed_as(picture, net.seen, self.framing)
        return vector_of(pixels, values, self.views, self.precision)

    @property
    def _files(self) -> Files:
        return found(self.net.path, self.net.written)

    @property
    def _seen(self) -> Seen:
        return seen(self._files)
