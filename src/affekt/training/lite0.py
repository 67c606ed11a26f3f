"""EfficientNet-Lite0 in PyTorch: the weights of the ONNX graph, to be trained.

Layers have timm's names, see `affekt.nets.lite0_names`.

References:
    Tan and Le (2019), EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks,
    ICML; the Lite0 variant.
"""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  (the name PyTorch's own documentation gives it)
from numpy.typing import NDArray
from torch import Tensor, nn

from affekt.nets.efficientnet_lite0 import (
    EPSILON,
    GREY,
    HALF_RANGE,
    HEAD,
    STAGES,
    STEM,
    Block,
    blocks,
    read_weights,
)
from affekt.nets.lite0_names import Weights, named_as_timm

MOMENTUM = 0.01  # share of a batch in running means, as in the published training
NEW = ("classifier.",)  # names of what is made anew begin so
LAST = (f"blocks.{len(STAGES) - 1}.", "conv_head.", "bn2.", *NEW)  # last stage, head, classifier


class SameConvolution(nn.Conv2d):
    """A convolution padded as TensorFlow pads: the odd pixel is below and right."""

    def forward(self, x: Tensor) -> Tensor:
        stride, kernel = self.stride[0], self.kernel_size[0]
        if stride == 1:
            return F.conv2d(x, self.weight, None, 1, kernel // 2, 1, self.groups)
        lacking = max((-(-x.shape[-1] // stride) - 1) * stride + kernel - x.shape[-1], 0)
        before, after = lacking // 2, lacking - lacking // 2
        x = F.pad(x, (before, after, before, after))
        return F.conv2d(x, self.weight, None, stride, 0, 1, self.groups)


class Bottleneck(nn.Module):
    """One block: widen (unless expansion is 1), filter each channel, narrow."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self.is_wide, self.is_residual = block.expansion > 1, block.is_residual
        wide = _convolution(block.middle, block.middle, block.kernel, block.stride, block.middle)
        if self.is_wide:
            self.conv_pw = _convolution(block.width_in, block.middle)
            self.bn1, self.conv_dw, self.bn2 = _norm(block.middle), wide, _norm(block.middle)
            self.conv_pwl = _convolution(block.middle, block.width)
            self.bn3 = _norm(block.width)
        else:
            self.conv_dw, self.bn1 = wide, _norm(block.middle)
            self.conv_pw, self.bn2 = _convolution(block.middle, block.width), _norm(block.width)

    def forward(self, x: Tensor) -> Tensor:
        if self.is_wide:
            inner = F.relu6(self.bn1(self.conv_pw(x)))
            inner = self.bn3(self.conv_pwl(F.relu6(self.bn2(self.conv_dw(inner)))))
        else:
            inner = self.bn2(self.conv_pw(F.relu6(self.bn1(self.conv_dw(x)))))
        return inner + x if self.is_residual else inner


class Lite0(nn.Module):
    """The net: uint8 or normalised pictures (image, channel, row, column) in, logits out.

    Args:
        classes: Number of logits.
        dropout: Share of features that a training step leaves out before the classifier.
    """

    def __init__(self, classes: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.conv_stem, self.bn1 = _convolution(3, STEM, 3, 2), _norm(STEM)
        made = iter(blocks())
        self.blocks = nn.Sequential(
            *(
                nn.Sequential(*(Bottleneck(next(made)) for _ in range(stage.repeats)))
                for stage in STAGES
            )
        )
        self.conv_head, self.bn2 = _convolution(STAGES[-1].width, HEAD), _norm(HEAD)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(HEAD, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.from_activation(self.activation(x))

    def activation(self, x: Tensor) -> Tensor:
        """Give what enters the last stage, 192×7×7, the graph's output ``stage6``."""
        x = F.relu6(self.bn1(self.conv_stem(x)))
        return self.blocks[:-1](x)

    def from_activation(self, x: Tensor) -> Tensor:
        """Give the logits from what enters the last stage."""
        x = F.relu6(self.bn2(self.conv_head(self.blocks[-1](x))))
        return self.from_features(x.mean((2, 3)))

    def from_features(self, x: Tensor) -> Tensor:
        """Give the logits from the 1,280 features."""
        return self.classifier(self.dropout(x))


def normalised(pixels: NDArray[Any]) -> Tensor:
    """Give uint8 pictures (image, row, column, channel) as the net takes them, channels last."""
    return scaled(torch.from_numpy(np.ascontiguousarray(pixels)))


def scaled(pixels: Tensor) -> Tensor:
    """Give what `normalised` does for pictures that are a tensor already, wherever it lies."""
    return (pixels.permute(0, 3, 1, 2).float() - GREY) / HALF_RANGE


def published(weights: Weights | None = None) -> Lite0:
    """Give the net with the published weights and its 1,000 classes.

    Raises:
        MissingExtra: The package that brings them is not installed.
        Damaged: The file is not the one this code was written for.
    """
    named = named_as_timm(read_weights() if weights is None else weights)
    net = Lite0(len(named["classifier.bias"]))
    net.load_state_dict({name: torch.from_numpy(np.array(one)) for name, one in named.items()})
    net.eval()
    return net


def with_classes(classes: int, *, seed: int, dropout: float = 0.0) -> Lite0:
    """Give the published net with a new last layer, drawn from a normal of 0.01, biases 0.

    References:
        Jia et al. (2014), Caffe, ACM Multimedia: the reference net's last layer begins so.
    """
    net = Lite0(classes, dropout)
    held = published().state_dict()
    drawn = torch.Generator().manual_seed(seed)
    held["classifier.weight"] = torch.empty(classes, HEAD).normal_(0, 0.01, generator=drawn)
    held["classifier.bias"] = torch.zeros(classes)
    net.load_state_dict(held)
    return net


def arrays_of(net: nn.Module) -> dict[str, NDArray[Any]]:
    """Give all weights and running values of a net, copied."""
    return {name: one.detach().cpu().numpy().copy() for name, one in net.state_dict().items()}


def _convolution(
    width_in: int, width: int, kernel: int = 1, stride: int = 1, groups: int = 1
) -> SameConvolution:
    return SameConvolution(width_in, width, kernel, stride, groups=groups, bias=False)


def _norm(width: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(width, EPSILON, MOMENTUM)
