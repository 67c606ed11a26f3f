"""Files that cannot be imported without PyTorch are known, so that no run without it trips (M7)."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
IMPORT_ALL = """
import importlib, pkgutil, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "safetensors"):
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Missing())
import affekt
for one in pkgutil.walk_packages(affekt.__path__, "affekt."):
    try:
        importlib.import_module(one.name)
    except ImportError as trouble:
        print(one.name, trouble.name)
"""


@pytest.mark.slow
def test_only_files_that_are_left_alone_need_pytorch() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True, check=True
    )
    found = [line.split() for line in ran.stdout.splitlines()]
    need = {name for name, lacks in found if lacks.split(".")[0] in ("torch", "safetensors")}
    known = runpy.run_path(str(ROOT / "conftest.py"))["NEED_TORCH"]
    assert need == {f"affekt.training.{name}" for name in known}
