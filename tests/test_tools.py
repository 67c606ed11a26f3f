"""The scripts behind ``make``: what was left out is told, and why a machine cannot go on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import encodable

ROOT = Path(__file__).parents[1]
TOOLS = ROOT / "tools"
SOME = """
import pytest
def test_that_runs(): pass
@pytest.mark.skip(reason="no Chromium (Debian: apt-get install chromium)")
def test_of_a_page(): pass
@pytest.mark.skip(reason="no Chromium (Debian: apt-get install chromium)")
def test_of_another_page(): pass
@pytest.mark.xfail(strict=True)
def test_that_fails_as_expected(): assert False
"""


def run(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, **environment}
    return subprocess.run(
        [str(word) for word in words], env=given, capture_output=True, text=True, check=False
    )


def results_of(tests: str, folder: Path) -> Path:
    """What pytest writes about these tests."""
    (folder / "test_some.py").write_text(tests)
    junit = folder / "results.xml"
    plain = ("-p", "no:cacheprovider", "-p", "no:randomly", "--rootdir", str(folder))
    run(sys.executable, "-m", "pytest", "-q", *plain, f"--junitxml={junit}", folder)
    assert junit.exists()
    return junit


@pytest.mark.slow
@pytest.mark.parametrize(("strict", "code"), [("0", 0), ("1", 1)])
def test_what_was_left_out_is_listed_and_fails_a_strict_run(
    strict: str, code: int, tmp_path: Path
) -> None:
    ran = run(sys.executable, TOOLS / "left_out.py", results_of(SOME, tmp_path), strict)
    assert ran.returncode == code
    assert "  2 tests: no Chromium (Debian: apt-get install chromium)" in ran.stdout.splitlines()
    assert len(ran.stdout.splitlines()) == 2


@pytest.mark.slow
def test_what_needs_an_extra_of_several_gigabytes_is_told_and_forgiven(tmp_path: Path) -> None:
    one, *_ = SOME.partition('@pytest.mark.skip(reason="no Chromium')
    reason = "the feature 'zoo' needs timm: pip install 'affekt[zoo]'"
    junit = results_of(f'{one}@pytest.mark.skip(reason="{reason}")\ndef test_a(): pass\n', tmp_path)
    ran = run(sys.executable, TOOLS / "left_out.py", junit, "1")
    assert (ran.returncode, f"  1 test: {reason}" in ran.stdout) == (0, True)
    more = SOME + f'@pytest.mark.skip(reason="{reason}")\ndef test_a(): pass\n'
    both = run(sys.executable, TOOLS / "left_out.py", results_of(more, tmp_path), "1")
    assert (both.returncode, f"  1 test: {reason}" in both.stdout) == (1, True)


@pytest.mark.slow
def test_a_run_that_left_nothing_out_says_so(tmp_path: Path) -> None:
    junit = results_of("def test_that_runs(): pass\n", tmp_path)
    ran = run(sys.executable, TOOLS / "left_out.py", junit, "1")
    assert (ran.returncode, "nothing was left out" in ran.stdout) == (0, True)


def test_a_run_without_results_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "results.xml").touch()
    assert run(sys.executable, TOOLS / "left_out.py", tmp_path / "results.xml", "0").returncode == 1


def test_a_python_that_can_run_affekt_is_found() -> None:
    ran = run(TOOLS / "find_python.sh", PYTHON=sys.executable)
    assert (ran.returncode, ran.stdout.strip()) == (0, sys.executable)


def test_a_machine_without_such_a_python_hears_what_to_install() -> None:
    ran = run(TOOLS / "find_python.sh", PYTHON="python2 no-such-python")
    assert (ran.returncode, ran.stdout) == (5, "")
    assert "no Python 3.11 or newer" in ran.stderr
    assert "apt-get install python3 python3-venv" in ran.stderr


def test_the_report_of_a_project_is_named(tmp_path: Path) -> None:
    page = tmp_path / "work" / "report" / "report.html"
    page.parent.mkdir(parents=True)
    page.touch()
    ran = run(TOOLS / "show.sh", tmp_path, DISPLAY="", WAYLAND_DISPLAY="")
    assert ran.stdout == f"open in any browser: {page}\n"


def test_a_missing_report_is_an_error(tmp_path: Path) -> None:
    assert run(TOOLS / "show.sh", tmp_path).returncode == 1


def test_the_continuous_integration_calls_the_two_commands_and_leaves_nothing_out() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert {"make demo", "set -euo pipefail"} <= set(lines)
    assert [line for line in lines if line.endswith(" make test STRICT=1")]


@pytest.mark.parametrize(
    "script", [*sorted(TOOLS.glob("*.sh")), ROOT / ".ci" / "run"], ids=lambda one: one.name
)
def test_every_script_stops_at_the_first_error_and_can_be_run(script: Path) -> None:
    assert "\nset -euo pipefail\n" in script.read_text()
    assert os.access(script, os.X_OK)
    assert run("bash", "-n", script).returncode == 0


def test_a_report_with_any_text_can_travel_between_processes() -> None:
    said = {"sections": [("log", "a\udcff")], "longrepr": ("file", 1, "é"), "when": None}
    assert encodable(said) == {**said, "sections": [("log", r"a\udcff")]}
