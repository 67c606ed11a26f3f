"""Whether this machine can train: PyTorch and safetensors, and short numbers where they help."""

from importlib import import_module

from affekt.errors import MissingExtra, UsageError


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


def check_precision(precision: str) -> None:
    """Fail where bfloat16 would be computed without instructions for it, 10 to 20 times slower.

    Raises:
        UsageError: This machine has neither a GPU nor a processor with such instructions.
    """
    import torch

    if precision == "float32" or torch.cuda.is_available():
        return
    known = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    if not any(known.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16")):
        raise UsageError(
            f"train: precision is {precision!r}, and this processor has no instructions for it, "
            "so that it would be 10 to 20 times slower; set it to 'float32'"
        )
