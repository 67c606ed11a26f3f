"""CaffeNet and torchvision's AlexNet in plain PyTorch, written from the papers alone."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  (the name PyTorch's own documentation gives it)
from numpy.typing import NDArray

Array = NDArray[Any]
Tensor = Any  # torch is optional and has no types here
Weights = Mapping[str, tuple[Array, Array]]


def caffenet(
    weights: Weights, picture: Array, mean: Array, *, is_pooled_first: bool = True
) -> dict[str, Array]:
    """Every layer for one uint8 RGB picture of 256×256; mean is blue, green, red by row, column."""
    made: dict[str, Tensor] = {}

    def conv(x: Tensor, name: str, **settings: int) -> Tensor:
        kernel, bias = (as_tensor(one) for one in weights[name])
        made[name] = F.relu(F.conv2d(x, kernel, bias, **settings))
        return made[name]

    def shrunk(x: Tensor, number: int) -> Tensor:
        def pool(x: Tensor) -> Tensor:
            made[f"pool{number}"] = F.max_pool2d(x, 3, 2, ceil_mode=True)
            return made[f"pool{number}"]

        def norm(x: Tensor) -> Tensor:
            made[f"norm{number}"] = F.local_response_norm(x, 5, 1e-4, 0.75, 1.0)
            return made[f"norm{number}"]

        return norm(pool(x)) if is_pooled_first else pool(norm(x))

    blue_first = picture[:, :, ::-1].transpose(2, 0, 1).astype(np.float32) - mean
    x = torch.from_numpy(blue_first[:, 14:241, 14:241].copy())[None]
    with torch.inference_mode():
        x = shrunk(conv(x, "conv1", stride=4), 1)
        x = shrunk(conv(x, "conv2", padding=2, groups=2), 2)
        x = conv(x, "conv3", padding=1)
        x = conv(x, "conv4", padding=1, groups=2)
        made["pool5"] = F.max_pool2d(conv(x, "conv5", padding=1, groups=2), 3, 2, ceil_mode=True)
        made |= dense(weights, made["pool5"])
    return {name: tensor[0].numpy() for name, tensor in made.items()}


def alexnet(weights: Weights, picture: Array) -> dict[str, Array]:
    """Every layer for one uint8 RGB picture of 224×224."""
    scaled = torch.from_numpy(picture.copy()).permute(2, 0, 1)[None].float() / 255
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    x = (scaled - mean[:, None, None]) / deviation[:, None, None]
    made: dict[str, Tensor] = {}
    with torch.inference_mode():
        for name, stride, padding in (
            ("conv1", 4, 2), ("conv2", 1, 2), ("conv3", 1, 1), ("conv4", 1, 1), ("conv5", 1, 1),
        ):  # fmt: skip
            kernel, bias = (as_tensor(one) for one in weights[name])
            x = made[name] = F.relu(F.conv2d(x, kernel, bias, stride=stride, padding=padding))
            if name[-1] in "125":
                x = made[f"pool{name[-1]}"] = F.max_pool2d(x, 3, 2)
        made |= dense(weights, x)
    return {name: tensor[0].numpy() for name, tensor in made.items()}


def dense(weights: Weights, x: Tensor) -> dict[str, Tensor]:
    made, x = {}, x.flatten(1)
    for name in ("fc6", "fc7", "fc8"):
        kernel, bias = (as_tensor(one) for one in weights[name])
        x = F.linear(x, kernel, bias)
        x = made[name] = x if name == "fc8" else F.relu(x)
    return made


def as_tensor(values: Any) -> Tensor:
    """Give a tensor as it is, and a copy of an array."""
    return values if isinstance(values, torch.Tensor) else torch.from_numpy(values.copy())
