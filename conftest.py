"""Which files are left alone where PyTorch is missing: those that cannot be imported without it.

Tests of them are left out by their own words, so that the list at the end of a run names them.
"""

from importlib.util import find_spec

NEED_TORCH = (
    "averaging",
    "beside",
    "checkpoints",
    "device",
    "export",
    "grad_cam",
    "group",
    "job",
    "lite0",
    "loop",
    "losses",
    "rates",
    "together",
    "tuned",
)
collect_ignore = [
    f"{where}.py"
    for where in (
        *(f"src/affekt/training/{name}" for name in NEED_TORCH),
        "tests/training/tiny",
        "tests/training/killed",
        "tests/training/shared",
        "tests/nets/torch_rows",
        "tests/nets/zoo_standin",
    )
    if not (find_spec("torch") and find_spec("safetensors"))
]
