"""CaffeNet: the net of the 2016 paper, with the weights of a user's ``.caffemodel``.

It is Krizhevsky's net with one difference: it pools before it normalises. The paper calls it "the
reference model of Caffe". Blobs have the names of Caffe's layers; where a ReLU follows, which works
in place there, they are what comes out of it.

References:
    Krizhevsky, Sutskever and Hinton (2012), ImageNet Classification with Deep Convolutional Neural
    Networks, NeurIPS. Jia et al. (2014), Caffe: Convolutional Architecture for Fast Feature
    Embedding, ACM Multimedia.
"""

import logging
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from affekt.errors import UsageError
from affekt.nets import row
from affekt.nets.caffe_file import WHAT, Layer, read_caffe_blob, read_caffe_net
from affekt.nets.graph import Graph
from affekt.nets.hashed import State, hashes, state
from affekt.nets.net import UNKNOWN, Design, Given, Net
from affekt.nets.row import Convolution, Dense, Normalisation, Pool, Weights

NAME = "caffenet"
REFERENCE_SHA1 = "4c8d77deb20ea792f84eb5e6d0a11ca0a8660a46"
REFERENCE = "bvlc_reference_caffenet"  # as Caffe's zoo calls it; licence: unrestricted use
FRAME_PX, CROP_PX = 256, 227  # pictures come squashed to the first; the net sees the second
OFFSET_PX = (FRAME_PX - CROP_PX) // 2
MEAN_BGR = (104.007, 116.669, 122.679)  # of the mean image of ImageNet 2012, a channel
ROW: tuple[row.Layer, ...] = (
    Convolution("conv1", 11, stride=4), Pool("pool1"), Normalisation("norm1"),
    Convolution("conv2", 5, padding=2, groups=2), Pool("pool2"), Normalisation("norm2"),
    Convolution("conv3", 3, padding=1),
    Convolution("conv4", 3, padding=1, groups=2),
    Convolution("conv5", 3, padding=1, groups=2), Pool("pool5"),
    Dense("fc6"), Dense("fc7"), Dense("fc8", is_last=True),
)  # fmt: skip
DENSE = {layer.name for layer in ROW if isinstance(layer, Dense)}
MEAN = (
    f"a mean of pictures is expected, blue, green, red: 3 × {FRAME_PX} × {FRAME_PX} or 3 numbers, "
    "as `.binaryproto` or `.npy`"
)
Array = NDArray[Any]

log = logging.getLogger(__name__)


def opened(given: Given, layer: str) -> Net:
    """Give the net up to a layer, with the weights and perhaps the mean image of the user.

    Raises:
        UsageError: A file is not there, or is of Caffe's AlexNet, which pools after it normalises.
        Damaged: A file is cut, altered or another kind of file, or does not fit the net.
    """
    assert given.weights is not None  # the design says that it needs them
    mean = given.mean and state(given.mean, MEAN)
    return _opened(state(given.weights, WHAT), mean, layer)


@lru_cache(maxsize=16)
def _opened(weights: State, mean: State | None, layer: str) -> Net:
    known = hashes(weights)
    origin = REFERENCE if known.sha1 == REFERENCE_SHA1 else UNKNOWN
    log.info("%s: %s is %s, SHA-256 %s", NAME, weights.path, origin, known.sha256)
    layers = row.up_to(ROW, layer)
    shape = row.shape(layers, read_weights(weights.path), CROP_PX, str(weights.path))
    subtracted = " ".join(map(str, MEAN_BGR)) if mean is None else hashes(mean).sha256
    if mean is not None:
        read_mean(mean.path)  # so that a wrong one is told before a picture is looked at
    return Net(
        name=NAME,
        side_px=FRAME_PX,
        shapes={layer: shape},
        weights_sha256=known.sha256,
        builder=1,
        build=partial(build, weights.path, mean and mean.path, layer),
        crop_share=1.0,  # the net crops by itself
        facts={"mean": subtracted, "weights_are": origin},
        is_kept=False,
    )


def read_weights(path: Path) -> Weights:
    """Give kernel and bias of every layer that has both, by its name.

    Raises:
        UsageError: The file cannot be opened, or is of Caffe's AlexNet.
        Damaged: It is cut, altered or another kind of file.
    """
    layers = read_caffe_net(path)
    names = [layer.name for layer in layers]
    if {"norm1", "pool1"} <= set(names) and names.index("norm1") < names.index("pool1"):
        raise UsageError(
            f"{path}: holds Caffe's AlexNet, which normalises before it pools; the net {NAME!r} is "
            "the reference CaffeNet, which pools first: give its file"
        )
    return {layer.name: _parts(layer) for layer in layers if len(layer.blobs) == 2}


def read_mean(path: Path) -> Array:
    """Give the mean that is subtracted: blue, green, red; of every pixel, or one for all.

    Raises:
        UsageError: The file cannot be read, or holds something else.
        Damaged: A ``.binaryproto`` is cut, altered or another kind of file.
    """
    try:
        came = np.load(path, allow_pickle=False) if path.suffix == ".npy" else read_caffe_blob(path)
        mean = np.asarray(came, np.float32)
    except (OSError, ValueError, EOFError) as trouble:
        raise UsageError(f"{path}: cannot be read as numbers ({trouble}); {MEAN}") from trouble
    if mean.size == 3:
        return mean.reshape(3, 1, 1)
    if mean.size != 3 * FRAME_PX**2 or mean.shape[-3:] != (3, FRAME_PX, FRAME_PX):
        sides = " × ".join(str(side) for side in mean.shape)
        raise UsageError(f"{path}: holds {sides} numbers; {MEAN}")
    return mean.reshape(3, FRAME_PX, FRAME_PX)


def build(weights: Path, mean: Path | None, layer: str) -> bytes:
    """Give the ONNX graph: uint8 RGB pictures of 256×256 in, one layer out.

    Channels are turned to blue, green, red and the mean is subtracted, both before the centre of
    227×227 is cut out, as Caffe does when it tests.
    """
    subtracted = np.reshape(MEAN_BGR, (3, 1, 1)) if mean is None else read_mean(mean)
    graph = Graph(NAME)
    x = graph.add("Gather", graph.pictures(FRAME_PX), graph.constant(np.array([2, 1, 0])), axis=1)
    x = graph.add("Sub", x, graph.constant(subtracted.astype(np.float32)))
    begin, end = (
        graph.constant(np.array([edge, edge])) for edge in (OFFSET_PX, OFFSET_PX + CROP_PX)
    )
    x = graph.add("Slice", x, begin, end, graph.constant(np.array([2, 3])))
    layers, own = row.up_to(ROW, layer), read_weights(weights)
    row.add(graph, x, layers, own)
    return graph.serialised({layer: row.shape(layers, own, CROP_PX, str(weights))}, {})


def _parts(layer: Layer) -> tuple[Array, Array]:
    """Give kernel and bias; old files write a matrix and a list as four sides, the first ones 1."""
    kernel, bias = layer.blobs
    if layer.name in DENSE and kernel.shape[:-2] == (1, 1):
        kernel = kernel.reshape(kernel.shape[-2:])
    return kernel, bias.reshape(-1)


DESIGN = Design(
    name=NAME,
    layers=tuple(layer.name for layer in ROW),
    aliases={"features": "fc7", "logits": "fc8"},
    takes=frozenset({"weights", "mean"}),
    open=opened,
)
