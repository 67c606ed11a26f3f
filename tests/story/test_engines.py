"""One line on two engines: the same bytes, also when a process dies in the middle (D3)."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests import objects, patience

ROOT = Path(__file__).parents[2]
NEEDS_RAY = pytest.mark.skipif(
    find_spec("ray") is None, reason="a cluster needs Ray: pip install 'affekt[cluster]'"
)
# Enough for tables of some hundred rows; Ray would take a third of the memory of the machine.
LIMITS = {"RAY_DEFAULT_OBJECT_STORE_MAX_MEMORY_BYTES": "80000000", "RAY_DEDUP_LOGS": "1"}


def run(folder: Path, engine: str, victim: str = "", **environment: str) -> dict[str, Any]:
    """Run the first half of the line in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.story.half_line", str(folder), engine, victim],
        cwd=ROOT,
        env={**os.environ, **LIMITS, **environment},
        capture_output=True,
        text=True,
        timeout=patience.SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one process of this machine makes."""
    return run(tmp_path_factory.mktemp("native") / "project", "native")


@pytest.mark.slow
def test_the_line_that_is_compared_keeps_and_drops(undisturbed: dict[str, Any]) -> None:
    kept = {name: facts[3] for name, facts in undisturbed["products"].items()}
    assert kept["collect"] > kept["clean"] > kept["dedupe"] > kept["sample"] > 0
    assert len(undisturbed["shelf"]) > 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "victim"),
    [
        ("native", "function"),
        pytest.param("ray", "function", marks=NEEDS_RAY),
        pytest.param("ray", "worker", marks=NEEDS_RAY),
    ],
)
def test_neither_engine_nor_death_changes_a_byte(
    tmp_path: Path, undisturbed: dict[str, Any], engine: str, victim: str
) -> None:
    """Addresses, tables, dropped rows, notes and every shard of the shelf."""
    other = run(tmp_path / "project", engine, victim)
    assert other.pop("killed") == bool(victim)
    assert other == {name: undisturbed[name] for name in ("products", "shelf")}


@pytest.mark.slow
@NEEDS_RAY
def test_a_cluster_that_nothing_disturbs_works_on_a_project_in_an_object_store(
    tmp_path: Path, undisturbed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """collect.md section 7: its workers share nothing with this machine but the store."""
    with objects.bucket(monkeypatch) as url:
        other = run(tmp_path / "project", "ray", AFFEKT_TEST_PROJECT=url)
        assert {name: other[name] for name in undisturbed} == undisturbed
        left = objects.names(url)
    assert not [name for name in left if "/." in name], "the scratch of a stage stays nowhere"
    assert [name for name in left if name.startswith("project/pictures/shard-")]
