"""The environment of the libraries that load releases: where it is, and how a reader runs in it."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LOAD = Path(__file__).parent / "load.py"
MISSING = (
    "the libraries that load releases are not installed: `make .venv-consumers/installed`, or name "
    "the interpreter of their environment in CONSUMERS_PYTHON"
)


def interpreter() -> Path:
    """Give the interpreter of that environment; where there is none the test is skipped."""
    named = os.environ.get("CONSUMERS_PYTHON")
    path = Path(named) if named else ROOT / ".venv-consumers" / "bin" / "python"
    if not path.is_file():
        pytest.skip(MISSING)
    return path


def read(jobs: Sequence[tuple[str, Path]], cache: Path) -> list[list[list[Any]]]:
    """Give what each reader saw in its folder, in one process without network, caches empty."""
    words = [f"{reader}={folder}" for reader, folder in jobs]
    ran = subprocess.run(
        [interpreter(), LOAD, *words],
        env={**_offline(cache), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3_000:]
    return [json.loads(line) for line in ran.stdout.splitlines()]


def _offline(cache: Path) -> Mapping[str, str]:
    folder = str(cache)
    return {
        "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": folder,
        "CROISSANT_CACHE": folder, "WDS_CACHE": folder, "HOME": folder, "TMPDIR": folder,
    }  # fmt: skip
