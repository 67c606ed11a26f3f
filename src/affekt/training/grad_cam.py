"""Grad-CAM: which places of a layer raise the score of an answer, by its gradient."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  (the name PyTorch's own documentation gives it)
from jaxtyping import Float, UInt8
from numpy.typing import NDArray
from torch import Tensor

from affekt.nets.lite0_names import named_as_timm
from affekt.training.lite0 import Lite0, normalised

Grid = Float[np.ndarray, "row column"]


def opened(weights: Mapping[str, NDArray[Any]]) -> Lite0:
    """Give the net with weights under their published names, ready to answer."""
    net = Lite0(len(weights["_fc.bias"]))
    named = named_as_timm(weights)
    net.load_state_dict({name: torch.from_numpy(np.array(one)) for name, one in named.items()})
    net.eval()
    return net


def grad_cam(
    net: Lite0,
    pixels: UInt8[np.ndarray, "side side 3"],
    weights: Float[np.ndarray, " channel"],
    layer: str,
) -> Grid:
    r"""Weigh a layer's channels by the mean gradient of a score, and add them up.

    :math:`\sum_k \alpha_k A^k` with :math:`\alpha_k = \frac{1}{Z} \sum_{ij} \partial y / \partial
    A^k_{ij}`, where the score :math:`y` is the product of the 1,280 features with ``weights``. At
    the layer ``head`` that is the class activation map over the number of its cells.

    Args:
        net: In its state for answers, see `opened`.
        pixels: One picture as the net takes it.
        weights: Of the score, one a feature.
        layer: ``stage1`` (112×112) to ``stage7`` (7×7), or ``head`` (7×7).

    Raises:
        ValueError: There is no such layer.

    References:
        Selvaraju et al. (2017), Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
        Localization, ICCV, equations 1 and 2.

    Differs:
        The values below 0, which equation 2 cuts, stay: where they lie speaks against the answer.
    """
    seen = dict(_activations(net, normalised(np.array(pixels)[None])))
    if layer not in seen:
        raise ValueError(f"there is no layer {layer!r}; known: {', '.join(seen)}")
    features = seen["head"].mean((2, 3))[0]
    score = features @ torch.from_numpy(weights.astype(np.float32))
    (gradient,) = torch.autograd.grad(score, seen[layer])
    weighed = (gradient.mean((2, 3), keepdim=True) * seen[layer]).sum(1)[0]
    grid: Grid = weighed.detach().numpy().astype(float)
    return grid


def _activations(net: Lite0, x: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Give every named layer, from the picture onwards."""
    x = F.relu6(net.bn1(net.conv_stem(x)))
    for number, stage in enumerate(net.blocks, 1):
        x = stage(x)
        yield f"stage{number}", x
    yield "head", F.relu6(net.bn2(net.conv_head(x)))
