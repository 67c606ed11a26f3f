"""What `pip install .` installs: every file of the package, and no other (X11)."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NEEDED = (
    "affekt/py.typed", "affekt/plans/tiny.toml", "affekt/plans/paper.toml",
    "affekt/report/page.html", "affekt/report/page.css", "affekt/report/page.js",
    "affekt/nets/efficientnet_lite0.py",
)  # fmt: skip


def names_of(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A wheel built from a copy, so that nothing of an earlier build gets in."""
    folder = tmp_path_factory.mktemp("wheel")
    kept = shutil.ignore_patterns("__pycache__", ".*", "*.egg-info")
    shutil.copytree(ROOT / "src", folder / "src", ignore=kept)
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, folder)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", str(folder / "out"), str(folder)], check=True)
    yield next((folder / "out").glob("affekt-*.whl"))
    shutil.rmtree(folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", NEEDED)
def test_the_wheel_holds_what_the_package_reads(name: str, wheel: Path) -> None:
    assert name in names_of(wheel)


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_package_and_no_other(wheel: Path) -> None:
    package = ROOT / "src"
    there = {
        str(path.relative_to(package))
        for path in (package / "affekt").rglob("*")
        if path.is_file()
        and not any(step.startswith((".", "__pycache__")) for step in path.parts[len(ROOT.parts) :])
    }
    assert {name for name in names_of(wheel) if ".dist-info/" not in name} == there


@pytest.mark.slow
def test_the_wheel_carries_licence_and_notice(wheel: Path) -> None:
    papers = {name.rpartition("/")[2] for name in names_of(wheel) if ".dist-info/licenses/" in name}
    assert papers == {"LICENSE", "NOTICE"}
