"""Where a process of a run computes, and what is fixed there while it lasts."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from affekt.errors import MachineError
from affekt.nets.exact import exact
from affekt.training.extra import device_kind
from affekt.training.finetune import Finetune


def device_of(recipe: Finetune, rank: int = 0) -> torch.device:
    """Give the device of a process: the processor, or the card whose number is its rank.

    Raises:
        UsageError: There is no such card.
    """
    if device_kind(recipe) == "cpu":
        return torch.device("cpu")
    exact(torch)
    return torch.device("cuda", rank)


def lies_on(net: nn.Module) -> torch.device:
    """Give the device of a net, all of which is on one."""
    return next(net.parameters()).device


def named(device: torch.device) -> str:
    """Give what people are told of a device: the name of a card, or that there was none."""
    if device.type == "cuda":
        return f"graphics card {torch.cuda.get_device_name(device)}"
    return "processor"


def placed(array: NDArray[Any], device: torch.device) -> Tensor:
    """Give an array as a tensor on a device; what a card does meanwhile is not held up."""
    held = torch.from_numpy(np.ascontiguousarray(array))
    if device.type == "cuda":
        held = held.pin_memory()
    return held.to(device, non_blocking=True)


def random_states(device: torch.device) -> dict[str, Tensor]:
    """Give the states that chance at a device depends on, on the processor, by name."""
    states = {"processor": torch.get_rng_state()}
    if device.type == "cuda":
        states["card"] = torch.cuda.get_rng_state(device)
    return states


def set_random_states(device: torch.device, states: dict[str, Tensor]) -> None:
    """Put back what `random_states` gave."""
    torch.set_rng_state(states["processor"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(states["card"], device)


def precision(recipe: Finetune, device: torch.device) -> Any:
    """Give the context in which a forward pass has the recipe's precision."""
    if recipe.precision == "float32":
        return nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16)


@contextmanager
def settled(recipe: Finetune, rank: int, device: torch.device) -> Iterator[None]:
    """Fix what can be fixed while a run lasts, and put it back: threads, seed, algorithms.

    No two processes leave out the same features of their pictures.

    Raises:
        MachineError: A card's memory does not suffice.
    """
    threads, strict = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    with ExitStack() as stack:
        if device.type == "cuda":
            stack.enter_context(torch.cuda.device(device))
        stack.enter_context(torch.random.fork_rng([device] if device.type == "cuda" else []))
        torch.manual_seed(recipe.seed + rank)
        torch.set_num_threads(recipe.threads)
        torch.use_deterministic_algorithms(True)
        # Nothing here reads memory that was not written, and filling it costs a fifth of a step.
        filled = torch.utils.deterministic.fill_uninitialized_memory
        torch.utils.deterministic.fill_uninitialized_memory = False
        try:
            yield
        except torch.cuda.OutOfMemoryError as trouble:
            raise MachineError(
                f"train: {named(device)} has too little memory for a step of {recipe.batch} "
                "pictures; set a smaller batch in [bench.nets.train], or share it among more "
                "processes with a card each"
            ) from trouble
        finally:
            torch.utils.deterministic.fill_uninitialized_memory = filled
            torch.use_deterministic_algorithms(strict)
            torch.set_num_threads(threads)
