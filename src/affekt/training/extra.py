"""Whether this machine can train as asked: PyTorch, graphics cards, short numbers."""

from importlib import import_module
from typing import Literal

from affekt.errors import MissingExtra, UsageError
from affekt.training.finetune import Finetune

FIRST_WITH_BFLOAT16 = 8  # compute capability of Ampere, 2020
Kind = Literal["cpu", "cuda"]  # of device, as PyTorch names them


def check_installed() -> None:
    """Fail unless nets can be trained here.

    Raises:
        MissingExtra: PyTorch or safetensors is not installed, or breaks when it is imported.
    """
    for name in ("torch", "safetensors"):
        try:
            import_module(name)
        except (ImportError, RuntimeError, OSError) as trouble:  # a broken copy raises all three
            raise MissingExtra(
                f"training a net needs {name}: pip install 'affekt[nets]' ({trouble})"
            ) from trouble


def device_kind(recipe: Finetune) -> Kind:
    """Give on what a run computes here: one graphics card a process, or the processor.

    Raises:
        UsageError: Cards are asked for where there is none, or there are fewer than processes.
    """
    import torch

    if recipe.device == "cpu" or not torch.cuda.is_available():
        if recipe.device != "cuda":
            return "cpu"
        raise UsageError(
            "train: device is 'cuda', and PyTorch finds no graphics card here (a build for the "
            "processor alone finds none either); set it to 'auto' or 'cpu'"
        )
    found = torch.cuda.device_count()
    if found < recipe.processes:
        raise UsageError(
            f"train: processes are {recipe.processes} and graphics cards here {found}; each "
            f"process needs one of its own: set processes to {found} at most, or device to 'cpu'"
        )
    return "cuda"


def check_precision(precision: str, kind: Kind) -> None:
    """Fail where bfloat16 would be computed without instructions for it, 10 to 20 times slower.

    Raises:
        UsageError: What computes has no such instructions.
    """
    import torch

    if precision == "float32":
        return
    if kind == "cuda":
        if torch.cuda.get_device_capability()[0] < FIRST_WITH_BFLOAT16:
            raise UsageError(
                f"train: precision is {precision!r}, and this graphics card has no instructions "
                "for it; set it to 'float32'"
            )
        return
    known = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    if not any(known.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16")):
        raise UsageError(
            f"train: precision is {precision!r}, and this processor has no instructions for it, "
            "so that it would be 10 to 20 times slower; set it to 'float32'"
        )
