"""Which net learns, and which part of it: a mode as names of weights and a way through the net."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from affekt.training import lite0
from affekt.training.finetune import Finetune
from affekt.training.loop import Tuned
from affekt.training.views import Shown

# mode → names of what moves, the way from what is shown to logits, how that becomes a tensor
Way = tuple[tuple[str, ...], Callable[[Any, Tensor], Tensor], Callable[[Shown], Tensor]]


def tuned(recipe: Finetune, classes: int) -> Tuned:
    """Give the net of a recipe with a new last layer, ready for `affekt.training.loop.Run`."""
    net = lite0.with_classes(classes, seed=recipe.seed, dropout=recipe.dropout)
    begins, answer, prepare = _WAYS[recipe.mode]
    names = [name for name, _ in net.named_parameters()]
    return Tuned(
        net=net,
        answer=answer,
        prepare=prepare,
        moving=frozenset(name for name in names if name.startswith(begins)),
        new=frozenset(name for name in names if name.startswith(lite0.NEW)),
    )


def _channels_last(shown: Shown) -> Tensor:
    return torch.from_numpy(shown).contiguous(memory_format=torch.channels_last)


_WAYS: dict[str, Way] = {
    "full": (("",), lite0.Lite0.__call__, lite0.normalised),
    "last": (lite0.LAST, lite0.Lite0.from_activation, _channels_last),
    "head": (lite0.NEW, lite0.Lite0.from_features, torch.from_numpy),
}
