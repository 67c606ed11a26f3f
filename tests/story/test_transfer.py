"""A plan that trains on one data set and tests on another, from its text to its report."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from affekt import project
from affekt.datasets.abstract_paintings import VALUES
from affekt.errors import PlanError
from affekt.project import Project
from affekt.store import Product

PLAN = """seed = 7
[bench]
datasets = [
  { kind = "abstract_paintings", root = "one" }, { kind = "abstract_paintings", root = "two" },
]
protocols = ["kfold", "transfer"]
[[bench.entries]]
name = "values"
feature = "given"
model = { kind = "linear_svm", components = 2 }
[[bench.entries]]
name = "values of the first"
feature = "given"
model = { kind = "linear_svm", components = 2, fitted_on = "everything" }
on = ["abstract_paintings"]
"""
TO, FRO = (
    "trained on abstract_paintings, tested on abstract_paintings-2",
    "trained on abstract_paintings-2, tested on abstract_paintings",
)


def copy(folder: Path, seed: int) -> None:
    """Write values that tell four emotions apart, fifteen paintings each, and one tie."""
    rng = np.random.default_rng(seed)
    codes = np.repeat([0, 1, 2, 7], 15)
    features = rng.normal(size=(61, 4)) + 4 * np.vstack([np.eye(4)[codes % 4], np.zeros(4)])
    labels = np.vstack([0.3 * np.eye(8)[codes] + 0.0875, np.full((1, 8), 0.125)])
    folder.mkdir(exist_ok=True)
    savemat(folder / VALUES, {"features": features, "labels": labels})


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    copy(tmp_path / "one", 1)
    copy(tmp_path / "two", 2)
    path = tmp_path / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def names(ran: Project) -> list[str]:
    return [one.manifest["stage"] for one in ran.store.computed]


def test_every_ordered_pair_is_a_cell_of_its_own_and_is_made_once(plan: Path) -> None:
    """Each entry that runs on both, and the floors; addressed by what made them."""
    ran = project.open_plan(plan)
    results = {(one.dataset, one.entry): one for one in ran.bench() if one.trained_on}
    assert set(results) == {
        (pair, entry) for pair in (TO, FRO) for entry in ("values", "majority", "chance")
    }
    made = results[TO, "values"].predictions
    assert isinstance(made, Product)
    tested = made.table().filter(emotion="awe")
    assert tested.height == 60
    assert (names(ran).count("pair"), names(ran).count("both")) == (2, 1)
    again = project.open_plan(plan)
    again.bench()
    assert names(again) == []


@pytest.mark.slow
def test_a_changed_side_makes_only_what_it_touches_anew(plan: Path) -> None:
    project.open_plan(plan).bench()
    copy(plan.parent / "two", 3)
    ran = project.open_plan(plan)
    ran.bench()
    assert sorted(names(ran)) == sorted(["load", "given", "both", "pair", "pair", *["predict"] * 9])


def test_status_names_the_pairs(plan: Path) -> None:
    steps = {step.name: step.state for step in project.open_plan(plan).status()}
    assert steps[f"pair {TO}"] == "open"
    assert steps[f"predict · {FRO} · values · transfer"] == "open"


@pytest.mark.slow
def test_the_report_says_what_was_trained_on_and_tested(plan: Path) -> None:
    """M64: the leaky entry is stamped; pairs are no labelled sets of their own."""
    ran = project.open_plan(plan)
    ran.bench()
    page = ran.report(only="T3").read_text(encoding="utf-8")
    assert f"Accuracy on {TO}, transfer" in page
    assert "values of the first (LEAKY)" in page
    assert "on 2 data sets" in page
    assert "trained on" not in ran.report(only="T1").read_text(encoding="utf-8")


def test_transfer_needs_a_second_data_set(plan: Path) -> None:
    text = PLAN.replace(', { kind = "abstract_paintings", root = "two" }', "")
    plan.write_text(text, encoding="utf-8")
    with pytest.raises(PlanError, match="add a second one, or take 'kfold'"):
        project.open_plan(plan)
