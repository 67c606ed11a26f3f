"""The parts shown in CONTRIBUTING are real: found by module outside, by folder inside."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from affekt import plan
from affekt.catalogue import FAMILIES
from affekt.errors import PlanError
from affekt.parts import find
from tests.docs.pages import ROOT, examples

FAMILY = {
    "packaged": "sources",
    "oracle": "crowd",
    "ahead": "policies",
    "unanimous": "rules",
    "light": "features",
    "nearest_centre": "models",
    "class_folders": "datasets",
    "leave_group_out": "protocols",
}
PLAN = """seed = 3
project = "made"
[collect]
sources = [{ kind = "mylab.packaged", per_page = 4 }, { kind = "generated", per_emotion = 4 }]
[sample]
per_emotion = 4
[verify]
crowd = { kind = "mylab.oracle", workers = 3 }
until = { kind = "mylab.ahead", lead = 3, votes = 3 }
[decide]
rule = { kind = "mylab.unanimous", least = 3 }
[release]
name = "outside"
[bench]
datasets = [{ kind = "mylab.class_folders", root = "raw" }, "release"]
protocols = ["mylab.leave_group_out"]
[[bench.entries]]
name = "light, nearest centre"
feature = { kind = "mylab.light", quantiles = 5 }
model = { kind = "mylab.nearest_centre", sharpness = 2.0 }
"""


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder that can be imported from, with the shown parts in the package ``mylab``."""
    (tmp_path / "mylab").mkdir()
    for name, text in examples().items():
        (tmp_path / "mylab" / f"{name}.py").write_text(text)
    return tmp_path


def copy_of_affekt(folder: Path) -> Path:
    """A checkout of the package and its tests, without what is made from them."""
    for name in ("src", "tests"):
        shutil.copytree(
            ROOT / name,
            folder / name,
            ignore=shutil.ignore_patterns("__pycache__", ".*", "*.egg-info"),
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def run(folder: Path, path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_there_is_one_example_a_family() -> None:
    assert sorted(FAMILY) == sorted(examples())
    assert sorted(FAMILY.values()) == sorted(FAMILIES)


@pytest.mark.parametrize("kind", FAMILY)
def test_an_example_is_found_by_its_module(
    kind: str, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(outside)
    found = find(FAMILY[kind], f"mylab.{kind}", trust=True)
    assert (found.family, found.kind()) == (FAMILY[kind], f"mylab.{kind}")


def test_a_plan_with_parts_from_outside_is_refused_without_trust(outside: Path) -> None:
    """X8."""
    (outside / "plan.toml").write_text(PLAN)
    with pytest.raises(PlanError) as caught:
        plan.read(outside / "plan.toml")
    assert len(caught.value.problems) == PLAN.count('"mylab.')
    assert all("--trust" in line for line in caught.value.lines())


@pytest.mark.slow
def test_both_lines_run_with_every_part_from_outside(outside: Path) -> None:
    """A stranger adds parts without changing a line of affekt."""
    (outside / "plan.toml").write_text(PLAN)
    make_pictures = (
        "from pathlib import Path; from PIL import Image; root = Path('raw')\n"
        "for at, emotion in enumerate(('awe', 'fear')):\n"
        "    (root / emotion).mkdir(parents=True)\n"
        "    for number in range(4):\n"
        "        grey = 40 * at + 8 * number\n"
        "        Image.new('RGB', (80, 80), (grey,) * 3).save(root / emotion / f'{number}.png')\n"
    )
    assert run(outside, outside, "-c", make_pictures).returncode == 0
    affekt = ("-c", "from affekt.cli import main; main()")
    for command in ("build", "bench", "report"):
        ran = run(outside, outside, *affekt, command, "plan.toml", "--trust", "--quiet")
        assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.slow
def test_the_exam_of_its_family_finds_an_example_by_its_folder(tmp_path: Path) -> None:
    """One new file a part, no other line changed."""
    copy = copy_of_affekt(tmp_path)
    for kind, family in FAMILY.items():
        (copy / "src" / "affekt" / family / f"{kind}.py").write_text(examples()[kind])
    where = run(copy, copy / "src", "-c", "import affekt; print(affekt.__file__)")
    assert Path(where.stdout.strip()).is_relative_to(copy)
    exams = [f"tests/exams/test_{family}.py" for family in FAMILY.values()]
    line = ["-m", "pytest", "-rA", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header"]
    ran = run(copy, copy / "src", *line, *exams, "tests/test_floors.py", "-k", " or ".join(FAMILY))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for kind, family in FAMILY.items():
        assert re.search(rf"^PASSED tests/exams/test_{family}\.py::.*{kind}", ran.stdout, re.M)


@pytest.mark.slow
@pytest.mark.parametrize(
    "check", [("ruff", "check"), ("ruff", "format", "--check"), ("mypy",)], ids=" ".join
)
def test_the_examples_pass_the_checks_of_affekt(check: tuple[str, ...], outside: Path) -> None:
    """By the settings of affekt, and with what mypy knows of it since `make lint`."""
    settings = ROOT / "pyproject.toml"
    with_settings = ("--config-file" if check[0] == "mypy" else "--config", str(settings))
    paths = map(str, sorted((outside / "mylab").glob("*.py")))
    ran = run(ROOT, ROOT / "src", "-m", *check, *with_settings, *paths)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.slow
def test_an_example_with_a_wrong_type_does_not_pass(outside: Path) -> None:
    wrong = outside / "mylab" / "light.py"
    wrong.write_text(wrong.read_text() + "\n\nN: int = 'one'\n")
    ran = run(ROOT, ROOT / "src", "-m", "mypy", str(wrong))
    assert "light.py" in ran.stdout
    assert ran.returncode == 1
