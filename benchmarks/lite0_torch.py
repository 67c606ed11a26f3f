"""EfficientNet-Lite0 in plain PyTorch from the same weights: the ONNX graph's peer."""

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812  (the name PyTorch's own documentation gives it)
from numpy.typing import NDArray

from affekt.nets.efficientnet_lite0 import EPSILON, Block, blocks

Tensor = Any  # torch is optional and has no types here


class TorchLite0:
    """The net in evaluation mode, layer by layer, batch normalisation unfolded."""

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self.weights = {name: torch.from_numpy(array) for name, array in weights.items()}

    def __call__(self, pixels: NDArray[Any]) -> dict[str, NDArray[Any]]:
        """Give all outputs for uint8 pictures (image, row, column, channel)."""
        with torch.inference_mode():
            x = (torch.from_numpy(pixels).permute(0, 3, 1, 2).float() - 127.5) / 127.5
            x = F.relu6(self._convolved(x, "_conv_stem", "_bn0", stride=2))
            *first, last = blocks()
            for block in first:
                x = self._bottleneck(x, block)
            activation = x
            x = F.relu6(self._convolved(self._bottleneck(x, last), "_conv_head", "_bn1"))
            features = x.mean((2, 3))
            logits = F.linear(features, self.weights["_fc.weight"], self.weights["_fc.bias"])
        named = {"stage6": activation, "features": features, "logits": logits}
        return {name: tensor.numpy() for name, tensor in named.items()}

    def _bottleneck(self, x: Tensor, block: Block) -> Tensor:
        at, inner = block.name, x
        if block.expansion > 1:
            inner = F.relu6(self._convolved(inner, f"{at}_expand_conv", f"{at}_bn0"))
        inner = self._convolved(
            inner, f"{at}_depthwise_conv", f"{at}_bn1", stride=block.stride, groups=block.middle
        )
        inner = self._convolved(F.relu6(inner), f"{at}_project_conv", f"{at}_bn2")
        return inner + x if block.is_residual else inner

    def _convolved(
        self, x: Tensor, convolution: str, norm: str, *, stride: int = 1, groups: int = 1
    ) -> Tensor:
        kernel = self.weights[f"{convolution}.weight"]
        x = F.conv2d(_padded(x, kernel.shape[-1], stride), kernel, stride=stride, groups=groups)
        mean, variance, gain, shift = (
            self.weights[f"{norm}.{part}"]
            for part in ("running_mean", "running_var", "weight", "bias")
        )
        return F.batch_norm(x, mean, variance, gain, shift, eps=EPSILON)


def _padded(x: Tensor, kernel: int, stride: int) -> Tensor:
    """TensorFlow's "same": as many zeros as the last window lacks, the odd one below and right."""
    lacking = max((-(-x.shape[-1] // stride) - 1) * stride + kernel - x.shape[-1], 0)
    before, after = lacking // 2, lacking - lacking // 2
    return F.pad(x, (before, after, before, after)) if lacking else x
