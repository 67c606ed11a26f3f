"""A plan that asks for a map, from its text to its report (G4, M80, M82)."""

from pathlib import Path

import pytest

from affekt import project
from affekt.store import Failure
from tests.cli.run import here
from tests.story.test_transfer import copy

PLAN = """seed = 7
[bench]
datasets = [{ kind = "abstract_paintings", root = "one" }]
[[bench.entries]]
name = "values"
feature = "given"
model = { kind = "linear_svm", components = 2 }
[[bench.entries]]
name = "pictures"
feature = "colour_histogram"
model = { kind = "linear_svm", components = 2 }
[[bench.maps]]
on = "abstract_paintings"
entries = ["values"]
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    copy(tmp_path / "one", 1)
    path = tmp_path / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def test_a_map_is_made_once_and_anew_when_its_settings_change(plan: Path) -> None:
    """The map is a product under an address: the report reads it and lays out nothing."""
    ran = project.open_plan(plan)
    steps = {step.name: step.state for step in ran.status()}
    assert steps["map 1 · abstract_paintings · values"] == "open"
    ran.bench()
    made = [one.manifest["stage"] for one in ran.store.computed]
    assert made.count("map") == 1
    (one,) = ran.maps()
    assert not isinstance(one.mapped, Failure)
    assert one.mapped.manifest["kept"] == 60
    page = ran.report(only="G4").read_text(encoding="utf-8")
    assert "Map of abstract_paintings by values" in page
    again = project.open_plan(plan)
    again.bench()
    again.report(only="G4")
    assert again.store.computed == []
    plan.write_text(PLAN + "perplexity = 5.0\n", encoding="utf-8")
    changed = project.open_plan(plan)
    changed.bench()
    assert [one.manifest["stage"] for one in changed.store.computed] == ["map"]


def test_a_map_that_cannot_be_made_is_told_and_keeps_nothing_else_back(plan: Path) -> None:
    """P8: the data set brings values, no pictures; exit code 1."""
    plan.write_text(PLAN.replace('["values"]', '["values", "pictures"]'), encoding="utf-8")
    ran = here("bench", "plan.toml", cwd=plan.parent)
    assert ran.code == 1
    assert "1    abstract_paintings  values    done    60" in ran.out
    assert "the data set brings values instead of pictures" in ran.out.partition("\nmap ")[2]
    steps = here("status", "plan.toml", "--json", cwd=plan.parent).document
    states = {one["name"]: one["state"] for one in steps}
    assert states["map 1 · abstract_paintings · values"] == "done"
    assert states["map 1 · abstract_paintings · pictures"] == "failed"
