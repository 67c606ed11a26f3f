"""What starts before a command runs: nothing heavy (C1, C14, M6)."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "numpy", "polars", "torch", "sklearn", "scipy", "skimage", "matplotlib", "pydantic", "daft",
    "pyarrow", "onnx", "onnxruntime", "numba", "PIL", "jinja2", "fastapi",
}  # fmt: skip
RUN_AND_LIST = """
import sys
from affekt.cli import main
sys.argv = ["affekt", *sys.argv[1:]]
try:
    main()
except SystemExit:
    pass
print("\\n" + ",".join(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def imported_by(*words: str, **environment: str) -> set[str]:
    """Names of the packages that a command line has imported when it ends."""
    run = [sys.executable, "-c", RUN_AND_LIST, *words]
    ended = subprocess.run(run, env=environment, capture_output=True, text=True, check=True)
    return set(ended.stdout.splitlines()[-1].split(","))


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("build", "--help"),
        ("release", "check", "-h"),
        ("--version",),
        ("no-such-command",),
    ],
    ids=" ".join,
)
def test_help_imports_nothing_heavy(words: tuple[str, ...]) -> None:
    assert "click" in (imported := imported_by(*words))
    assert not imported & HEAVY


WORKING = {
    "sklearn", "scipy", "skimage", "pandas", "matplotlib", "torch", "numba", "sqlalchemy",
    "aiohttp", "cv2",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("template", ["tiny", "small_sets"])
def test_a_plan_is_read_without_what_only_working_on_it_needs(
    tmp_path: Path, template: str
) -> None:
    imported_by("new", str(tmp_path / "plan.toml"), "--template", template)
    assert "logistic" in (tmp_path / "plan.toml").read_text()
    for command in ("check", "status"):
        imported = imported_by(command, str(tmp_path / "plan.toml"))
        assert "polars" in imported
        assert not imported & WORKING, command


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_imports_nothing_heavy(shell: str) -> None:
    asked = {"_AFFEKT_COMPLETE": f"{shell}_complete", "COMP_WORDS": "affekt b", "COMP_CWORD": "1"}
    assert "click" in (imported := imported_by(**asked))
    assert not imported & HEAVY


@pytest.mark.parametrize("module", ["affekt", "affekt.errors", "affekt.cli"])
def test_the_package_itself_imports_nothing_heavy(module: str) -> None:
    listed = f"import sys, {module}; print(','.join(sys.modules))"
    ended = subprocess.run(
        [sys.executable, "-c", listed], env={}, capture_output=True, text=True, check=True
    )
    assert not {name.partition(".")[0] for name in ended.stdout.strip().split(",")} & HEAVY
