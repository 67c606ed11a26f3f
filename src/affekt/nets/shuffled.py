"""A net with the same weights in another order: what a map shows that nothing was learned for."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from affekt.nets.efficientnet_lite0 import LAYERS, SIDE_PX, build
from affekt.nets.net import Net
from affekt.nets.session import Session

Weights = Mapping[str, NDArray[Any]]
LAYER = "head"  # what is averaged to the features


def shuffled(weights: Weights, seed: int) -> dict[str, NDArray[Any]]:
    """Give the weights with every kernel's values in an order drawn by the seed.

    Biases and normalisation stay, so that what goes through the net keeps its size.

    References:
        Adebayo et al. (2018), Sanity Checks for Saliency Maps, NeurIPS, section 3.

    Differs:
        They draw new values; here each layer keeps its own, so that only their order is lost.
    """
    dice = np.random.default_rng(seed)
    return {
        name: dice.permutation(one.ravel()).reshape(one.shape) if one.ndim > 1 else one
        for name, one in sorted(weights.items())
    }


def before_the_mean(weights: Weights) -> Session:
    """Give EfficientNet-Lite0 with these weights, published names, up to 1280×7×7; not kept."""
    classes = len(weights["_fc.bias"])
    return Session(
        Net(
            name="efficientnet_lite0 up to the mean",
            side_px=SIDE_PX,
            shapes={LAYER: LAYERS[LAYER]},
            weights_sha256="",
            builder=0,
            build=partial(build, weights, (LAYER,), classes),
            is_kept=False,
        )
    )
