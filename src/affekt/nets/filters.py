"""Kernels of a net by layer, and the filters of its first layer, which look at colours."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, UInt8
from numpy.typing import NDArray

from affekt.errors import Damaged
from affekt.nets import alexnet, caffenet, efficientnet_lite0
from affekt.nets.lite0_names import TIMM_NAMES, named_as_timm
from affekt.nets.safetensors_file import read_safetensors

Filters = Float[np.ndarray, "filter 3 row column"]  # red, green, blue
STEM = "conv_stem.weight"


class Kernels(NamedTuple):
    """Weights of a net.

    Attributes:
        first: Filters of the first layer.
        layers: Kernels of every convolution and dense layer by name, from the picture onwards;
            neither biases nor normalisation.
    """

    first: Filters
    layers: Mapping[str, NDArray[Any]]


def published(net: str, weights: Path | None) -> Kernels:
    """Give the kernels of a net as they were before any training here.

    Args:
        net: `efficientnet_lite0`, `caffenet` or `alexnet`.
        weights: The user's file, for all but the first.

    Raises:
        MissingExtra: The package with the weights of EfficientNet-Lite0 is gone.
        UsageError: The user's file is not there, or holds another net.
        Damaged: It is cut or altered.
    """
    if net == efficientnet_lite0.NAME:
        return _lite0(named_as_timm(efficientnet_lite0.read_weights()))
    assert weights is not None  # those nets need a file
    is_caffe = net == caffenet.NAME
    read = caffenet.read_weights if is_caffe else alexnet.read_weights
    layers = {name: kernel for name, (kernel, _) in read(weights).items()}
    first = np.asarray(layers.get("conv1", ()), dtype=float)
    if first.ndim != 4 or first.shape[1] != 3:
        raise Damaged(
            f"{weights}: has no layer 'conv1' that looks at three colours; of another net"
        )
    return Kernels(first[:, ::-1] if is_caffe else first, layers)  # Caffe has blue first


def trained(path: Path) -> Kernels:
    """Give the kernels of an EfficientNet-Lite0 that was trained here, from `model.safetensors`.

    Raises:
        Damaged: The file is cut or altered, or of another net.
    """
    weights = read_safetensors(path)
    if STEM not in weights:
        raise Damaged(f"{path}: has no layer {STEM!r}; the weights of a net trained here have one")
    return _lite0(weights)


def _lite0(weights: Mapping[str, NDArray[Any]]) -> Kernels:
    layers = {
        name.removesuffix(".weight"): weights[name]
        for name in TIMM_NAMES.values()  # in the order in which a picture goes through them
        if name.endswith(".weight") and name in weights and weights[name].ndim > 1
    }
    return Kernels(weights[STEM].astype(float), layers)


def scales(*filters: Filters) -> Float[np.ndarray, " filter"]:
    """Give the largest weight of each filter in any of these, so that all share one scale.

    It is at least a thousandth of the largest of all: a filter that is all but 0 must not look as
    if it saw something.
    """
    largest = np.max([np.abs(one).max(axis=(1, 2, 3)) for one in filters], axis=0)
    scale: Float[np.ndarray, " filter"] = np.maximum(largest, largest.max() / 1000)
    return scale


def drawn(
    filters: Filters, scale: Float[np.ndarray, " filter"]
) -> UInt8[np.ndarray, "filter row column 3"]:
    """Give the filters as pictures: grey is 0, white in a channel its scale, black minus that.

    A filter that is 0 everywhere is grey.
    """
    shares = filters / np.where(scale > 0, scale, 1.0)[:, None, None, None]
    levels = np.clip(127.5 + 127.5 * shares, 0, 255).round().astype(np.uint8)
    pictures: UInt8[np.ndarray, "filter row column 3"] = levels.transpose(0, 2, 3, 1)
    return pictures
