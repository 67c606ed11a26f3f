"""How fast each layer learns at each step, and the optimiser that does it."""

from collections.abc import Iterator
from math import cos, pi
from typing import Any

import torch
from torch import nn

from affekt.training.finetune import Finetune


def share(step: int, steps: int, recipe: Finetune) -> float:
    """Give the rate of a step as a share of the highest one: warm-up, then the schedule.

    References:
        Loshchilov and Hutter (2017), SGDR, ICLR: the cosine, one period without restarts.
    """
    warm = round(recipe.warm_up * steps)
    if step < warm:
        return (step + 1) / (warm + 1)
    done = (step - warm) / max(steps - warm, 1)
    if recipe.schedule == "cosine":
        return (1 + cos(pi * done)) / 2
    if recipe.schedule == "steps":
        return recipe.drop_factor ** sum(done >= at for at in recipe.drops)
    return 1.0


def set_rates(optimiser: Any, share: float) -> None:
    """Set the rate of every group to a share of its highest."""
    for group in optimiser.param_groups:
        group["lr"] = group["highest"] * share


def optimiser_of(
    net: nn.Module, moving: frozenset[str], new: frozenset[str], recipe: Finetune
) -> Any:
    """Give an optimiser of the weights that move, in groups: new or not, decayed or not."""
    groups = list(_groups(net, moving, new, recipe))
    if recipe.optimiser == "sgd":
        return torch.optim.SGD(groups, lr=recipe.rate, momentum=recipe.momentum)
    return torch.optim.AdamW(groups, lr=recipe.rate)


def _groups(
    net: nn.Module, moving: frozenset[str], new: frozenset[str], recipe: Finetune
) -> Iterator[dict[str, Any]]:
    named = [(name, one) for name, one in net.named_parameters() if name in moving]
    for is_new in (False, True):
        for is_decayed in (False, True):
            weights = [
                one
                for name, one in named
                if (name in new) == is_new and (one.ndim > 1) == is_decayed
            ]
            if weights:
                yield {
                    "params": weights,
                    "highest": recipe.rate * (recipe.new_rate_factor if is_new else 1),
                    "weight_decay": recipe.weight_decay if is_decayed else 0.0,
                }
