"""AlexNet as torchvision has it, with the weights of a user's ``.pth``; not the paper's net.

It has one tower of 64-192-384-256-256 channels, no groups and no normalisation between layers, and
takes red, green, blue with ImageNet's mean and deviation. Layers have the names of CaffeNet's here,
and are what comes out of their ReLU.

References:
    Krizhevsky (2014), One weird trick for parallelizing convolutional neural networks,
    arXiv:1404.5997.
"""

import logging
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from affekt.nets import row
from affekt.nets.graph import Graph
from affekt.nets.hashed import State, hashes, state
from affekt.nets.net import UNKNOWN, Design, Given, Net
from affekt.nets.row import Convolution, Dense, Pool, Weights
from affekt.nets.torch_file import read_torch_file

NAME = "alexnet"
SIDE_PX = 224
KNOWN = {"7be5be79": "alexnet-owt-7be5be79"}  # torchvision's, by how its SHA-256 begins
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, red, green, blue
ROW: tuple[row.Layer, ...] = (
    Convolution("conv1", 11, stride=4, padding=2), Pool("pool1"),
    Convolution("conv2", 5, padding=2), Pool("pool2"),
    Convolution("conv3", 3, padding=1),
    Convolution("conv4", 3, padding=1),
    Convolution("conv5", 3, padding=1), Pool("pool5"),
    Dense("fc6"), Dense("fc7"), Dense("fc8", is_last=True),
)  # fmt: skip
ENTRIES = {  # of the file
    "conv1": "features.0", "conv2": "features.3", "conv3": "features.6", "conv4": "features.8",
    "conv5": "features.10", "fc6": "classifier.1", "fc7": "classifier.4", "fc8": "classifier.6",
}  # fmt: skip
WHAT = "a PyTorch file of torchvision's AlexNet, `.pth`"

log = logging.getLogger(__name__)


def opened(given: Given, layer: str) -> Net:
    """Give the net up to a layer, with the weights of the user.

    Raises:
        UsageError: The file is not there.
        Damaged: It is cut, altered or another kind of file, or does not fit the net.
        Refused: It names something that is neither a tensor nor a dictionary.
    """
    assert given.weights is not None  # the design says that it needs them
    return _opened(state(given.weights, WHAT), layer)


@lru_cache(maxsize=16)
def _opened(weights: State, layer: str) -> Net:
    sha256 = hashes(weights).sha256
    origin = KNOWN.get(sha256[:8], UNKNOWN)
    log.info("%s: %s is %s, SHA-256 %s", NAME, weights.path, origin, sha256)
    layers = row.up_to(ROW, layer)
    shape = row.shape(layers, read_weights(weights.path), SIDE_PX, str(weights.path))
    return Net(
        name=NAME,
        side_px=SIDE_PX,
        shapes={layer: shape},
        weights_sha256=sha256,
        builder=1,
        build=partial(build, weights.path, layer),
        facts={"weights_are": origin},
        is_kept=False,
    )


def read_weights(path: Path) -> Weights:
    """Give kernel and bias of every layer that the file has, by the layer's name."""
    entries = read_torch_file(path)
    return {
        name: (entries[f"{entry}.weight"], entries[f"{entry}.bias"])
        for name, entry in ENTRIES.items()
        if {f"{entry}.weight", f"{entry}.bias"} <= set(entries)
    }


def build(weights: Path, layer: str) -> bytes:
    """Give the ONNX graph: uint8 RGB pictures of 224×224 in, one layer out."""
    graph = Graph(NAME)
    x = graph.pictures(SIDE_PX)
    for operator, values in (("Sub", MEAN), ("Div", DEVIATION)):  # both are of values 0–1
        scaled = np.array([255 * value for value in values], np.float32).reshape(3, 1, 1)
        x = graph.add(operator, x, graph.constant(scaled))
    layers, own = row.up_to(ROW, layer), read_weights(weights)
    row.add(graph, x, layers, own)
    return graph.serialised({layer: row.shape(layers, own, SIDE_PX, str(weights))}, {})


DESIGN = Design(
    name=NAME,
    layers=tuple(layer.name for layer in ROW),
    aliases={"features": "fc7", "logits": "fc8"},
    takes=frozenset({"weights"}),
    open=opened,
)
