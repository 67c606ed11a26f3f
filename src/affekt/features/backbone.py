"""What a trained net makes of a picture: the values of one of its layers."""

from functools import partial
from typing import Any, ClassVar, Literal

from pydantic import Field, PrivateAttr, model_validator

from affekt.errors import AffektError
from affekt.features import Feature, Picture, Trained, Vector
from affekt.features._calibration import drawn
from affekt.features._framing import Framing, Square, Views, framed, names_of, vector_of
from affekt.nets import alexnet, caffenet, efficientnet_lite0
from affekt.nets.int8 import quantised
from affekt.nets.net import Design, Given, Net
from affekt.nets.session import provider, session
from affekt.nets.trained import trained
from affekt.parts import Place

DESIGNS: dict[str, Design] = {
    one.name: one for one in (efficientnet_lite0.DESIGN, caffenet.DESIGN, alexnet.DESIGN)
}
LITE0 = efficientnet_lite0.NAME  # the one that is trained here
ENGINE = "onnxruntime"
DECODER = "pillow, JPEG halved to no less than twice the square, then bicubic with antialiasing"


class Backbone(Feature):
    """Values of a layer of a net trained on ImageNet, or of one that the plan trains.

    ``squash`` brings the whole picture to the net's square input, whatever its aspect; nothing of
    it is lost, which matters for what it makes people feel. ``crop`` takes the central square of
    7/8 of the shorter side, as nets are usually tested. Both resize bicubically with antialiasing.
    ``caffenet`` then cuts out the centre by itself, as it was trained to, so that its ``crop`` is
    that of the whole shorter side.

    References:
        Tan and Le (2019), EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks,
        ICML; the Lite0 variant. Jia et al. (2014), Caffe: Convolutional Architecture for Fast
        Feature Embedding, ACM Multimedia. Krizhevsky (2014), One weird trick for parallelizing
        convolutional neural networks, arXiv:1404.5997.
    """

    # Their content counts.
    idle: ClassVar[frozenset[str]] = frozenset({"weights", "mean", "calibration"})

    net: Literal["efficientnet_lite0", "caffenet", "alexnet"] = Field(
        "efficientnet_lite0",
        description="the trained net; efficientnet_lite0 comes with affekt, others need `weights`",
    )
    weights: Place | None = Field(
        None,
        description="name of a net of [[bench.nets]], or your file: `.caffemodel` of caffenet, "
        "`.pth` of alexnet",
    )
    mean: Place | None = Field(
        None,
        description="your mean image for caffenet, `.binaryproto` or `.npy`; none: its mean colour",
    )
    framing: Framing = "squash"
    layer: str = Field(
        "features",
        description="features: what enters the classifier; logits: what leaves it; or an inner one",
    )
    views: Views = ("plain",)
    precision: Literal["float32", "float16", "int8"] = Field(
        "float32",
        description="float16: values are rounded to 16 bits and take a third less space; int8: the "
        "net computes in 8-bit integers, faster and less exact, and needs `calibration`",
    )
    calibration: Place | None = Field(
        None,
        description="folder of your pictures, 200 or more, on which int8 finds ranges of values",
    )

    @model_validator(mode="after")
    def _fits_the_net(self) -> "Backbone":
        self._design.layer(self.layer)
        given = {name for name in Given._fields if getattr(self, name) is not None}
        if self.needs:
            given -= {"weights"}
            if self._layer not in efficientnet_lite0.USUAL:
                known = ", ".join(efficientnet_lite0.USUAL)
                raise ValueError(f"a trained net has no layer {self.layer!r}; it has {known}")
        for name in sorted(given - self._design.takes):
            raise ValueError(f"the net {self.net!r} has no use for `{name}`; leave it out")
        if "weights" in self._design.takes - given:
            raise ValueError(
                f"the net {self.net!r} needs `weights`, a file of yours that affekt never fetches"
            )
        self._check_integers()
        return self

    def _check_integers(self) -> None:
        is_asked = self.precision == "int8"
        if is_asked and self.net != LITE0:
            raise ValueError(f"only {LITE0!r} computes in int8; set `precision` to 'float32'")
        if is_asked and self.calibration is None:
            raise ValueError(
                "`precision` int8 needs `calibration`, a folder with 200 pictures or more that "
                "nothing is tested on"
            )
        if self.calibration is not None and not is_asked:
            raise ValueError("`calibration` is for `precision` int8 alone; leave it out")

    _trained: Trained | None = PrivateAttr(None)

    @property
    def names(self) -> tuple[str, ...]:
        return names_of(f"{self.net}.{self._layer}", self._net.lengths[self._layer], self.views)

    @property
    def needs(self) -> str | None:
        return self.weights.written if self.weights and self.net == LITE0 else None

    def with_net(self, net: Trained) -> "Backbone":
        copy = self.model_copy()
        copy._trained = net
        return copy

    @property
    def enough_px(self) -> int:
        """Twice what the net sees: halving a JPEG down to there changes no value that matters."""
        side_px = self._net.side_px
        return (
            2 * side_px if self.framing == "squash" else round(2 * side_px / self._net.crop_share)
        )

    @property
    def square_px(self) -> int | None:
        return self._net.side_px if self.framing == "squash" else None

    def identity(self) -> dict[str, Any]:
        """Give kind, version and settings, and all else that the values come from."""
        return super().identity() | {
            "layer": self._layer,
            "weights_sha256": self._net.weights_sha256,
            **self._net.facts,
            "builder": self._net.builder,
            "decoder": DECODER,
            "engine": ENGINE,
            "provider": provider(),
            "computed_in": "int8" if self.precision == "int8" else "float32",
        }

    def extract(self, picture: Picture) -> Vector:
        pixels = framed(picture, self._net.side_px, self.framing, self._net.crop_share)
        return vector_of(pixels, self._values, self.views, self.precision)

    def _values(self, pixels: Square) -> Vector:
        values: Vector = session(self._net).run(pixels[None], self._layer).reshape(-1)
        return values

    @property
    def _design(self) -> Design:
        return DESIGNS[self.net]

    @property
    def _layer(self) -> str:
        return self._design.layer(self.layer)

    @property
    def _net(self) -> Net:
        if self.calibration is None:
            return self._whole
        calibration = drawn(self.calibration.path)
        squares = partial(calibration.squares, self._whole.side_px)
        return quantised(self._whole, squares, calibration.sha256)

    @property
    def _whole(self) -> Net:
        if self._trained:
            address, graph, emotions = self._trained
            return trained(address, graph, len(emotions))
        if self.needs:
            raise AffektError(
                f"feature 'backbone': the weights {self.needs!r} are those of a net that "
                "[[bench.nets]] of a plan trains; use them in that plan, or leave `weights` out"
            )
        files = Given(
            weights=None if self.weights is None else self.weights.path,
            mean=None if self.mean is None else self.mean.path,
        )
        return self._design.open(files, self._layer)
