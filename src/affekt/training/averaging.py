"""The mean of the weights over the last steps, which answers better than the last step alone."""

from collections.abc import Mapping
from copy import deepcopy

import torch
from torch import Tensor, nn


class Average:
    """A second net that follows the first; the first itself where nothing is averaged.

    Args:
        net: The net that learns.
        keep: How much of the mean is kept at a step, 0 ≤ keep < 1. Early steps keep less, (1 + t) /
            (10 + t), so that a short run does not end near its start.

    References:
        Tarvainen and Valpola (2017), Mean teachers, NeurIPS, for the mean of weights.
    """

    def __init__(self, net: nn.Module, keep: float) -> None:
        self._keep = keep
        self.net = deepcopy(net) if keep else net

    def add(self, net: nn.Module, step: int) -> None:
        """Move the mean towards what the net holds behind a step, counted from 0."""
        if not self._keep:
            return
        keep = min(self._keep, (1 + step) / (10 + step))
        with torch.no_grad():
            for mean, one in zip(self.net.parameters(), net.parameters(), strict=True):
                if one.requires_grad:
                    mean.lerp_(one, 1 - keep)
            for held, one in zip(self.net.buffers(), net.buffers(), strict=True):
                held.copy_(one)

    def weights(self) -> dict[str, Tensor]:
        """Give all entries of the mean, not copied."""
        entries: dict[str, Tensor] = self.net.state_dict()
        return entries

    def load(self, weights: Mapping[str, Tensor]) -> None:
        """Take the mean from a checkpoint."""
        self.net.load_state_dict(weights)
