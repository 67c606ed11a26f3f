"""Nets that are one row of layers: convolutions with ReLU, pooling, then dense layers.

Which layers there are is fixed; how many channels each has is read from the weights, so that a net
with other classes, or a thinner one, works too.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from affekt.errors import Damaged
from affekt.nets.graph import Graph

Array = NDArray[Any]
Weights = Mapping[str, tuple[Array, Array]]  # kernel and bias of a layer


class Convolution(NamedTuple):
    """A convolution in equal groups of channels, and ReLU."""

    name: str
    kernel: int
    stride: int = 1
    padding: int = 0
    groups: int = 1


class Pool(NamedTuple):
    """The largest value in each window of 3×3, two apart; a last window may hang over the edge."""

    name: str
    kernel: int = 3
    stride: int = 2


class Normalisation(NamedTuple):
    """Local response normalisation across channels (Krizhevsky et al. 2012, section 3.3).

    ``x / (1 + alpha / size · sum of x² over size neighbouring channels) ** beta``.
    """

    name: str
    size: int = 5
    alpha: float = 1e-4
    beta: float = 0.75


class Dense(NamedTuple):
    """Every value with every value; then ReLU, unless it gives the logits."""

    name: str
    is_last: bool = False


Layer = Convolution | Pool | Normalisation | Dense
Shape = tuple[int, ...]


def up_to(row: Sequence[Layer], last: str) -> list[Layer]:
    """Give the layers up to and with the one of that name."""
    return list(row[: [layer.name for layer in row].index(last) + 1])


def shape(row: Sequence[Layer], weights: Weights, input_px: int, of: str) -> Shape:
    """Give the shape of what the last layer gives for a picture; the weights must fit.

    Raises:
        Damaged: A layer's weights are missing or do not fit the layer before; ``of`` says whose.
    """
    came: Shape = (3, input_px, input_px)
    for layer in row:
        came = _after(layer, came, weights, of)
    return came


def add(graph: Graph, x: str, row: Sequence[Layer], weights: Weights) -> str:
    """Add the layers to a graph, each giving its own name; name of the last."""
    is_flat = False
    for layer in row:
        if isinstance(layer, Dense) and not is_flat:
            x, is_flat = graph.add("Flatten", x), True
        x = _added(graph, x, layer, weights)
    return x


def _after(layer: Layer, came: Shape, weights: Weights, of: str) -> Shape:
    """Give the shape behind a layer."""
    if isinstance(layer, Normalisation):
        return came
    if isinstance(layer, Pool):
        return (came[0], *(-(-(side - layer.kernel) // layer.stride) + 1 for side in came[1:]))
    width = _width(layer, came, weights, of)
    if isinstance(layer, Dense):
        return (width,)
    lacking = 2 * layer.padding - layer.kernel
    return (width, *((side + lacking) // layer.stride + 1 for side in came[1:]))


def _width(layer: Convolution | Dense, came: Shape, weights: Weights, of: str) -> int:
    """Give the number of channels that a layer gives, once its weights fit."""
    if layer.name not in weights:
        raise Damaged(
            f"{of}: has no weights of the layer {layer.name!r}, but of "
            f"{', '.join(map(repr, weights)) or 'none'}; use the weights of this very net"
        )
    kernel, bias = weights[layer.name]
    width, n_groups = len(kernel), layer.groups if isinstance(layer, Convolution) else 1
    expected: Shape = (width, int(np.prod(came)))
    if isinstance(layer, Convolution):
        expected = (width, came[0] // n_groups, layer.kernel, layer.kernel)
    is_even = width % n_groups == 0 and came[0] % n_groups == 0
    if kernel.shape != expected or bias.shape != (width,) or not is_even:
        raise Damaged(
            f"{of}: the layer {layer.name!r} has weights of shape {kernel.shape} and a bias of "
            f"{bias.shape}, expected {expected} and {(width,)}"
            f"{f', in {n_groups} equal groups' * (n_groups > 1)}; use the weights of this very net"
        )
    return width


def _added(graph: Graph, x: str, layer: Layer, weights: Weights) -> str:
    if isinstance(layer, Pool):
        windows = {"kernel_shape": [layer.kernel] * 2, "strides": [layer.stride] * 2}
        return graph.add("MaxPool", x, result=layer.name, ceil_mode=1, **windows)
    if isinstance(layer, Normalisation):
        settings = {"size": layer.size, "alpha": layer.alpha, "beta": layer.beta, "bias": 1.0}
        return graph.add("LRN", x, result=layer.name, **settings)
    kernel, bias = (graph.constant(array.astype(np.float32)) for array in weights[layer.name])
    if isinstance(layer, Dense) and layer.is_last:
        return graph.add("Gemm", x, kernel, bias, result=layer.name, transB=1)
    if isinstance(layer, Dense):
        return graph.add("Relu", graph.add("Gemm", x, kernel, bias, transB=1), result=layer.name)
    inner = graph.add(
        "Conv", x, kernel, bias, kernel_shape=[layer.kernel] * 2, strides=[layer.stride] * 2,
        pads=[layer.padding] * 4, group=layer.groups,
    )  # fmt: skip
    return graph.add("Relu", inner, result=layer.name)
