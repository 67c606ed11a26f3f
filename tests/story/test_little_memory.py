"""A machine that gives a process little address space makes affekt slower, not fail (B80, D8)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import nasty
from tests.cli.plans import UNTIL_RELEASE
from tests.servers.pictures import noted

pytestmark = pytest.mark.slow
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000,) * 2)
from affekt.cli import main
main()
"""
PLAN = """
[collect]
sources = [{ kind = "folder", root = "raw", unlabelled = true }]
"""
N, N_LARGE = 10_000, 10


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten thousand pictures, of which ten have 24 megapixels."""
    small = nasty.jpeg()
    large = nasty.jpeg(nasty.painting(60, 40).resize((6_000, 4_000)))
    (tmp_path / "raw").mkdir()
    (tmp_path / "plan.toml").write_text(PLAN + UNTIL_RELEASE)
    for number in range(N):
        data = large if number % (N // N_LARGE) == 500 else small
        (tmp_path / "raw" / f"{number:05}.jpg").write_bytes(noted(data, f"{number}"))
    return tmp_path


def pool(script: str) -> str:
    """Name of the pool from which Arrow takes memory behind a script."""
    told = "import pyarrow; print(pyarrow.default_memory_pool().backend_name)"
    line = [sys.executable, "-c", f"{script.replace('main()', '')}\n{told}"]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip()


def test_room_is_spared_only_where_there_is_little() -> None:
    """B80."""
    sparing = "from affekt.cli.memory import spare; spare()"
    assert pool(f"{LIMITED}\n{sparing}") == "system"
    assert pool(sparing) == pool("")


def test_large_pictures_among_many_are_cleaned_in_two_gigabytes(folder: Path) -> None:
    """B80."""
    words = ("build", "plan.toml", "--to", "dedupe", "--json", "-q")
    line = [sys.executable, "-c", LIMITED, *words]
    ran = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    steps = {step["name"]: step for step in json.loads(ran.stdout)}
    assert (steps["clean"]["kept"], steps["clean"]["dropped"]) == (N, 0)
    assert steps["dedupe"]["kept"] + steps["dedupe"]["dropped"] == N
