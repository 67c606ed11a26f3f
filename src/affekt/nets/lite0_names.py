"""Two names for every weight of EfficientNet-Lite0: the published file's, and those of timm.

A trained net is kept under the names of timm's ``tf_efficientnet_lite0``, so that other libraries
load its folder, too; the graph is built from the published names.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from numpy.typing import NDArray

from affekt.nets.efficientnet_lite0 import STAGES, blocks

ARCHITECTURE = "tf_efficientnet_lite0"
PARTS_OF_NORM = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
Weights = Mapping[str, NDArray[Any]]


def places() -> list[str]:
    """Give the name of every block by stage and place in it, as ``blocks.5.0``."""
    return [
        f"blocks.{number}.{place}"
        for number, stage in enumerate(STAGES)
        for place in range(stage.repeats)
    ]


def named_as_timm(weights: Weights) -> dict[str, NDArray[Any]]:
    """Give the weights of the published file under timm's names.

    >>> import numpy as np
    >>> list(named_as_timm({"_fc.bias": np.zeros(1)}))
    ['classifier.bias']
    """
    return {TIMM_NAMES[name]: array for name, array in weights.items()}


def named_as_published(weights: Weights) -> dict[str, NDArray[Any]]:
    """Give weights under timm's names as the published file calls them."""
    published = {timm: name for name, timm in TIMM_NAMES.items()}
    return {published[name]: array for name, array in weights.items()}


def _names() -> Iterator[tuple[str, str]]:
    """Pairs of (published, timm) names of layers, batch normalisation behind its convolution."""
    yield from (("_conv_stem", "conv_stem"), ("_bn0", "bn1"))
    for block, place in zip(blocks(), places(), strict=True):
        inner = [("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2")]
        called = [("conv_dw", "bn1"), ("conv_pw", "bn2")]
        if block.expansion > 1:
            inner = [("_expand_conv", "_bn0"), *inner]
            called = [("conv_pw", "bn1"), ("conv_dw", "bn2"), ("conv_pwl", "bn3")]
        for ours, theirs in zip(inner, called, strict=True):
            for mine, its in zip(ours, theirs, strict=True):
                yield f"{block.name}{mine}", f"{place}.{its}"
    yield from (("_conv_head", "conv_head"), ("_bn1", "bn2"))


def _entries() -> Iterator[tuple[str, str]]:
    for published, timm in _names():
        parts = PARTS_OF_NORM if ".bn" in f".{timm}" else ("weight",)
        for part in parts:
            yield f"{published}.{part}", f"{timm}.{part}"
    for part in ("weight", "bias"):
        yield f"_fc.{part}", f"classifier.{part}"


TIMM_NAMES = dict(_entries())  # published → timm, every entry of the file
