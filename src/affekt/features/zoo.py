"""What any net of timm or open_clip makes of a picture; heavy, and needs the extra ``zoo``."""

from typing import Any, ClassVar

from pydantic import Field, model_validator

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
from affekt.nets.torch_net import TorchNet, Wanted, opened
from affekt.parts import Place

ENGINE = "torch"


class Zoo(Feature):
    """Values of a layer of a net of timm, or of the seeing half of one of open_clip, by PyTorch.

    Pictures come to the size the net was trained on, with its own mean, deviation and way of
    resizing; ``crop`` takes the share of the shorter side that its library tests it with. Without
    `is_trained` the weights are random, always the same ones: what training adds is then seen.

    References:
        Wightman (2019), PyTorch Image Models. Cherti et al. (2023), Reproducible Scaling Laws for
        Contrastive Language-Image Learning, CVPR.
    """

    idle: ClassVar[frozenset[str]] = frozenset({"weights"})  # their content counts

    model: str = Field(
        pattern=r"^(timm/[\w.-]+|open_clip/[\w.-]+(:[\w.-]+)?)$",
        description="such as `timm/resnet50.a1_in1k` or `open_clip/ViT-B-32:openai`",
    )
    weights: Place | None = Field(
        None, description="your file, `.safetensors` or `.pth`; none: what an earlier download left"
    )
    is_trained: bool = Field(True, description="false: random weights, for comparison")
    framing: Framing = "squash"
    layer: str = Field(
        "features",
        description="features: what enters the classifier; logits: what leaves it, of timm; or the "
        "name of a module of the net",
    )
    views: Views = ("plain",)
    precision: Precision = "float32"

    @model_validator(mode="after")
    def _one_origin(self) -> "Zoo":
        if self.weights is not None and not self.is_trained:
            raise ValueError(
                "`weights` are given, and `is_trained` is false; leave one of them out"
            )
        return self

    @classmethod
    def example(cls) -> "Zoo":
        return cls(model="timm/test_resnet.r160_in1k", is_trained=False)

    @property
    def names(self) -> tuple[str, ...]:
        set_name = f"{self.model}/{self.layer}".replace(".", "-")
        return names_of(f"zoo.{set_name}", self._net.length, self.views)

    @property
    def enough_px(self) -> int:
        return enough_px(self._net.seen, self.framing)

    @property
    def square_px(self) -> int | None:
        return square_px(self._net.seen, self.framing)

    def identity(self) -> dict[str, Any]:
        """Give kind, version and settings, and all else that the values come from."""
        return super().identity() | {
            "weights_sha256": self._net.weights_sha256,
            "seen": self._net.seen._asdict(),
            "engine": ENGINE,
            "device": self._net.device,
            "computed_in": "float32",
        }

    def extract(self, picture: Picture) -> Vector:
        pixels = framed_as(picture, self._net.seen, self.framing)
        return vector_of(pixels, self._values, self.views, self.precision)

    def _values(self, pixels: Square) -> Vector:
        values: Vector = self._net.run(pixels[None])[0]
        return values

    @property
    def _net(self) -> TorchNet:
        path = None if self.weights is None else self.weights.path
        return opened(Wanted(self.model, self.layer, path, self.is_trained))
