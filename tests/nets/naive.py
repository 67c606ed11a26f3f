"""EfficientNet-Lite0 in plain numpy, from the published description alone, slow and obvious."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
# expansion, kernel, stride, width, repeats
STAGES = (
    (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1),
)  # fmt: skip


def same(x: Array, kernel: int, stride: int) -> Array:
    size = x.shape[-1]
    lacking = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    sides = (lacking // 2, lacking - lacking // 2)
    return np.pad(x, ((0, 0), sides, sides))


def windows(x: Array, kernel: int, stride: int) -> Array:
    every = np.lib.stride_tricks.sliding_window_view(
        same(x, kernel, stride), (kernel, kernel), (1, 2)
    )
    return every[:, ::stride, ::stride]


def normed(x: Array, weights: Mapping[str, Array], norm: str) -> Array:
    gain, shift, mean, variance = (
        weights[f"{norm}.{part}"][:, None, None].astype(np.float64)
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    return (x - mean) / np.sqrt(variance + 1e-3) * gain + shift


def full(x: Array, kernel: Array, stride: int = 1) -> Array:
    seen = windows(x, kernel.shape[-1], stride)
    return np.asarray(np.einsum("ihwyx,oiyx->ohw", seen, kernel, optimize=True))


def depthwise(x: Array, kernel: Array, stride: int) -> Array:
    seen = windows(x, kernel.shape[-1], stride)
    return np.asarray(np.einsum("chwyx,cyx->chw", seen, kernel[:, 0]))


def relu6(x: Array) -> Array:
    return np.clip(x, 0, 6)


def answer(weights: Mapping[str, Array], picture: Array) -> dict[str, Array]:
    """Give stage6, features and logits of one uint8 picture (row, column, channel)."""
    x = (picture.transpose(2, 0, 1).astype(np.float64) - 127.5) / 127.5
    x = relu6(normed(full(x, weights["_conv_stem.weight"], 2), weights, "_bn0"))
    number, before_last = 0, x
    for expansion, _, first_stride, width, repeats in STAGES:
        for repeat in range(repeats):
            before_last = x if width == 320 else before_last
            at, stride, inner = f"_blocks.{number}.", first_stride if repeat == 0 else 1, x
            if expansion > 1:
                inner = full(inner, weights[f"{at}_expand_conv.weight"])
                inner = relu6(normed(inner, weights, f"{at}_bn0"))
            inner = depthwise(inner, weights[f"{at}_depthwise_conv.weight"], stride)
            inner = relu6(normed(inner, weights, f"{at}_bn1"))
            inner = normed(full(inner, weights[f"{at}_project_conv.weight"]), weights, f"{at}_bn2")
            x = x + inner if stride == 1 and x.shape[0] == width else inner
            number += 1
    x = relu6(normed(full(x, weights["_conv_head.weight"]), weights, "_bn1"))
    features = x.mean((1, 2))
    logits = weights["_fc.weight"] @ features + weights["_fc.bias"]
    return {"stage6": before_last, "features": features, "logits": logits}
