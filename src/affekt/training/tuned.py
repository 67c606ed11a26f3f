"""Which net learns, and which part of it: a mode as names of weights and a way through the net."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from affekt.training import lite0
from affekt.training.device import device_of
from affekt.training.finetune import Finetune
from affekt.training.loop import Tuned

# mode → names of what moves, the way from what enters to logits, how what is shown enters
Way = tuple[tuple[str, ...], Callable[[Any, Tensor], Tensor], Callable[[Tensor], Tensor]]


def tuned(
    recipe: Finetune, classes: int, held: Mapping[str, Tensor] | None = None, *, rank: int = 0
) -> Tuned:
    """Give the net of a recipe with a new last layer, ready for `affekt.training.loop.Run`.

    ``held`` are weights to begin with in place of the published ones; with a last layer among them
    nothing is new, so that all learns at the lower rate. The net lies on the device of the process
    that has this rank among those of the run.

    Raises:
        UsageError: There is no such device.
    """
    device = device_of(recipe, rank)
    net = lite0.with_classes(classes, seed=recipe.seed, dropout=recipe.dropout)
    net.load_state_dict({**net.state_dict(), **(held or {})})
    net.to(device)
    is_new = {name: name not in (held or {}) for name, _ in net.named_parameters()}
    begins, answer, prepare = _WAYS[recipe.mode]
    names = [name for name, _ in net.named_parameters()]
    return Tuned(
        net=net,
        answer=answer,
        prepare=prepare,
        moving=frozenset(name for name in names if name.startswith(begins)),
        new=frozenset(name for name in names if name.startswith(lite0.NEW) and is_new[name]),
    )


def _channels_last(shown: Tensor) -> Tensor:
    return shown.contiguous(memory_format=torch.channels_last)


def _as_it_is(shown: Tensor) -> Tensor:
    return shown


_WAYS: dict[str, Way] = {
    "full": (("",), lite0.Lite0.__call__, lite0.scaled),
    "last": (lite0.LAST, lite0.Lite0.from_activation, _channels_last),
    "head": (lite0.NEW, lite0.Lite0.from_features, _as_it_is),
}
